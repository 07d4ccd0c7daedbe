import type { SqliteHandle } from '../database'

/** What it takes to choose a replay and to ask for its score. */
export type FinishedReplay = {
  id: string
  promptHash: string
  goldenSetId: string
  goldenRevision: number
  modelName: string
  epochs: number
  resultsVersion: number
  status: string
}

/** The finished replays of these texts of a policy, newest first. */
export function listFinishedReplays(handle: SqliteHandle, policyId: string, promptHashes: readonly string[]): FinishedReplay[] {
  return handle
    .prepare<[object], FinishedReplay>(
      `SELECT id, promptHash, goldenSetId, goldenRevision, modelName, epochs, resultsVersion, status FROM Replay
       WHERE policyId = @policyId AND status = 'finished' AND promptHash IN (SELECT value FROM json_each(@promptHashes))
       ORDER BY finishedAt DESC, id DESC`,
    )
    .all({ policyId, promptHashes: JSON.stringify(promptHashes) })
}
