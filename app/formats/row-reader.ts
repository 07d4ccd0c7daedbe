import { readCaseLine, type CaseReading } from '~/domain/golden-set/case-line'
import type { CaseMapping } from '~/domain/golden-set/case-mapping'
import { flattenRecord } from '~/domain/golden-set/flatten-record'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { lookUpScheme, type SchemeLookup } from '~/domain/golden-set/label-lookup'
import { mapRows, type RowMapper } from '~/domain/golden-set/map-row'
import { quoteValue, rowProblem, type RowProblem } from '~/domain/golden-set/problems'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { hashText } from '~/lib/hash'
import { presetLabels, type Preset, type PresetLabels } from './presets'
import type { SourceRow } from './rows'

/** Turns rows of any kind into cases: lines of our own format as they are, everything else through the mapping. */
export class RowReader {
  private readonly lookup: SchemeLookup
  private readonly labels: PresetLabels
  private readonly mappers = new Map<string, RowMapper>()
  private lastColumns: readonly string[] | null = null
  private lastMapper: RowMapper | null = null
  private readonly generated = new Map<string, number>()

  constructor(
    private readonly mapping: CaseMapping,
    private readonly scheme: VerdictScheme,
    private readonly notes: Set<string>,
    private readonly refine: Preset['refine'],
    private readonly isOwn: boolean,
  ) {
    this.lookup = lookUpScheme(scheme, mapping)
    this.labels = presetLabels(scheme)
  }

  read(row: Exclude<SourceRow, { kind: 'problem' }>): (CaseReading & { ok: true }) | { ok: false; problems: RowProblem[]; fatal: boolean } {
    if (row.kind === 'cells') return this.readMapped(row.columns, row.values, true)
    if (this.isOwn) {
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
    const flat = flattenRecord(row.value as Record<string, unknown>)
    return this.readMapped(Object.keys(flat), Object.values(flat), false)
  }

  /** What is only known after the last row. */
  finish(): RowProblem[] {
    const missed = this.lookup.missedPositive()
    if (!missed) return []
    const seen = missed.seen.map((value) => JSON.stringify(quoteValue(value))).join(', ')
    return [rowProblem('is the value of --positive, but no row has it', `The values are: ${seen}.`, { value: missed.value })]
  }

  /** The values of the label columns that are not the policy's own words, with the labels they were read as. */
  foreignLabels(): Array<[value: string, label: string]> {
    const own = new Set(this.scheme.labels.map(({ id }) => id))
    const seen = this.lookup
      .seen()
      .flatMap(([value, label]) => (label === null || own.has(value) ? [] : [[value, label] as [string, string]]))
    const isScore = this.mapping.positive.some((value) => /^\s*[<>≤≥]/.test(value))
    return isScore || seen.length > 40 ? [] : seen
  }

  labelNote(): string | null {
    const read = this.foreignLabels().map(
      ([value, label]) => `${JSON.stringify(quoteValue(value))} as ${label === '' ? 'no label' : label}`,
    )
    return read.length === 0 ? null : `Labels were read thus: ${read.join(', ')}.`
  }

  private readMapped(columns: readonly string[], values: readonly unknown[], isTable: boolean) {
    const mapper = this.mapperFor(columns)
    const problems = mapper.problems.filter((problem) => isTable || this.isFatalForJson(problem))
    if (problems.length) return { ok: false as const, problems, fatal: isTable }
    const reading = mapper.read(values)
    if (!reading.ok) return { ...reading, fatal: false }
    let golden = reading.case
    if (this.refine) golden = this.refine(golden, this.labels)
    if (mapper.generatesIds && this.mapping.annotator === undefined) golden = { ...golden, id: this.generateId(golden) }
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
  generateId(golden: Pick<GoldenCase, 'content' | 'context'>): string {
    const { parents = [], surface, author, locale } = golden.context
    const base = `c-${hashText(JSON.stringify(['touchstone.case-id/1', golden.content, parents, surface, author, locale])).slice(0, 16)}`
    const count = (this.generated.get(base) ?? 0) + 1
    this.generated.set(base, count)
    return count === 1 ? base : `${base}-${count}`
  }
}
