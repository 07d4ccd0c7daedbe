import type { TrialResult } from '../../replay/ports'
import type { SqliteHandle } from '../database'
import { unpackAnswer } from './answer-texts'

/** One answer as it came, and what it took. `text`: word for word; null where raw answers are not kept, or there was none. */
export type TrialAnswer = Pick<
  TrialResult,
  'latencyMs' | 'inputTokens' | 'outputTokens' | 'costUsd' | 'cached' | 'calls' | 'providerModel' | 'systemFingerprint'
> & { text: string | null; finishedAt: number }

type AnswerRow = Omit<TrialAnswer, 'text' | 'cached'> & { cached: number; packing: number | null; body: Buffer | null }

/** Null: there is no such trial, or it is not finished. */
export function readTrialAnswer(handle: SqliteHandle, replayId: string, caseId: string, epoch: number): TrialAnswer | null {
  const row = handle
    .prepare<[string, string, number], AnswerRow>(
      `SELECT t.latencyMs, t.inputTokens, t.outputTokens, t.costUsd, t.cached, t.calls, t.providerModel, t.systemFingerprint, t.finishedAt, a.packing, a.body
       FROM Trial AS t LEFT JOIN Answer AS a ON a.hash = t.answerHash WHERE t.replayId = ? AND t.caseId = ? AND t.epoch = ?`,
    )
    .get(replayId, caseId, epoch)
  if (!row) return null
  const { packing, body, cached, ...figures } = row
  return { ...figures, cached: cached === 1, text: packing === null || body === null ? null : unpackAnswer({ packing, body }) }
}
