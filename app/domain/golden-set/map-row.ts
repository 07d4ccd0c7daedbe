import { allowedLabel, positiveLabel, type VerdictScheme } from '../policy/verdict-scheme'
import { completeMapping, findColumn, mappedColumns, type CaseMapping } from './case-mapping'
import { hasLoneSurrogate, readSeverity, toMetaValue, unknownLabel, type CaseReading } from './case-line'
import type { Annotation, MetaValue } from './golden-case'
import { guessMapping } from './guess-mapping'
import { lookUpScheme, type SchemeLookup } from './label-lookup'
import { rowProblem, type RowProblem } from './problems'
import { settleAnnotations } from './settle-annotations'

export type RowMapper = {
  /** What is wrong with the columns, whatever the rows say. */
  problems: RowProblem[]
  /** No column holds ids: they are made from the content. */
  generatesIds: boolean
  /** Parts of a case that no column was mapped to, though one is called as if it held them. */
  hints: string[]
  /** Reads one row; `values` are in the order of the columns. The id is '' when it has to be generated. */
  read(values: readonly unknown[]): CaseReading
}

type Plan = {
  columns: readonly string[]
  mapping: CaseMapping
  scheme: VerdictScheme
  lookup: SchemeLookup
  at: (column: string | undefined) => number
}

/** Prepares the reading of rows with these columns. */
export function mapRows(
  columns: readonly string[],
  wanted: CaseMapping,
  scheme: VerdictScheme,
  lookup: SchemeLookup = lookUpScheme(scheme, wanted),
): RowMapper {
  const mapping = completeMapping(wanted, columns)
  const at = (column: string | undefined) => (column === undefined ? -1 : findColumn(columns, column))
  const plan: Plan = { columns, mapping, scheme, lookup, at }
  const problems = columnProblems(plan, wanted)
  const readLabel = labelReader(plan, at(mapping.expected))
  const readRules = rulesReader(plan)
  const readAnnotations = annotationsReader(plan)
  const derivesLabel = mapping.expected === undefined && Object.keys(mapping.ruleColumns).length > 0
  const used = new Set(mappedColumns(mapping).map(({ column }) => at(column)))
  const rest = metadataColumns(columns, used)
  const idAt = at(mapping.id)
  const contentAt = at(mapping.content)
  const texts = {
    note: at(mapping.note),
    split: at(mapping.split),
    surface: at(mapping.surface),
    author: at(mapping.author),
    locale: at(mapping.locale),
  }
  const severityAt = at(mapping.severity)
  const mustPassAt = at(mapping.mustPass)
  const tagsAt = mapping.tags.map(at)
  const parentsAt = mapping.parents.map(at)

  return {
    problems,
    generatesIds: idAt < 0,
    hints: unusedColumns(mapping, columns),
    read(values) {
      const found: RowProblem[] = []
      const id = idAt < 0 ? '' : cellText(values[idAt]).trim()
      if (idAt >= 0 && id === '')
        found.push(rowProblem('has no id', 'Fill in the id, or leave the row out.', { column: columns[idAt] ?? '' }))
      if (id.length > 500)
        found.push(
          rowProblem('has an id of more than 500 characters', 'Map another column with --map id=COLUMN.', {
            column: columns[idAt] ?? '',
            value: id,
          }),
        )
      const content = cellText(values[contentAt])
      if (content.trim() === '')
        found.push(
          rowProblem('has no content', 'Fill in the text to be judged, or leave the row out.', {
            column: columns[contentAt] ?? mapping.content ?? 'content',
          }),
        )
      else if (hasLoneSurrogate(content))
        found.push(
          rowProblem('holds half of a surrogate pair, which is no character', 'Write the character out in full, or leave the row out.', {
            column: columns[contentAt] ?? '',
          }),
        )
      const stated = readLabel(values, found)
      const rules = readRules(values, found)
      const label = derivesLabel ? labelOfRules(rules, mapping, scheme) : stated
      const severity = severityAt < 0 ? null : readSeverity(cellText(values[severityAt]), lookup, columns[severityAt] ?? '', found)
      const mustPass = mustPassAt < 0 ? false : readFlag(values[mustPassAt], columns[mustPassAt] ?? '', found) === true
      const note = texts.note < 0 ? '' : cellText(values[texts.note])
      const verdict = { label, rules, ...(severity ? { severity } : {}) }
      const annotations = readAnnotations(values, verdict, note, found)
      if (found.length) return { ok: false, problems: found }
      const text = (index: number) => (index < 0 ? '' : cellText(values[index]).trim())
      const split = text(texts.split)
      const surface = text(texts.surface)
      const author = text(texts.author)
      const locale = text(texts.locale)
      const unlabelled = label === null && severity === null && Object.keys(rules).length === 0
      // Where a row is one person's word, the verdict is settled when all rows of the case are there.
      const isOnePersons = mapping.annotator !== undefined && Object.keys(mapping.annotations).length === 0
      const expected = isOnePersons ? null : unlabelled ? (mapping.expected === undefined ? settleAnnotations(annotations) : null) : verdict
      return {
        ok: true,
        case: {
          id,
          content,
          context: {
            parents: parentsAt.flatMap((index) => readParents(values[index])),
            ...(surface ? { surface } : {}),
            ...(author ? { author } : {}),
            ...(locale ? { locale } : {}),
          },
          expected,
          tags: [...new Set(tagsAt.flatMap((index) => splitList(values[index])))],
          ...(note.trim() && !isOnePersons ? { note } : {}),
          mustPass,
          ...(split ? { split } : {}),
          meta: readMeta(rest, values),
          annotations,
        },
      }
    },
  }
}

/** Columns that become metadata, with names of their own even where a header is empty or repeated. */
function metadataColumns(columns: readonly string[], used: ReadonlySet<number>): Array<{ index: number; name: string }> {
  const taken = new Map<string, number>()
  return columns.flatMap((column, index) => {
    if (used.has(index)) return []
    const name = column.trim() === '' ? `column ${index + 1}` : column.startsWith('meta.') ? column.slice('meta.'.length) : column
    const count = (taken.get(name) ?? 0) + 1
    taken.set(name, count)
    return [{ index, name: count === 1 ? name : `${name} (${count})` }]
  })
}

/** The option to give, with the column that by its name is meant. */
function suggest(columns: readonly string[], target: 'content' | 'expected'): string {
  const column = guessMapping(columns)[target]
  return column === undefined ? `--map ${target}=COLUMN.` : `--map ${JSON.stringify(`${target}=${column}`)}?`
}

function unusedColumns(mapping: CaseMapping, columns: readonly string[]): string[] {
  const guess = guessMapping(columns)
  const used = new Set(mappedColumns(mapping).map(({ column }) => column))
  return (['id', 'expected'] as const).flatMap((target) => {
    const column = guess[target]
    if (mapping[target] !== undefined || column === undefined || used.has(column)) return []
    return [
      `The column ${JSON.stringify(column)} was kept as metadata; if it holds the ${target === 'id' ? 'ids' : 'labels'}, map it with --map ${JSON.stringify(`${target}=${column}`)}.`,
    ]
  })
}

function columnProblems({ columns, mapping, scheme, at }: Plan, wanted: CaseMapping): RowProblem[] {
  const schemeLabels = lookUpScheme(scheme)
  const listed = columns.length ? columns.map((column) => JSON.stringify(column)).join(', ') : 'none'
  const problems = mappedColumns(wanted)
    .filter(({ column }) => at(column) < 0)
    .map(({ target, column }) =>
      rowProblem(`there is no column ${JSON.stringify(column)} for ${target}`, `The columns are: ${listed}.`, { column }),
    )
  const repeated = mappedColumns(mapping).find(({ column }) => columns.filter((other) => other === column).length > 1)
  if (repeated)
    problems.push(
      rowProblem(`the column ${JSON.stringify(repeated.column)} is there more than once`, 'Give the columns different names.', {
        column: repeated.column,
      }),
    )
  if (mapping.content === undefined)
    problems.push(
      rowProblem('no column is mapped to the content', `Say which one it is: ${suggest(columns, 'content')} The columns are: ${listed}.`),
    )
  for (const label of Object.values(mapping.labels))
    if (label !== '' && schemeLabels.label(label) === null)
      problems.push(
        rowProblem('is not a label of this policy', `Use one of: ${scheme.labels.map(({ id }) => id).join(', ')}.`, {
          column: '--label',
          value: label,
        }),
      )
  if (mapping.positive.length > 0 && mapping.expected === undefined)
    problems.push(
      rowProblem(
        '--positive needs the column that it is about',
        `Say which one it is: ${suggest(columns, 'expected')} The columns are: ${listed}.`,
      ),
    )
  return problems
}

function labelReader({ columns, lookup }: Plan, index: number) {
  const column = columns[index] ?? ''
  return (values: readonly unknown[], found: RowProblem[]): string | null => {
    if (index < 0) return null
    const value = cellText(values[index]).trim()
    if (value === '') return null
    const label = lookup.label(value)
    if (label === null) found.push(unknownLabel(value, column, lookup))
    return label === '' ? null : label
  }
}

/** Where no column holds the label: violating when any rule applies, allowed when none does, nothing while a rule is unlabelled. */
function labelOfRules(rules: Record<string, boolean>, mapping: CaseMapping, scheme: VerdictScheme): string | null {
  const flags = Object.values(rules)
  if (flags.some(Boolean)) return positiveLabel(scheme)
  return flags.length >= Object.keys(mapping.ruleColumns).length ? allowedLabel(scheme) : null
}

type ReadAnnotations = (
  values: readonly unknown[],
  verdict: Omit<Annotation, 'annotator'>,
  note: string,
  found: RowProblem[],
) => Annotation[]

function annotationsReader(plan: Plan): ReadAnnotations {
  const { mapping, at } = plan
  const columns = Object.entries(mapping.annotations).map(([annotator, column]) => ({ annotator, read: labelReader(plan, at(column)) }))
  if (mapping.annotator === undefined)
    return (values, _verdict, _note, found) =>
      columns.flatMap(({ annotator, read }) => {
        const label = read(values, found)
        return label === null ? [] : [{ annotator, label, rules: {} }]
      })
  const annotatorAt = at(mapping.annotator)
  const own = columns[0]
  return (values, verdict, note, found) => {
    const annotator = cellText(values[annotatorAt]).trim()
    const said = own ? { label: own.read(values, found), rules: {} } : verdict
    if (annotator === '' && said.label === null) return []
    return [{ annotator: annotator || 'unnamed', ...said, ...(note.trim() ? { note } : {}) }]
  }
}

function rulesReader({ columns, mapping, lookup, at }: Plan) {
  const lists = mapping.rules.map(at)
  const flags = Object.entries(mapping.ruleColumns).map(([rule, column]) => ({ rule: lookup.rule(rule) ?? rule, index: at(column) }))
  return (values: readonly unknown[], found: RowProblem[]): Record<string, boolean> => {
    const entries: Array<[string, boolean]> = []
    for (const index of lists) for (const [rule, applies] of readRuleList(values[index])) entries.push([lookup.rule(rule) ?? rule, applies])
    for (const { rule, index } of flags) {
      const applies = readFlag(values[index], columns[index] ?? '', found) ?? (mapping.blankIsNo ? false : null)
      if (applies !== null) entries.push([rule, applies])
    }
    for (const [rule] of entries)
      if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(rule))
        found.push(
          rowProblem('is not a rule id', 'A rule id starts with a letter or digit and holds letters, digits, ".", "_" and "-".', {
            column: columns[lists[0] ?? -1] ?? 'rules',
            value: rule,
          }),
        )
    return entries.length ? Object.fromEntries(entries) : {}
  }
}

/** `H2; S1`, `["H2"]` or `{"H2":true,"S1":false}`. */
function readRuleList(value: unknown): Array<[string, boolean]> {
  const parsed = typeof value === 'string' && value.trimStart().startsWith('{') ? parseJson(value) : value
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
    return Object.entries(parsed).flatMap(([rule, applies]) => (typeof applies === 'boolean' ? [[rule, applies] as [string, boolean]] : []))
  return splitList(value).map((rule) => [rule, true])
}

const yes = new Set(['1', '1.0', 'true', 'yes', 'y', 'x', '✓', '✔'])
const no = new Set(['0', '0.0', 'false', 'no', 'n'])

/** 1 / 0 and their usual spellings; null for an empty cell. */
function readFlag(value: unknown, column: string, found: RowProblem[]): boolean | null {
  const text = cellText(value).trim().toLowerCase()
  if (text === '' || text === 'null' || text === 'nan' || text === 'none' || text === 'n/a' || text === '-') return null
  if (yes.has(text)) return true
  if (no.has(text)) return false
  found.push(
    rowProblem('is neither yes nor no', 'Write 1 where it applies, 0 where it does not, and nothing where nobody said.', { column, value }),
  )
  return null
}

/** A cell that lists things: a JSON array, else text divided by ";", "|" or ",". */
export function splitList(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((part) => cellText(part).trim()).filter(Boolean)
  const text = cellText(value).trim()
  if (text === '') return []
  if (text.startsWith('[')) {
    const parsed = parseJson(text)
    if (Array.isArray(parsed)) return splitList(parsed)
  }
  const divider = [';', '|', ','].find((candidate) => text.includes(candidate))
  return divider
    ? text
        .split(divider)
        .map((part) => part.trim())
        .filter(Boolean)
    : [text]
}

/** Parent messages, oldest first: a JSON array of texts, else the cell is one message, word for word. */
function readParents(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(cellText).filter((text) => text.trim() !== '')
  const text = cellText(value)
  if (text.trim() === '') return []
  if (text.startsWith('[')) {
    const parsed = parseJson(text)
    if (Array.isArray(parsed) && parsed.every((part) => typeof part === 'string')) return parsed
  }
  return [text]
}

function readMeta(rest: ReadonlyArray<{ index: number; name: string }>, values: readonly unknown[]): Record<string, MetaValue> {
  const entries: Array<[string, MetaValue]> = []
  for (const { index, name } of rest) {
    const value = values[index]
    if (value === undefined || value === '') continue
    entries.push([name, toMetaValue(value)])
  }
  return Object.fromEntries(entries)
}

/** The text of a cell of any kind of file; nothing for null. */
export function cellText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
