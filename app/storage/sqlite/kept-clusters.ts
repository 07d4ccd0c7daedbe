import type { SqliteHandle } from '../database'

/** Which cases of a golden set are near duplicates of each other. Another way to find them is another name. */
const findings = 'near-duplicates/2'

/** `texts`: hash over the cases that were looked at, in their order. */
type KeptClusters = { findings: string; texts: string; clusters: string[][] }

const factKey = (goldenSetId: string) => `clusters/${goldenSetId}`

/** Ids of the cases of each cluster, as they were found; null where these texts of the set were not the last that were looked at. */
export function findClusters(handle: SqliteHandle, goldenSetId: string, texts: string): string[][] | null {
  const value = handle.prepare<[string], string>(`SELECT value FROM WorkspaceFact WHERE key = ?`).pluck().get(factKey(goldenSetId))
  const kept = value === undefined ? null : (JSON.parse(value) as KeptClusters)
  return kept?.findings === findings && kept.texts === texts ? kept.clusters : null
}

/** Must run inside the write lock. */
export function keepClusters(handle: SqliteHandle, goldenSetId: string, texts: string, clusters: string[][]): void {
  const kept: KeptClusters = { findings, texts, clusters }
  handle
    .prepare<[string, string]>(`INSERT INTO WorkspaceFact (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`)
    .run(factKey(goldenSetId), JSON.stringify(kept))
}
