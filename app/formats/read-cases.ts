import { readCaseLine, type CaseReading } from '~/domain/golden-set/case-line'
import { emptyMapping, formatMapping, mappedColumns, type CaseMapping } from '~/domain/golden-set/case-mapping'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { lookUpScheme, type SchemeLookup } from '~/domain/golden-set/label-lookup'
import { mapRows, type RowMapper } from '~/domain/golden-set/map-row'
import { quoteValue, rowProblem, type ImportProblem, type RowProblem } from '~/domain/golden-set/problems'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import { FirstLines } from './first-lines'
import { inspectFile, type FileDescription, type InspectionOptions } from './inspect-file'
import { findPreset, presetLabels, type Preset, type PresetLabels } from './presets'
import { readRows, type RowOptions, type SourceRow } from './source-rows'

export type CaseEvent = { type: 'case'; case: GoldenCase; line: number } | { type: 'problem'; problem: ImportProblem; fatal: boolean }

export type ReadCasesOptions = InspectionOptions &
  Omit<RowOptions, 'wantedColumns'> & {
    scheme: VerdictScheme
    mapping?: CaseMapping
    preset?: string
  }

/** A file of cases that has been looked at; its cases can be read as often as wanted. */
export type CaseSource = {
  description: FileDescription | null
  /** What the person should know of how the file is read. Complete after the first reading. */
  notes: string[]
  /** Cases and problems in the order of the file. A fatal problem ends the reading. */
  read(): AsyncGenerator<CaseEvent>
}

/**
 * Opens a file of cases in any of the known formats. Throws a TouchstoneError where the file or an option is unusable as such; what is wrong
 * inside the file comes as problems.
 */
export async function openCases(file: string, options: ReadCasesOptions): Promise<CaseSource> {
  const preset = options.preset === undefined ? null : findPreset(options.preset)
  if (preset?.transform && options.mapping && formatMapping(options.mapping).length > 0)
    throw new TouchstoneError(
      'invalid-input',
      `The preset ${preset.name} knows its layout and takes no --map.`,
      'Leave --map out, or the preset.',
    )
  const inspection = await inspectFile(file, options)
  if (!inspection.ok) {
    const { line, problem } = inspection
    return { description: null, notes: [], read: () => onlyProblem({ file, line, ...problem }) }
  }
  const { description } = inspection
  const notes = new Set<string>()
  const source: CaseSource = {
    description,
    get notes() {
      return [...notes]
    },
    read: () => withUniqueIds(file, readEvents(description, options, preset, notes)),
  }
  return source
}

async function* onlyProblem(problem: ImportProblem): AsyncGenerator<CaseEvent> {
  yield { type: 'problem', problem, fatal: true }
}

async function* readEvents(
  description: FileDescription,
  options: ReadCasesOptions,
  preset: Preset | null,
  notes: Set<string>,
): AsyncGenerator<CaseEvent> {
  const { file } = description
  const mapping = preset?.mapping ? mergeMappings(preset.mapping, options.mapping) : (options.mapping ?? emptyMapping)
  const rowOptions: RowOptions = { ...options, ...preset?.rowOptions, wantedColumns: mappedColumns(mapping).map(({ column }) => column) }
  const rows = preset?.transform
    ? preset.transform(readRows(description, rowOptions), presetLabels(options.scheme))
    : readRows(description, rowOptions)
  const reader = new RowReader(mapping, options.scheme, notes, preset?.refine)
  let count = 0
  for await (const row of rows) {
    count += 1
    if (row.kind === 'problem') {
      yield { type: 'problem', problem: { file, line: row.line, ...row.problem }, fatal: row.line === null }
      continue
    }
    const reading = reader.read(row)
    if (reading.ok) {
      yield { type: 'case', case: reading.case, line: row.line }
      continue
    }
    const { fatal } = reading
    for (const problem of reading.problems) yield { type: 'problem', problem: { file, line: row.line, ...problem }, fatal }
    if (fatal) return
  }
  if (count === 0) {
    const problem = rowProblem('the file holds no rows', 'Export it again, or choose another file.')
    yield { type: 'problem', problem: { file, line: null, ...problem }, fatal: true }
  }
  for (const problem of reader.finish()) yield { type: 'problem', problem: { file, line: null, ...problem }, fatal: true }
}

/** What the person maps goes before what the preset does. */
function mergeMappings(preset: CaseMapping, own: CaseMapping | undefined): CaseMapping {
  if (!own) return preset
  const lists = { rules: own.rules, tags: own.tags, parents: own.parents, ignored: own.ignored, positive: own.positive }
  const filled = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
  return {
    ...preset,
    ...own,
    ...{ rules: preset.rules, tags: preset.tags, parents: preset.parents, ignored: preset.ignored, positive: preset.positive },
    ...filled,
    ruleColumns: { ...preset.ruleColumns, ...own.ruleColumns },
    labels: { ...preset.labels, ...own.labels },
  }
}

/** Turns rows of any kind into cases: lines of our own format as they are, everything else through the mapping. */
class RowReader {
  private readonly lookup: SchemeLookup
  private readonly labels: PresetLabels
  private readonly mappers = new Map<string, RowMapper>()
  private lastColumns: readonly string[] | null = null
  private lastMapper: RowMapper | null = null
  private readonly generated = new Map<string, number>()
  private readonly isMapped: boolean

  constructor(
    private readonly mapping: CaseMapping,
    private readonly scheme: VerdictScheme,
    private readonly notes: Set<string>,
    private readonly refine: Preset['refine'],
  ) {
    this.lookup = lookUpScheme(scheme, mapping)
    this.isMapped = formatMapping(mapping).length > 0
    this.labels = presetLabels(scheme)
  }

  read(row: Exclude<SourceRow, { kind: 'problem' }>): (CaseReading & { ok: true }) | { ok: false; problems: RowProblem[]; fatal: boolean } {
    if (row.kind === 'cells') return this.readMapped(row.columns, row.values, true)
    if (!this.isMapped) {
      const reading = readCaseLine(this.withId(row.value), this.lookup)
      return reading.ok ? reading : { ...reading, fatal: false }
    }
    if (typeof row.value !== 'object' || row.value === null || Array.isArray(row.value))
      return {
        ok: false,
        fatal: false,
        problems: [
          rowProblem('is not a JSON object', 'Each element has to be an object whose keys are the columns.', { value: row.value }),
        ],
      }
    const flat = flatten(row.value as Record<string, unknown>)
    return this.readMapped(Object.keys(flat), Object.values(flat), false)
  }

  /** What is only known after the last row. */
  finish(): RowProblem[] {
    const missed = this.lookup.missedPositive()
    if (!missed) return []
    const seen = missed.seen.map((value) => JSON.stringify(quoteValue(value))).join(', ')
    return [rowProblem('is the value of --positive, but no row has it', `The values are: ${seen}.`, { value: missed.value })]
  }

  private readMapped(columns: readonly string[], values: readonly unknown[], isTable: boolean) {
    const mapper = this.mapperFor(columns)
    const problems = mapper.problems.filter((problem) => isTable || this.isFatalForJson(problem))
    if (problems.length) return { ok: false as const, problems, fatal: isTable }
    const reading = mapper.read(values)
    if (!reading.ok) return { ...reading, fatal: false }
    let golden = reading.case
    if (this.refine) golden = this.refine(golden, this.labels)
    if (mapper.generatesIds) golden = { ...golden, id: this.generateId(golden) }
    return { ok: true as const, case: golden }
  }

  /** In JSON a key that is absent means that nothing is said; only the content has to be there. */
  private isFatalForJson(problem: RowProblem): boolean {
    return (
      problem.column === null ||
      problem.column === this.mapping.content ||
      problem.column === this.mapping.id ||
      problem.column === '--label'
    )
  }

  private mapperFor(columns: readonly string[]): RowMapper {
    if (columns === this.lastColumns && this.lastMapper) return this.lastMapper
    const key = columns.join('\u0000')
    let mapper = this.mappers.get(key)
    if (!mapper) {
      mapper = mapRows(columns, this.mapping, this.scheme, this.lookup)
      if (mapper.generatesIds && mapper.problems.length === 0)
        this.notes.add('No column holds ids: they were made from the content, and are the same when the file is imported again.')
      if (this.mappers.size === 0) for (const hint of mapper.hints) this.notes.add(hint)
      if (this.mappers.size < 1000) this.mappers.set(key, mapper)
    }
    this.lastColumns = columns
    this.lastMapper = mapper
    return mapper
  }

  private withId(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const line = value as Record<string, unknown>
    if (line.id !== undefined || typeof line.content !== 'string') return value
    this.notes.add('Lines without an id got one made from their content; it is the same when the file is imported again.')
    return { ...line, id: this.generateId({ content: line.content, context: (line.context ?? { parents: [] }) as GoldenCase['context'] }) }
  }

  /** The same content in the same context gets the same id in every import; its second occurrence in a file ends in "-2". */
  private generateId(golden: Pick<GoldenCase, 'content' | 'context'>): string {
    const { parents = [], surface, author, locale } = golden.context
    const base = `c-${hashText(JSON.stringify(['touchstone.case-id/1', golden.content, parents, surface, author, locale])).slice(0, 16)}`
    const count = (this.generated.get(base) ?? 0) + 1
    this.generated.set(base, count)
    return count === 1 ? base : `${base}-${count}`
  }
}

/** Nested objects as dotted keys; lists stay as they are. */
export function flatten(record: Record<string, unknown>, prefix = '', depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const name = prefix + key
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      return isObject && depth < 8
        ? Object.entries(flatten(value as Record<string, unknown>, `${name}.`, depth + 1))
        : [[name, value] as [string, unknown]]
    }),
  )
}

async function* withUniqueIds(file: string, events: AsyncIterable<CaseEvent>): AsyncGenerator<CaseEvent> {
  const seen = new FirstLines()
  for await (const event of events) {
    if (event.type === 'problem') {
      yield event
      continue
    }
    const first = seen.see(event.case.id, event.line)
    if (first === null) {
      yield event
      continue
    }
    const problem = rowProblem(
      `has the id of line ${first} again`,
      'Ids are unique within a golden set: change one, or leave the row out.',
      { column: 'id', value: event.case.id },
    )
    yield { type: 'problem', problem: { file, line: event.line, ...problem }, fatal: false }
  }
}
