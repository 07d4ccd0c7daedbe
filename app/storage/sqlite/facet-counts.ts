import type { FacetCount } from '../../domain/golden-set/case-records'
import { caseSliceKeys } from '../../domain/golden-set/slices'
import type { TouchstoneDatabase } from '../database'
import { parseFacet, splitFacets } from './facets'
import { inRevision, type RevisionKey } from './golden-case-queries'

/** Counts by `by` and value. A column with too many values names cases rather than groups them: it is null, and stays so. */
type Counts = Map<string, Map<string, number> | null>

/** Numbers by their size, letters as readers of every script look them up. */
const order = new Intl.Collator('und', { numeric: true })
const maximumValues = 200
/** The parts of every case are listed however many values they have. */
const alwaysListed: ReadonlySet<string> = new Set(caseSliceKeys)
const chunkRows = 5_000
const rememberedRevisions = 8
/** Fewer are counted again as fast as they are read. */
const worthKeepingCases = 1_000

/**
 * How many cases of a revision have each value. Counted once from all cases, in chunks that let other work in, and kept in the database;
 * from then on a newer revision costs only the cases that changed.
 */
export class FacetCounts {
  private readonly remembered = new Map<string, { revision: number; counts: Counts }>()
  private readonly underWay = new Map<string, Promise<Counts>>()

  constructor(private readonly database: TouchstoneDatabase) {}

  /** Each column's values, the most frequent first; columns whose values name cases are left out. */
  async read(key: RevisionKey): Promise<FacetCount[]> {
    const counts = await this.countsOf(key)
    const groups: FacetCount[] = []
    for (const [by, values] of counts) {
      if (!values || values.size === 0) continue
      const listed = [...values].map(([value, count]) => ({ value, count }))
      groups.push({ by, values: listed.sort((a, b) => b.count - a.count || order.compare(a.value, b.value)) })
    }
    return groups
  }

  private countsOf(key: RevisionKey): Promise<Counts> {
    const name = `${key.goldenSetId}/${key.revision}`
    const running = this.underWay.get(name)
    if (running) return running
    const started = this.findCounts(key).finally(() => this.underWay.delete(name))
    this.underWay.set(name, started)
    return started
  }

  private async findCounts(key: RevisionKey): Promise<Counts> {
    const base = this.newestBase(key)
    if (base?.revision === key.revision) return base.counts
    const { counts, cases } = base ? this.advance(base.counts, base.revision, key) : await this.countAll(key)
    this.remember(key, counts)
    if (cases >= worthKeepingCases) await this.keep(key, counts)
    return counts
  }

  /** The counts of this revision, or of the nearest earlier one that is known. */
  private newestBase({ goldenSetId, revision }: RevisionKey): { revision: number; counts: Counts } | null {
    const known = this.remembered.get(goldenSetId)
    if (known && known.revision <= revision) return known
    const row = this.database.raw
      .prepare<[string], string>(`SELECT value FROM WorkspaceFact WHERE key = ?`)
      .pluck()
      .get(factKey(goldenSetId))
    if (row === undefined) return null
    const fact = JSON.parse(row) as { revision: number; groups: Array<[string, Array<[string, number]> | null]> }
    if (fact.revision > revision) return null
    return { revision: fact.revision, counts: new Map(fact.groups.map(([by, values]) => [by, values && new Map(values)])) }
  }

  /** Adds the cases that came and takes away those that went between two revisions. */
  private advance(base: Counts, from: number, key: RevisionKey): { counts: Counts; cases: number } {
    let cases = 0
    const counts: Counts = new Map([...base].map(([by, values]) => [by, values && new Map(values)]))
    const changed = this.database.raw.prepare<[object], { facets: string; sign: 1 | -1 }>(
      `SELECT g.facets, iif(g.fromRevision > @from, 1, -1) AS sign FROM GoldenCase AS g WHERE g.goldenSetId = @goldenSetId AND
         (g.fromRevision > @from AND g.fromRevision <= @revision AND (g.untilRevision IS NULL OR g.untilRevision > @revision)
          OR g.fromRevision <= @from AND g.untilRevision > @from AND g.untilRevision <= @revision)`,
    )
    for (const { facets, sign } of changed.iterate({ ...key, from })) {
      for (const part of splitFacets(facets)) addPart(counts, part, sign)
      cases += 1
    }
    return { counts, cases }
  }

  private async countAll(key: RevisionKey): Promise<{ counts: Counts; cases: number }> {
    let cases = 0
    const chunk = this.database.raw.prepare<[object], { position: number; facets: string }>(
      `SELECT g.position, g.facets FROM GoldenCase AS g WHERE ${inRevision} AND g.position > @after ORDER BY g.position LIMIT ${chunkRows}`,
    )
    const parts = new Map<string, number>()
    let after = -1
    while (true) {
      const rows = chunk.all({ ...key, after })
      for (const { facets } of rows) for (const part of splitFacets(facets)) parts.set(part, (parts.get(part) ?? 0) + 1)
      const last = rows.at(-1)
      if (!last) break
      after = last.position
      cases += rows.length
      if (rows.length === chunkRows) await new Promise<void>((resolve) => void setImmediate(resolve))
    }
    const counts: Counts = new Map()
    for (const [part, count] of parts) addPart(counts, part, count)
    return { counts, cases }
  }

  private remember({ goldenSetId, revision }: RevisionKey, counts: Counts): void {
    const known = this.remembered.get(goldenSetId)
    if (known && known.revision > revision) return
    this.remembered.delete(goldenSetId)
    this.remembered.set(goldenSetId, { revision, counts })
    const oldest = this.remembered.keys().next().value
    if (this.remembered.size > rememberedRevisions && oldest !== undefined) this.remembered.delete(oldest)
  }

  private async keep({ goldenSetId, revision }: RevisionKey, counts: Counts): Promise<void> {
    const value = JSON.stringify({ revision, groups: [...counts].map(([by, values]) => [by, values && [...values]]) })
    const upsert = this.database.raw.prepare(
      `INSERT INTO WorkspaceFact (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
       WHERE json_extract(excluded.value, '$.revision') > json_extract(WorkspaceFact.value, '$.revision')`,
    )
    await this.database.writeLock.run(() => upsert.run(factKey(goldenSetId), value))
  }
}

const factKey = (goldenSetId: string) => `facet-counts/${goldenSetId}`

function addPart(counts: Counts, part: string, change: number): void {
  const { by, value } = parseFacet(part)
  const values = counts.get(by)
  if (values === null) return
  if (values === undefined) {
    counts.set(by, new Map([[value, change]]))
    return
  }
  const count = (values.get(value) ?? 0) + change
  if (count === 0) values.delete(value)
  else values.set(value, count)
  if (values.size > maximumValues && !alwaysListed.has(by)) counts.set(by, null)
}
