import Database from 'better-sqlite3'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import { TouchstoneError } from '../../lib/errors'
import type { SqliteHandle } from '../database'
import { ContentSum } from './content-sum'
import { caseStateColumns, toCaseColumns, type CaseColumns } from './golden-case-rows'

/** Rows per synchronous step: the event loop gets its turn between two. */
const chunkRows = 2_000

/** What became of a staged row that the set has a case for. One without a match is added. */
const kinds = { changed: 1, relabelled: 2, unchanged: 3 } as const

export type ImportCounts = {
  added: number
  changed: number
  relabelled: number
  unchanged: number
  removed: number
  matchedByContent: number
}

/** What the staged rows hold, for a look at the scheme before anything is written. */
export type StagedVocabulary = { labels: Map<string, string>; rules: Set<string>; severities: Set<string> }

const columnList = caseStateColumns.join(', ')

/** Staged rows of a chunk that are not as the set has them, each with the case `g` that it replaces, if any. */
const differingRows = `temp.StagedCase AS s LEFT JOIN temp.StagedMatch AS m ON m.seq = s.seq LEFT JOIN GoldenCase AS g ON g.rowid = m.oldRow
  WHERE s.seq BETWEEN ? AND ? AND m.kind IS NOT ${kinds.unchanged}`

/**
 * Cases on their way into a golden set. They are first staged in a temporary table of this connection, which needs no lock of the database
 * and no memory that grows; `apply` then writes the difference. The caller opens the transaction that `apply` runs in, so that a kill at any
 * moment leaves the set as it was.
 */
export class GoldenCaseImport {
  readonly vocabulary = createVocabulary()
  private rows = 0

  constructor(private readonly handle: SqliteHandle) {
    handle.exec(`
      DROP TABLE IF EXISTS temp.StagedCase;
      CREATE TEMP TABLE StagedCase (
        seq INTEGER PRIMARY KEY,
        ${caseStateColumns.join(', ')}
      );
      CREATE UNIQUE INDEX temp.StagedCase_caseId ON StagedCase(caseId);
      DROP TABLE IF EXISTS temp.StagedMatch;
      CREATE TEMP TABLE StagedMatch (seq INTEGER PRIMARY KEY, oldRow INTEGER NOT NULL, kind INTEGER NOT NULL);
    `)
  }

  get rowCount(): number {
    return this.rows
  }

  /** Reads all of `cases` into the staging table. Throws `invalid-input` for an id that comes twice, and whatever the iterable throws. */
  async stage(cases: Iterable<GoldenCase> | AsyncIterable<GoldenCase>, onProgress?: (rows: number) => void): Promise<void> {
    const places = [...caseStateColumns, 'seq'].map(() => '?').join(', ')
    const insert = this.handle.prepare<[...CaseColumns, number]>(`INSERT INTO temp.StagedCase (${columnList}, seq) VALUES (${places})`)
    const insertChunk = this.handle.transaction((chunk: readonly CaseColumns[]) => {
      for (const columns of chunk) this.insertRow(insert, columns)
    })
    let chunk: CaseColumns[] = []
    const flush = () => {
      insertChunk(chunk)
      chunk = []
      onProgress?.(this.rows)
    }
    for await (const goldenCase of cases) {
      collectVocabulary(this.vocabulary, goldenCase)
      chunk.push(toCaseColumns(goldenCase))
      if (chunk.length < chunkRows) continue
      flush()
      await yieldToEventLoop()
    }
    flush()
  }

  private insertRow(insert: Database.Statement<[...CaseColumns, number]>, columns: CaseColumns): void {
    try {
      insert.run(...columns, this.rows + 1)
      this.rows += 1
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_UNIQUE') throw error
      const first = this.handle.prepare<[string], { seq: number }>(`SELECT seq FROM temp.StagedCase WHERE caseId = ?`).get(columns[0])
      throw duplicateCase(columns[0], first?.seq ?? 0, this.rows + 1, error)
    }
  }

  /**
   * Compares the staged rows with the set as it stands. Ids decide; with `matchContent`, a row whose id is new but whose content and
   * context are those of exactly one case that the file does not name is taken for that case.
   */
  async classify(goldenSetId: string, options: { matchContent: boolean; mirror: boolean }): Promise<ImportCounts> {
    const current = this.handle
      .prepare<[string], number>(`SELECT count(*) FROM GoldenCase WHERE goldenSetId = ? AND untilRevision IS NULL`)
      .pluck()
      .get(goldenSetId)
    const counts = { added: this.rows, changed: 0, relabelled: 0, unchanged: 0, removed: 0, matchedByContent: 0 }
    if (!current) return counts

    // CROSS JOIN keeps the staged rows outside: the other way round every chunk would read the whole set.
    const match = this.handle.prepare<[string, number, number]>(`
      INSERT INTO temp.StagedMatch (seq, oldRow, kind)
      SELECT s.seq, g.rowid, CASE
          WHEN g.stateHash = s.stateHash THEN ${kinds.unchanged}
          WHEN g.label IS NOT s.label OR g.rules IS NOT s.rules OR g.severity IS NOT s.severity THEN ${kinds.relabelled}
          ELSE ${kinds.changed} END
      FROM temp.StagedCase AS s CROSS JOIN GoldenCase AS g ON g.goldenSetId = ? AND g.caseId = s.caseId AND g.untilRevision IS NULL
      WHERE s.seq BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM temp.StagedMatch AS m WHERE m.seq = s.seq)`)
    const matchAll = () => this.forEachChunk((from, to) => match.run(goldenSetId, from, to))
    await matchAll()
    if (options.matchContent) {
      counts.matchedByContent = this.adoptIdsByContent(goldenSetId)
      if (counts.matchedByContent > 0) await matchAll()
    }
    const tally = this.handle
      .prepare<[], { kind: number; n: number }>(`SELECT kind, count(*) AS n FROM temp.StagedMatch GROUP BY kind`)
      .all()
    for (const { kind, n } of tally) {
      counts.added -= n
      if (kind === kinds.changed) counts.changed = n
      else if (kind === kinds.relabelled) counts.relabelled = n
      else counts.unchanged = n
    }
    if (options.mirror) counts.removed = current - (this.rows - counts.added)
    return counts
  }

  /** Gives staged rows the id of the one case that has their content. Returns how many. */
  private adoptIdsByContent(goldenSetId: string): number {
    this.handle.exec(`
      DROP TABLE IF EXISTS temp.Unmatched;
      CREATE TEMP TABLE Unmatched AS
        SELECT contentHash, min(seq) AS seq FROM temp.StagedCase AS s
        WHERE NOT EXISTS (SELECT 1 FROM temp.StagedMatch AS m WHERE m.seq = s.seq) GROUP BY contentHash HAVING count(*) = 1;
      CREATE UNIQUE INDEX temp.Unmatched_contentHash ON Unmatched(contentHash);
    `)
    const adopted = this.handle
      .prepare(
        `UPDATE temp.StagedCase AS s SET caseId = m.caseId
         FROM (
           SELECT u.seq AS seq, min(g.caseId) AS caseId
           FROM GoldenCase AS g JOIN temp.Unmatched AS u ON u.contentHash = g.contentHash
           WHERE g.goldenSetId = ? AND g.untilRevision IS NULL AND NOT EXISTS (SELECT 1 FROM temp.StagedCase AS t WHERE t.caseId = g.caseId)
           GROUP BY u.seq HAVING count(*) = 1
         ) AS m
         WHERE s.seq = m.seq`,
      )
      .run(goldenSetId).changes
    this.handle.exec('DROP TABLE temp.Unmatched')
    return adopted
  }

  /**
   * Writes the classified rows as revision `revision` and returns the content hash of the set after it. Runs in the caller's transaction;
   * the event loop gets its turn between two chunks.
   */
  async apply(input: {
    goldenSetId: string
    revision: number
    mirror: boolean
    author: string
    nowMs: number
    contentHash: string | null
  }): Promise<string> {
    const { goldenSetId, revision, author, nowMs } = input
    const sum = new ContentSum(input.contentHash)
    const lastPosition = this.handle
      .prepare<[string], number>(`SELECT coalesce(max(position), -1) FROM GoldenCase WHERE goldenSetId = ?`)
      .pluck()
      .get(goldenSetId)
    const differing = this.handle.prepare<[number, number], { caseId: string; stateHash: Buffer; oldHash: Buffer | null }>(
      `SELECT s.caseId, s.stateHash, g.stateHash AS oldHash FROM ${differingRows}`,
    )
    const close = this.handle.prepare(
      `UPDATE GoldenCase SET untilRevision = ? WHERE rowid IN
         (SELECT oldRow FROM temp.StagedMatch WHERE seq BETWEEN ? AND ? AND kind IN (${kinds.changed}, ${kinds.relabelled}))`,
    )
    const insert = this.handle.prepare(
      `INSERT INTO GoldenCase (goldenSetId, fromRevision, position, author, createdAt, ${columnList})
       SELECT ?, ?, coalesce(g.position, ? + s.seq), ?, ?, ${caseStateColumns.map((name) => `s.${name}`).join(', ')} FROM ${differingRows} ORDER BY s.seq`,
    )
    await this.forEachChunk((from, to) => {
      for (const { caseId, stateHash, oldHash } of differing.all(from, to)) {
        sum.add(caseId, stateHash)
        if (oldHash) sum.subtract(caseId, oldHash)
      }
      close.run(revision, from, to)
      insert.run(goldenSetId, revision, lastPosition, author, nowMs, from, to)
    })
    if (input.mirror) this.removeMissing(goldenSetId, revision, sum)
    return sum.toString()
  }

  private removeMissing(goldenSetId: string, revision: number, sum: ContentSum): void {
    const missing = `goldenSetId = ? AND untilRevision IS NULL AND NOT EXISTS (SELECT 1 FROM temp.StagedCase AS s WHERE s.caseId = GoldenCase.caseId)`
    const rows = this.handle.prepare<[string], { caseId: string; stateHash: Buffer }>(
      `SELECT caseId, stateHash FROM GoldenCase WHERE ${missing}`,
    )
    for (const { caseId, stateHash } of rows.iterate(goldenSetId)) sum.subtract(caseId, stateHash)
    this.handle.prepare(`UPDATE GoldenCase SET untilRevision = ? WHERE ${missing}`).run(revision, goldenSetId)
  }

  private async forEachChunk(work: (from: number, to: number) => void): Promise<void> {
    for (let from = 1; from <= this.rows; from += chunkRows) {
      work(from, from + chunkRows - 1)
      await yieldToEventLoop()
    }
  }
}

export function duplicateCase(caseId: string, first: number, second: number, cause: unknown): TouchstoneError {
  return new TouchstoneError(
    'invalid-input',
    `The case id ${JSON.stringify(caseId)} comes twice: as case ${first} and as case ${second}.`,
    'Give each case an id of its own.',
    { cause },
  )
}

export function createVocabulary(): StagedVocabulary {
  return { labels: new Map(), rules: new Set(), severities: new Set() }
}

export function collectVocabulary({ labels, rules, severities }: StagedVocabulary, { id, expected, annotations }: GoldenCase): void {
  for (const verdict of expected ? [expected, ...annotations] : annotations) {
    if (verdict.label !== null && !labels.has(verdict.label)) labels.set(verdict.label, id)
    for (const rule in verdict.rules) rules.add(rule)
    if (verdict.severity !== undefined) severities.add(verdict.severity)
  }
}

export const yieldToEventLoop = () => new Promise<void>((resolve) => void setImmediate(resolve))
