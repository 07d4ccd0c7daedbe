import type { GoldenRevision } from '../../domain/golden-set/case-records'
import type { SqliteHandle } from '../database'

export type GoldenSetRow = {
  id: string
  name: string
  head: number
  /** Of the newest revision; 0 and null where there is none yet. */
  caseCount: number
  contentHash: string | null
  updatedAt: number | null
}

/** The golden sets of a policy, oldest first. */
export function listGoldenSets(handle: SqliteHandle, policyId: string): GoldenSetRow[] {
  return handle
    .prepare<[string], GoldenSetRow>(
      `SELECT s.id, s.name, s.head, coalesce(r.caseCount, 0) AS caseCount, r.contentHash, r.createdAt AS updatedAt
       FROM GoldenSet AS s LEFT JOIN GoldenRevision AS r ON r.goldenSetId = s.id
         AND r.number = (SELECT max(n.number) FROM GoldenRevision AS n WHERE n.goldenSetId = s.id)
       WHERE s.policyId = ? ORDER BY s.createdAt, s.id`,
    )
    .all(policyId)
}

export function findGoldenSet(handle: SqliteHandle, policyId: string, name: string): { id: string; name: string; head: number } | null {
  return (
    handle
      .prepare<[string, string], { id: string; name: string; head: number }>(
        `SELECT id, name, head FROM GoldenSet WHERE policyId = ? AND name = ?`,
      )
      .get(policyId, name) ?? null
  )
}

const revisionColumns = `number, author, message, caseCount, added, changed, relabelled, removed, contentHash, createdAt`

/** Newest first; of these numbers only, where they are named. */
export function listRevisions(handle: SqliteHandle, goldenSetId: string, numbers?: readonly number[]): GoldenRevision[] {
  const chosen = numbers ? ` AND number IN (SELECT value FROM json_each(@numbers))` : ''
  return handle
    .prepare<[object], GoldenRevision>(
      `SELECT ${revisionColumns} FROM GoldenRevision WHERE goldenSetId = @goldenSetId${chosen} ORDER BY number DESC`,
    )
    .all({ goldenSetId, ...(numbers ? { numbers: JSON.stringify(numbers) } : {}) })
}
