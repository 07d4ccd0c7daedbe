import { caseChangeKinds, type CaseChangeKind, type RevisionDiff } from '../../domain/golden-set/case-diff'
import type { SqliteHandle } from '../database'
import { caseSelection, readCase, type CaseStateRow } from './golden-case-rows'
import { notSealed } from './holdout-store'

const stateAt = (alias: string, revision: string) =>
  `${alias}.goldenSetId = @goldenSetId AND ${alias}.caseId = touched.caseId AND ${alias}.fromRevision <= ${revision}
     AND (${alias}.untilRevision IS NULL OR ${alias}.untilRevision > ${revision})`

/** Cases whose state began or ended between the revisions and that are not the same at both ends; a revert changes nothing. */
const changes = `SELECT touched.caseId AS caseId, o.rowid AS oldRow, n.rowid AS newRow, coalesce(n.position, o.position) AS position,
    CASE WHEN o.rowid IS NULL THEN 'added' WHEN n.rowid IS NULL THEN 'removed'
      WHEN o.label IS NOT n.label OR o.rules IS NOT n.rules OR o.severity IS NOT n.severity THEN 'relabelled' ELSE 'changed' END AS kind
  FROM (SELECT DISTINCT g.caseId FROM GoldenCase AS g WHERE g.goldenSetId = @goldenSetId
          AND (g.fromRevision > @low AND g.fromRevision <= @high OR g.untilRevision > @low AND g.untilRevision <= @high)
          AND (@sealedAt IS NULL OR ${notSealed})) AS touched
  LEFT JOIN GoldenCase AS o ON ${stateAt('o', '@from')}
  LEFT JOIN GoldenCase AS n ON ${stateAt('n', '@to')}
  WHERE o.stateHash IS NOT n.stateHash`

/** Compares two revisions of a set, in either direction: how many cases differ in which way, and one page of them by position. */
export function readRevisionChanges(
  handle: SqliteHandle,
  key: { goldenSetId: string; from: number; to: number; sealedAt?: number },
  query: { kinds?: readonly CaseChangeKind[]; offset: number; limit: number },
): RevisionDiff {
  const { goldenSetId, from, to, sealedAt = null } = key
  const parameters = { goldenSetId, from, to, sealedAt, low: Math.min(from, to), high: Math.max(from, to) }
  const tally = handle.prepare<[object], { kind: CaseChangeKind; n: number }>(`SELECT kind, count(*) AS n FROM (${changes}) GROUP BY kind`)
  const countWith = (sealed: number | null) => {
    const counts = Object.fromEntries(caseChangeKinds.map((kind) => [kind, 0])) as Record<CaseChangeKind, number>
    for (const { kind, n } of tally.all({ ...parameters, sealedAt: sealed })) counts[kind] = n
    return counts
  }
  // Figures count what is sealed; rows do not show it.
  const counts = countWith(null)
  const listed = sealedAt === null ? counts : countWith(sealedAt)
  const kinds: readonly CaseChangeKind[] = query.kinds?.length
    ? caseChangeKinds.filter((kind) => query.kinds?.includes(kind))
    : caseChangeKinds
  const rows = handle
    .prepare<[object], { caseId: string; oldRow: number | null; newRow: number | null; kind: CaseChangeKind }>(
      `SELECT caseId, oldRow, newRow, kind FROM (${changes}) WHERE kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})
       ORDER BY position, caseId LIMIT @limit OFFSET @offset`,
    )
    .all({ ...parameters, limit: query.limit, offset: query.offset })
  const read = handle.prepare<[number], CaseStateRow>(`SELECT ${caseSelection} FROM GoldenCase AS g WHERE g.rowid = ?`)
  const stateOf = (row: number | null) => {
    const found = row === null ? undefined : read.get(row)
    return found ? readCase(found) : null
  }
  return {
    from,
    to,
    counts,
    total: kinds.reduce((sum, kind) => sum + listed[kind], 0),
    rows: rows.map(({ caseId, kind, oldRow, newRow }) => ({ caseId, kind, before: stateOf(oldRow), after: stateOf(newRow) })),
  }
}
