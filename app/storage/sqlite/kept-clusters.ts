import type { SqliteHandle } from '../database'

/** Which cases of a revision are near duplicates of each other. Another way to find them is another name. */
const findings = 'near-duplicates/1'

type KeptClusters = { findings: string; revision: number; clusters: string[][] }

const factKey = (goldenSetId: string) => `clusters/${goldenSetId}`

type Revision = { goldenSetId: string; goldenRevision: number }

/** Ids of the cases of each cluster, as they were found; null where nobody looked in this revision, or in a newer one since. */
export function findClusters(handle: SqliteHandle, { goldenSetId, goldenRevision }: Revision): string[][] | null {
  const value = handle.prepare<[string], string>(`SELECT value FROM WorkspaceFact WHERE key = ?`).pluck().get(factKey(goldenSetId))
  const kept = value === undefined ? null : (JSON.parse(value) as KeptClusters)
  return kept?.findings === findings && kept.revision === goldenRevision ? kept.clusters : null
}

/** Those of the newest revision are kept. Must run inside the write lock. */
export function keepClusters(handle: SqliteHandle, { goldenSetId, goldenRevision }: Revision, clusters: string[][]): void {
  const kept: KeptClusters = { findings, revision: goldenRevision, clusters }
  handle
    .prepare<[string, string]>(
      `INSERT INTO WorkspaceFact (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
       WHERE json_extract(excluded.value, '$.revision') >= json_extract(WorkspaceFact.value, '$.revision')`,
    )
    .run(factKey(goldenSetId), JSON.stringify(kept))
}
