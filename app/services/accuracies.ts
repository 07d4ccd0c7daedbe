import type { SqliteHandle } from '~/storage/database'
import { listFinishedReplays } from '~/storage/sqlite/finished-replays'
import type { ReplayScores } from '~/storage/sqlite/replay-scores'

export type VersionAccuracy = { value: number; correct: number; n: number; replayId: string; rehearsal: boolean }

/**
 * The accuracy to show for each prompt text of a policy: of its newest finished replay's golden set, over the newest revision that the text
 * was replayed on. Texts without a scored case have no entry.
 */
export async function findAccuracies(
  handle: SqliteHandle,
  scores: ReplayScores,
  policyId: string,
  textHashes: readonly string[],
): Promise<Map<string, VersionAccuracy>> {
  const replays = listFinishedReplays(handle, policyId, textHashes)
  const chosen = new Map<string, (typeof replays)[number]>()
  for (const replay of replays) {
    const best = chosen.get(replay.promptHash)
    if (!best || (replay.goldenSetId === best.goldenSetId && replay.goldenRevision > best.goldenRevision))
      chosen.set(replay.promptHash, replay)
  }
  await scores.prepare([...chosen.values()])
  const accuracies = new Map<string, VersionAccuracy>()
  for (const [textHash, replay] of chosen) {
    const { correct, scored } = scores.scoreOf(replay)
    if (scored === 0) continue
    accuracies.set(textHash, {
      value: correct / scored,
      correct,
      n: scored,
      replayId: replay.id,
      rehearsal: replay.modelName.startsWith('touchstone:'),
    })
  }
  return accuracies
}
