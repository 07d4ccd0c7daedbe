import { LineCounter, isMap, isScalar, parseDocument } from 'yaml'
import type { Document, Node } from 'yaml'
import type { z } from 'zod'

/** One thing that is wrong with a YAML file that people write. Lines count from 1. */
export type YamlProblem = { file: string; line: number; path: string; message: string }
export type YamlReading<T> =
  { ok: true; value: T; lineOf: (path: ReadonlyArray<PropertyKey>) => number } | { ok: false; problems: YamlProblem[] }

const longestValue = 60

const isDocumentNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'range' in value

/** The line of the node at a path, else of the nearest node around it; for a key that is too much, the key's own line. */
function findLine(document: Document.Parsed, counter: LineCounter, path: ReadonlyArray<PropertyKey>): number {
  for (let length = path.length; length >= 0; length--) {
    const parent: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    if (length > 0 && isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last)
      if (pair && isDocumentNode(pair.key) && pair.key.range) return counter.linePos(pair.key.range[0]).line
    }
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isDocumentNode(node) && node.range) return counter.linePos(node.range[0]).line
  }
  return 1
}

function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'a map') : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

/**
 * Reads a YAML text and checks it against a schema. All problems at once, each with line, path, the value that was found and what was
 * expected. Aliases are limited, so that a small file cannot grow into a large one.
 */
export function readYaml<Schema extends z.ZodType>(text: string, file: string, schema: Schema): YamlReading<z.output<Schema>> {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true })
  if (document.errors.length)
    return {
      ok: false,
      problems: document.errors.map((error) => ({
        file,
        line: counter.linePos(error.pos[0]).line,
        path: '',
        message: `not YAML: ${error.message}`,
      })),
    }
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    return {
      ok: false,
      problems: [{ file, line: 1, path: '', message: `not YAML: ${error instanceof Error ? error.message : String(error)}` }],
    }
  }
  const result = schema.safeParse(data)
  if (result.success) return { ok: true, value: result.data, lineOf: (path) => findLine(document, counter, path) }
  const problems = result.error.issues.flatMap((issue): YamlProblem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        file,
        line: findLine(document, counter, [...issue.path, key]),
        path: [...issue.path, key].join('.'),
        message: `"${key}" is not known here`,
      }))
    const found: unknown = issue.path.reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
      data,
    )
    return [
      {
        file,
        line: findLine(document, counter, issue.path),
        path: issue.path.join('.'),
        message: `${issue.path.join('.') || 'the file'} is ${showValue(found)}: ${issue.message}`,
      },
    ]
  })
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line) }
}

/** `policies/hate.yaml:12: gate.margin is 3: …`, one problem a line. */
export const describeYamlProblems = (problems: readonly YamlProblem[]): string =>
  problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n')
