import { z } from 'zod'
import type { ExpectedVerdict } from '../verdict/verdict'
import type { Annotation, GoldenCase, MetaValue } from './golden-case'
import type { VerdictScheme } from '../policy/verdict-scheme'
import { lookUpScheme, type SchemeLookup } from './label-lookup'
import { rowProblem, type RowProblem } from './problems'

/**
 * One line of a golden-set file, as docs say it: only `id` and `content` are required. Keys that the format does not know become
 * metadata, so that a file of somebody else's loses nothing.
 */
const ruleIdSchema = z.string().min(1).max(64)
const rulesSchema = z.union([z.record(ruleIdSchema, z.boolean()), z.array(ruleIdSchema)], {
  error: 'must be an object of rule ids to true (applies) or false (does not apply), or a list of the rules that apply',
})
const verdictShape = {
  label: z.string().nullish(),
  rule: ruleIdSchema.nullish(),
  rules: rulesSchema.nullish(),
  severity: z.string().nullish(),
}
const metaSchema = z.record(z.string(), z.unknown())
const optionalText = z.string().nullish()

export const caseLineSchema = z.looseObject({
  id: z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1, 'is empty').max(500, 'is longer than 500 characters')),
  content: z.string().refine((text) => text.trim() !== '', 'is empty'),
  context: z
    .object({ parents: z.array(z.string()).nullish(), surface: optionalText, author: optionalText, locale: optionalText })
    .nullish(),
  expected: z
    .union([z.string(), z.object(verdictShape)], { error: 'must be a label, or an object with label, rules and severity' })
    .nullish(),
  ...verdictShape,
  tags: z.array(z.string()).nullish(),
  note: optionalText,
  mustPass: z.boolean().nullish(),
  split: optionalText,
  meta: metaSchema.nullish(),
  annotations: z
    .array(z.object({ annotator: z.union([z.string(), z.number().transform(String)]), ...verdictShape, note: optionalText }))
    .nullish(),
})
type CaseLine = z.infer<typeof caseLineSchema>
type VerdictFields = {
  label?: string | null
  rule?: string | null
  rules?: Record<string, boolean> | string[] | null
  severity?: string | null
}

const knownKeys = new Set(Object.keys(caseLineSchema.shape))

/** A row that was read: the case, or everything that is wrong with it. */
export type CaseReading = { ok: true; case: GoldenCase } | { ok: false; problems: RowProblem[] }

/** Reads one line of a golden-set file. */
export function parseCaseLine(text: string, scheme: VerdictScheme): CaseReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, problems: [notJson(text, error)] }
  }
  return readCaseLine(value, lookUpScheme(scheme))
}

/** The problem of a line or element that is not JSON. */
export function notJson(text: string, error: unknown): RowProblem {
  const reason = error instanceof Error ? error.message.replace(/, ?"[^]*$/, '').replace(/ \(line \d+ column \d+\)/, '') : String(error)
  return rowProblem(`is not valid JSON (${reason})`, 'Repair the line; each line holds one JSON object.', { value: text })
}

/** Reads one parsed JSON value. */
export function readCaseLine(value: unknown, scheme: SchemeLookup): CaseReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, problems: [rowProblem('is not a JSON object', 'Write one case as {"id":"…","content":"…"}.', { value })] }
  const parsed = caseLineSchema.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const column = issue.path.join('.')
      const found = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
      const missing = found === undefined
      return rowProblem(missing ? `has no "${column}"` : `"${column}" ${plainReason(issue.message)}`, adviceFor(column), {
        column,
        ...(missing ? {} : { value: found }),
      })
    })
    return { ok: false, problems }
  }
  const line = parsed.data
  const problems: RowProblem[] = []
  for (const [column, text] of [
    ['id', line.id],
    ['content', line.content],
  ] as const)
    if (hasLoneSurrogate(text))
      problems.push(
        rowProblem(
          `"${column}" holds half of a surrogate pair, which is no character`,
          'Write the character out in full, or leave the row out.',
          { column },
        ),
      )
  const expected = readExpected(line, scheme, problems)
  const annotations: Annotation[] = (line.annotations ?? []).map((annotation) => {
    const verdict = readVerdict(annotation, scheme, 'annotations', problems)
    return { annotator: annotation.annotator, ...verdict, ...(annotation.note ? { note: annotation.note } : {}) }
  })
  if (problems.length) return { ok: false, problems }
  const { context } = line
  return {
    ok: true,
    case: {
      id: line.id,
      content: line.content,
      context: {
        parents: context?.parents ?? [],
        ...(context?.surface ? { surface: context.surface } : {}),
        ...(context?.author ? { author: context.author } : {}),
        ...(context?.locale ? { locale: context.locale } : {}),
      },
      expected,
      tags: [...new Set(line.tags ?? [])],
      ...(line.note ? { note: line.note } : {}),
      mustPass: line.mustPass ?? false,
      ...(line.split ? { split: line.split } : {}),
      meta: readMeta(value),
      annotations,
    },
  }
}

/** Half of a surrogate pair cannot be stored or sent as UTF-8. */
export const hasLoneSurrogate = (text: string) => /\p{Surrogate}/u.test(text)

function readExpected(line: CaseLine, scheme: SchemeLookup, problems: RowProblem[]): ExpectedVerdict | null {
  const stated = line.expected
  if (typeof stated === 'object' && stated !== null) return readVerdict(stated, scheme, 'expected', problems)
  const fields: VerdictFields = { label: stated ?? line.label, rule: line.rule, rules: line.rules, severity: line.severity }
  if (isEmpty(fields.label) && isEmpty(fields.rule) && !fields.rules && isEmpty(fields.severity)) return null
  return readVerdict(fields, scheme, typeof stated === 'string' ? 'expected' : 'label', problems)
}

const isEmpty = (text: string | null | undefined) => text === null || text === undefined || text === ''

function readVerdict(fields: VerdictFields, scheme: SchemeLookup, column: string, problems: RowProblem[]): ExpectedVerdict {
  let label: string | null = null
  if (typeof fields.label === 'string' && fields.label !== '') {
    label = scheme.label(fields.label)
    if (label === '') label = null
    else if (label === null) problems.push(unknownLabel(fields.label, column, scheme))
  }
  const stated = Array.isArray(fields.rules) ? fields.rules.map((id) => [id, true] as const) : Object.entries(fields.rules ?? {})
  const all = fields.rule ? [...stated, [fields.rule, true] as const] : stated
  const rules = Object.fromEntries(all.map(([id, applies]) => [scheme.rule(id) ?? id, applies]))
  const severity = readSeverity(fields.severity, scheme, column, problems)
  return { label, rules, ...(severity ? { severity } : {}) }
}

/** The severity as the scheme spells it; pushes a problem when the scheme names severities and this is none of them. */
export function readSeverity(text: string | null | undefined, scheme: SchemeLookup, column: string, problems: RowProblem[]): string | null {
  if (text === null || text === undefined || text.trim() === '') return null
  const known = scheme.severity(text) ?? (scheme.openSeverities ? text.trim() : null)
  if (known === null)
    problems.push(rowProblem('is not a severity of this policy', `Use one of: ${scheme.severityNames}.`, { column, value: text }))
  return known
}

/** The problem of a label that the policy does not have. */
export function unknownLabel(value: string, column: string, scheme: SchemeLookup): RowProblem {
  return rowProblem(
    'is not a label of this policy',
    `Use one of: ${scheme.labelNames}; or say which value is the violating one with --positive VALUE, or map it with --label VALUE=LABEL.`,
    { column, value },
  )
}

/** From the line as it was written: what a schema gives back lacks a column named `__proto__`. */
function readMeta(line: object & { meta?: unknown }): Record<string, MetaValue> {
  const unknown = Object.entries(line).filter(([key]) => !knownKeys.has(key))
  return Object.fromEntries([...unknown, ...Object.entries(line.meta ?? {})].map(([key, value]) => [key, toMetaValue(value)]))
}

/** Metadata is flat: what is not a plain value is kept as its JSON. */
export function toMetaValue(value: unknown): MetaValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value) ?? null
}

const plainReason = (message: string) => (message.startsWith('Invalid input') ? message.replace(/^Invalid input: /, 'is wrong: ') : message)

function adviceFor(column: string): string {
  if (column === 'id') return 'Give every case an id that is unique within the set, or map one with --map id=KEY.'
  if (column === 'content') return 'Put the text to be judged in "content", or map it with --map content=KEY.'
  return 'See "Files" in the documentation for the format of a line.'
}

/** The line of a case: the inverse of {@link readCaseLine}. Parts that are empty are left out. */
export function toCaseLine(golden: GoldenCase): Record<string, unknown> {
  const { context, expected } = golden
  const hasContext =
    context.parents.length > 0 || context.surface !== undefined || context.author !== undefined || context.locale !== undefined
  return {
    id: golden.id,
    content: golden.content,
    ...(hasContext ? { context: { ...context, ...(context.parents.length ? {} : { parents: undefined }) } } : {}),
    ...(expected ? { expected: writeVerdict(expected) } : {}),
    ...(golden.tags.length ? { tags: golden.tags } : {}),
    ...(golden.note ? { note: golden.note } : {}),
    ...(golden.mustPass ? { mustPass: true } : {}),
    ...(golden.split ? { split: golden.split } : {}),
    ...(Object.keys(golden.meta).length ? { meta: golden.meta } : {}),
    ...(golden.annotations.length
      ? {
          annotations: golden.annotations.map(({ annotator, note, ...verdict }) => ({
            annotator,
            ...writeVerdict(verdict),
            ...(note ? { note } : {}),
          })),
        }
      : {}),
  }
}

const writeVerdict = (verdict: ExpectedVerdict) => ({
  label: verdict.label,
  ...(Object.keys(verdict.rules).length ? { rules: verdict.rules } : {}),
  ...(verdict.severity ? { severity: verdict.severity } : {}),
})
