import { everyValue, type Preset } from './preset'
import type { SourceRow } from '../rows'
import { firstText, isObject, transformValues, without, type JsonObject } from './transform-values'

const contentKeys = ['content', 'text', 'message', 'comment', 'input', 'query', 'prompt', 'question'] as const

export const promptfoo: Preset = {
  name: 'promptfoo',
  title: 'promptfoo test cases',
  description:
    'Test cases of promptfoo (YAML, JSON, JSON Lines, or CSV with `__expected`). The content is the variable of that name, else the only one; the expected label is that of the metadata, else the value of an `equals` or `contains` assertion.',
  detect: (sample) =>
    sample.isTable
      ? sample.columns.some((column) => /^__expected\d*$/.test(column))
      : everyValue(
          (value) =>
            isObject(value.vars) ||
            (Array.isArray(value.tests) &&
              ('prompts' in value || 'providers' in value || value.tests.some((test) => isObject(test) && isObject(test.vars)))),
        )(sample),
  transform: (rows) => transformValues(unfoldTests(rows), (test) => (isObject(test.vars) ? readTest(test, test.vars) : readTableRow(test))),
}

/** A YAML file is one value: a list of tests, or a configuration that has one. */
async function* unfoldTests(rows: AsyncIterable<SourceRow>): AsyncGenerator<SourceRow> {
  for await (const row of rows) {
    const tests =
      row.kind !== 'value'
        ? undefined
        : Array.isArray(row.value)
          ? row.value
          : isObject(row.value) && Array.isArray(row.value.tests)
            ? row.value.tests
            : undefined
    if (tests === undefined) yield row
    else for (const value of tests as unknown[]) yield { kind: 'value', line: 1, value }
  }
}

function contentOf(vars: JsonObject): { key: string; content: string } | undefined {
  const texts = Object.entries(vars).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
  const found =
    contentKeys.map((key) => texts.find(([name]) => name === key)).find((entry) => entry !== undefined) ??
    (texts.length === 1 ? texts[0] : undefined)
  return found && { key: found[0], content: found[1] }
}

const noContent = `has no variable ${contentKeys.map((key) => `"${key}"`).join(', ')}`

function readTest(test: JsonObject, vars: JsonObject): JsonObject | string {
  const found = contentOf(vars)
  if (!found) return noContent
  const metadata = isObject(test.metadata) ? test.metadata : {}
  const label = firstText(metadata, ['expected', 'label']) ?? assertedLabel(test.assert)
  const id = metadata.id ?? test.description
  return {
    ...(id === undefined || id === null ? {} : { id: String(id) }),
    content: found.content,
    context: { parents: Array.isArray(vars.parents) ? vars.parents : [], surface: vars.surface, author: vars.author, locale: vars.locale },
    ...(label === undefined && metadata.rules === undefined
      ? {}
      : { expected: { label, rules: metadata.rules, severity: metadata.severity } }),
    ...(Array.isArray(metadata.tags) ? { tags: metadata.tags } : {}),
    ...(typeof metadata.note === 'string' ? { note: metadata.note } : {}),
    ...(typeof metadata.split === 'string' ? { split: metadata.split } : {}),
    ...(metadata.mustPass === true ? { mustPass: true } : {}),
    meta: {
      ...without(vars, [found.key, 'parents', 'surface', 'author', 'locale']),
      ...without(metadata, ['id', 'expected', 'label', 'rules', 'severity', 'tags', 'note', 'split', 'mustPass']),
    },
  }
}

const comparingTypes = new Set(['equals', 'contains', 'icontains'])

function assertedLabel(assertions: unknown): string | undefined {
  if (!Array.isArray(assertions)) return undefined
  const found = assertions.find(
    (assertion) => isObject(assertion) && comparingTypes.has(String(assertion.type)) && typeof assertion.value === 'string',
  ) as JsonObject | undefined
  return typeof found?.value === 'string' ? found.value : undefined
}

/** A row of promptfoo's CSV: columns are variables; those that begin with "__" are not. */
function readTableRow(row: JsonObject): JsonObject | string {
  const vars = Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('__') && name !== 'id'))
  const found = contentOf(vars)
  if (!found) return noContent
  const expected = firstText(row, ['__expected', '__expected1'])
  const label =
    expected === undefined
      ? undefined
      : (/^(?:equals|contains|icontains)\s*:\s*(.*)$/s.exec(expected)?.[1]?.trim() ??
        (expected.includes(':') ? undefined : expected.trim()))
  const metadata = Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      name.startsWith('__metadata:') && value !== '' ? [[name.slice('__metadata:'.length), value]] : [],
    ),
  )
  const id = firstText(row, ['id', '__description'])
  return {
    ...(id === undefined ? {} : { id }),
    content: found.content,
    ...(label === undefined ? {} : { expected: label }),
    meta: { ...without(vars, [found.key]), ...metadata },
  }
}
