import { flipKinds, type FlipKind, type RelabellingKind } from '../../domain/comparison/comparison'
import type { Outcome } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'
import { facetNeedle } from './facets'
import { toWordConditions } from './golden-case-queries'
import { notSealed } from './holdout-store'

/** One row of ComparisonCase but for its rank, which is its place in the list. */
export type ComparisonCaseRow = {
  caseId: string
  flip: FlipKind
  noise: boolean
  expectedLabel: string | null
  baselineOutcome: Outcome | null
  candidateOutcome: Outcome | null
  baselineLabel: string | null
  candidateLabel: string | null
  /** Where the sides pin different revisions and both have the case. */
  relabelling: RelabellingKind | null
  flipByNewLabels: FlipKind | null
}

export type PairKeys = { baselineReplayId: string; candidateReplayId: string }

/** What a page of cases is narrowed by; each condition must hold. */
export type ComparisonCaseFilter = {
  flip?: readonly FlipKind[]
  noise?: boolean
  expectedLabel?: string
  baselineLabel?: string
  candidateLabel?: string
  baselineOutcome?: Outcome
  candidateOutcome?: Outcome
  mustPass?: boolean
  relabelling?: RelabellingKind
  flipByNewLabels?: FlipKind
  caseId?: string
  facets?: ReadonlyArray<{ by: string; value: string }>
  /** At least one of these; none of those. */
  anyFacet?: ReadonlyArray<{ by: string; value: string }>
  noFacet?: ReadonlyArray<{ by: string; value: string }>
  /** Words, each of which must stand in the content, the id or the note. */
  text?: string
  /** Leaves out the sealed holdout as this newest revision has it. */
  sealedAt?: number
}

/** Where a case's state is looked up: the candidate's revision, else the baseline's. */
export type CaseRevisions = { candidateSet: string; candidateRevision: number; baselineSet: string; baselineRevision: number }

const rememberedFilters = 64

/**
 * Kept comparisons: their documents, and one row per case in order of harm. The cases of a pair are kept once, under the key of the pair;
 * the documents, which depend on margin, confidence and slices too, under keys of their own.
 */
export class ComparisonStore {
  private readonly selections = new Map<string, Int32Array>()
  private readonly readRow
  private readonly readRowsAfter

  constructor(private readonly handle: SqliteHandle) {
    const columns =
      'rank, caseId, flip, noise, expectedLabel, baselineOutcome, candidateOutcome, baselineLabel, candidateLabel, relabelling, flipByNewLabels'
    this.readRow = handle.prepare<[string, number], StoredRow>(`SELECT ${columns} FROM ComparisonCase WHERE comparisonId = ? AND rank = ?`)
    this.readRowsAfter = handle.prepare<[string, number, number], StoredRow>(
      `SELECT ${columns} FROM ComparisonCase WHERE comparisonId = ? AND rank > ? ORDER BY rank LIMIT ?`,
    )
  }

  document(key: string): string | null {
    return this.handle.prepare<[string], string>(`SELECT document FROM ComparisonSummary WHERE id = ?`).pluck().get(key) ?? null
  }

  has(key: string): boolean {
    return this.handle.prepare<[string], number>(`SELECT 1 FROM ComparisonSummary WHERE id = ?`).pluck().get(key) === 1
  }

  /** Ranks of the cases that meet the filter, ascending, remembered: the next page is then one seek per row. */
  select(key: string, filter: ComparisonCaseFilter, revisions: CaseRevisions): Int32Array {
    const { sql, parameters, joinsCase } = toSql(filter)
    const memoryKey = JSON.stringify([key, sql, parameters])
    const known = this.selections.get(memoryKey)
    if (known) return known
    const statement = this.handle
      .prepare<[object], number>(
        `SELECT x.rank FROM ComparisonCase AS x${joinsCase ? caseJoin : ''} WHERE x.comparisonId = @key${sql} ORDER BY x.rank`,
      )
      .pluck()
    const ranks = Int32Array.from(statement.all({ key, ...parameters, ...(joinsCase ? revisions : {}) }))
    this.selections.set(memoryKey, ranks)
    for (const oldest of [...this.selections.keys()].slice(0, -rememberedFilters)) this.selections.delete(oldest)
    return ranks
  }

  rows(key: string, ranks: ArrayLike<number>): RankedRow[] {
    return Array.from(ranks, (rank) => this.readRow.get(key, rank)).flatMap((row) => (row ? [toRankedRow(row)] : []))
  }

  /** The next rows after a rank, in order of harm. */
  rowsAfter(key: string, rank: number, limit: number): RankedRow[] {
    return this.readRowsAfter.all(key, rank, limit).map(toRankedRow)
  }
}

type RankedRow = ComparisonCaseRow & { rank: number }
type StoredRow = Omit<RankedRow, 'noise'> & { noise: number }
const toRankedRow = (row: StoredRow): RankedRow => ({ ...row, noise: row.noise === 1 })

/**
 * Keeps a document, and the cases of the pair where they are not kept yet, in one transaction on a handle of its own; what was kept of the
 * pair before its results changed goes. Must run inside the write lock.
 */
export function keepComparison(
  handle: SqliteHandle,
  input: {
    pair: PairKeys
    /** What every key of the pair begins with, as long as its results are these. */
    pairKey: string
    casesKey: string
    documentKey: string
    document: string
    cases: readonly ComparisonCaseRow[] | null
    nowMs: number
  },
): void {
  const { pair, pairKey, casesKey, documentKey, document, cases, nowMs } = input
  handle
    .transaction(() => {
      const insertSummary = handle.prepare(
        `INSERT INTO ComparisonSummary (id, baselineReplayId, candidateReplayId, document, createdAt) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      )
      handle
        .prepare(`DELETE FROM ComparisonSummary WHERE candidateReplayId = ? AND baselineReplayId = ? AND id NOT LIKE ? || '%'`)
        .run(pair.candidateReplayId, pair.baselineReplayId, pairKey)
      const made = insertSummary.run(casesKey, pair.baselineReplayId, pair.candidateReplayId, '{}', nowMs).changes
      if (made && cases) insertCases(handle, casesKey, cases)
      insertSummary.run(documentKey, pair.baselineReplayId, pair.candidateReplayId, document, nowMs)
    })
    .immediate()
}

function insertCases(handle: SqliteHandle, key: string, cases: readonly ComparisonCaseRow[]): void {
  const insert = handle.prepare(
    `INSERT INTO ComparisonCase (comparisonId, rank, caseId, flip, noise, expectedLabel, baselineOutcome, candidateOutcome, baselineLabel, candidateLabel, relabelling, flipByNewLabels)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  cases.forEach((row, rank) =>
    insert.run(
      key,
      rank,
      row.caseId,
      row.flip,
      row.noise ? 1 : 0,
      row.expectedLabel,
      row.baselineOutcome,
      row.candidateOutcome,
      row.baselineLabel,
      row.candidateLabel,
      row.relabelling,
      row.flipByNewLabels,
    ),
  )
}

/** The candidate's state of the case, or the baseline's for a case that was removed. */
const caseJoin = ` JOIN GoldenCase AS g ON g.rowid = coalesce(
    (SELECT s.rowid FROM GoldenCase AS s WHERE s.goldenSetId = @candidateSet AND s.caseId = x.caseId AND s.fromRevision <= @candidateRevision
       AND (s.untilRevision IS NULL OR s.untilRevision > @candidateRevision)),
    (SELECT s.rowid FROM GoldenCase AS s WHERE s.goldenSetId = @baselineSet AND s.caseId = x.caseId AND s.fromRevision <= @baselineRevision
       AND (s.untilRevision IS NULL OR s.untilRevision > @baselineRevision)))`

function toSql(filter: ComparisonCaseFilter): { sql: string; parameters: Record<string, string | number>; joinsCase: boolean } {
  const parts: string[] = []
  const parameters: Record<string, string | number> = {}
  if (filter.flip) {
    const wanted = filter.flip.filter((kind) => flipKinds.includes(kind))
    parts.push(`x.flip IN (${wanted.map((kind) => `'${kind}'`).join(', ')})`)
  }
  if (filter.noise !== undefined) parts.push(`x.noise = ${filter.noise ? 1 : 0}`)
  for (const column of [
    'expectedLabel',
    'baselineLabel',
    'candidateLabel',
    'baselineOutcome',
    'candidateOutcome',
    'caseId',
    'relabelling',
    'flipByNewLabels',
  ] as const) {
    const value = filter[column]
    if (value === undefined) continue
    parts.push(`x.${column} = @${column}`)
    parameters[column] = value
  }
  if (filter.mustPass !== undefined) parts.push(`g.mustPass = ${filter.mustPass ? 1 : 0}`)
  const facets = filter.facets ?? []
  for (const [index, facet] of facets.entries()) {
    parts.push(`instr(g.facets, @facet${index}) > 0`)
    parameters[`facet${index}`] = facetNeedle(facet)
  }
  for (const [name, list, joined] of [
    ['any', filter.anyFacet, (alternatives: string) => `(${alternatives})`],
    ['no', filter.noFacet, (alternatives: string) => `NOT (${alternatives})`],
  ] as const) {
    if (!list?.length) continue
    parts.push(joined(list.map((_, index) => `instr(g.facets, @${name}${index}) > 0`).join(' OR ')))
    for (const [index, facet] of list.entries()) parameters[`${name}${index}`] = facetNeedle(facet)
  }
  const words = toWordConditions(filter.text ?? '')
  if (filter.sealedAt !== undefined) {
    parts.push(notSealed)
    parameters.sealedAt = filter.sealedAt
  }
  const sql = [...parts, ...words.parts].map((part) => ` AND ${part}`).join('')
  return {
    sql,
    parameters: { ...parameters, ...words.parameters },
    joinsCase: sql.includes('g.'),
  }
}
