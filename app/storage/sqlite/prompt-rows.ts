import type { SqliteHandle } from '../database'

export type VersionRow = {
  id: string
  number: number
  message: string
  author: string
  createdAt: number
  textHash: string
  parentNumber: number | null
  /** In order of their names. */
  labels: string[]
}

type VersionCondition = { id?: string; number?: number; textHash?: string }

/** The versions of a policy, newest first; those only that the condition names. */
export function listVersions(
  handle: SqliteHandle,
  policyId: string,
  { limit = -1, ...condition }: VersionCondition & { limit?: number } = {},
): VersionRow[] {
  const chosen = Object.keys(condition).map((column) => ` AND v.${column} = @${column}`)
  return handle
    .prepare<[object], Omit<VersionRow, 'labels'> & { labels: string }>(
      `SELECT v.id, v.number, v.message, v.author, v.createdAt, v.textHash, p.number AS parentNumber,
         (SELECT json_group_array(l.name) FROM VersionLabel AS l WHERE l.policyId = v.policyId AND l.versionId = v.id) AS labels
       FROM PromptVersion AS v LEFT JOIN PromptVersion AS p ON p.id = v.parentId
       WHERE v.policyId = @policyId${chosen.join('')} ORDER BY v.number DESC LIMIT @limit`,
    )
    .all({ policyId, limit, ...condition })
    .map((row) => ({ ...row, labels: (JSON.parse(row.labels) as string[]).sort() }))
}

export function findVersion(handle: SqliteHandle, policyId: string, condition: VersionCondition): VersionRow | null {
  return listVersions(handle, policyId, { ...condition, limit: 1 })[0] ?? null
}

/** The version that a label such as `production` points to. */
export function findLabelledVersion(handle: SqliteHandle, policyId: string, label: string): VersionRow | null {
  const number = handle
    .prepare<[string, string], number>(
      `SELECT v.number FROM VersionLabel AS l JOIN PromptVersion AS v ON v.id = l.versionId WHERE l.policyId = ? AND l.name = ?`,
    )
    .pluck()
    .get(policyId, label)
  return number === undefined ? null : findVersion(handle, policyId, { number })
}

export function findPromptText(handle: SqliteHandle, hash: string): string | null {
  return handle.prepare<[string], string>(`SELECT text FROM PromptText WHERE hash = ?`).pluck().get(hash) ?? null
}

export type DraftRow = { text: string; revision: number; updatedAt: number; baseVersionId: string | null }

export function findDraft(handle: SqliteHandle, policyId: string): DraftRow | null {
  return (
    handle.prepare<[string], DraftRow>(`SELECT text, revision, updatedAt, baseVersionId FROM Draft WHERE policyId = ?`).get(policyId) ??
    null
  )
}
