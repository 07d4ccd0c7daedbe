import type { GoldenCase, MetaValue } from '~/domain/golden-set/golden-case'
import { writeOutControls } from './escape'

/** Spreadsheets take a cell that begins like this for a formula, also behind full-width look-alikes. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * A cell that no spreadsheet runs: one that begins like a formula gets an apostrophe in front, and control characters are written out. Quoted
 * where the delimiter, a quotation mark or a line break asks for it.
 */
export function writeCell(text: string, delimiter: string): string {
  const safe = writeOutControls(formulaStart.test(text) ? `'${text}` : text)
  return safe.includes(delimiter) || /["\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const writeRow = (cells: readonly string[], delimiter: string) =>
  `${cells.map((cell) => writeCell(cell, delimiter)).join(delimiter)}\n`

const fixedColumns = [
  'id',
  'content',
  'expected',
  'severity',
  'tags',
  'note',
  'mustPass',
  'split',
  'context.parents',
  'context.surface',
  'context.author',
  'context.locale',
] as const

/**
 * Cases as a table that `import` reads back without a mapping: a column `rule.ID` with 1, 0 or nothing for each rule, a column `meta.NAME` for
 * each metadata column. Not lossless: cells are made safe for spreadsheets, and annotations are left out; JSON Lines keeps everything.
 * `open` is called twice: first to find the columns, then to write.
 */
export async function* writeDelimitedCases(open: () => AsyncIterable<GoldenCase>, delimiter: string): AsyncGenerator<string> {
  const rules = new Set<string>()
  const meta = new Set<string>()
  for await (const golden of open()) {
    for (const rule in golden.expected?.rules) rules.add(rule)
    for (const name in golden.meta) meta.add(name)
  }
  const ruleColumns = [...rules].sort()
  const metaColumns = [...meta]
  yield writeRow([...fixedColumns, ...ruleColumns.map((rule) => `rule.${rule}`), ...metaColumns.map((name) => `meta.${name}`)], delimiter)
  for await (const golden of open()) {
    const { expected, context } = golden
    const cells: Record<(typeof fixedColumns)[number], string> = {
      id: golden.id,
      content: golden.content,
      expected: expected?.label ?? '',
      severity: expected?.severity ?? '',
      tags: listCell(golden.tags),
      note: golden.note ?? '',
      mustPass: golden.mustPass ? '1' : '',
      split: golden.split ?? '',
      'context.parents': context.parents.length ? JSON.stringify(context.parents) : '',
      'context.surface': context.surface ?? '',
      'context.author': context.author ?? '',
      'context.locale': context.locale ?? '',
    }
    yield writeRow(
      [
        ...fixedColumns.map((column) => cells[column]),
        ...ruleColumns.map((rule) => flagCell(expected && Object.hasOwn(expected.rules, rule) ? expected.rules[rule] : undefined)),
        ...metaColumns.map((name) => metaCell(Object.hasOwn(golden.meta, name) ? golden.meta[name] : undefined)),
      ],
      delimiter,
    )
  }
}

const flagCell = (applies: boolean | undefined) => (applies === undefined ? '' : applies ? '1' : '0')

const metaCell = (value: MetaValue | undefined) => (value === undefined || value === null ? '' : String(value))

/** A list as text divided by semicolons; as JSON where an entry could not be told from a divider. */
function listCell(entries: readonly string[]): string {
  return entries.some((entry) => /[;|,[\]]/.test(entry) || entry !== entry.trim()) ? JSON.stringify(entries) : entries.join('; ')
}
