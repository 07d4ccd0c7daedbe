import type { TrialResult } from '../../replay/ports'
import type { SqliteHandle } from '../database'
import type { AnswerTexts } from './answer-texts'
import { goldenTrials, type TrialSource } from './trial-source'

const columns = [
  'replayId',
  'caseId',
  'epoch',
  'outcome',
  'ruleOutcome',
  'label',
  'rules',
  'severity',
  'confidence',
  'rationale',
  'detail',
  'answerHash',
  'latencyMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'cached',
  'calls',
  'providerModel',
  'systemFingerprint',
  'finishedAt',
] as const

/** Writes one result and drops its claim, whoever holds it. A trial that has a result keeps it. Runs inside the caller's transaction. */
export function createTrialWriter(
  handle: SqliteHandle,
  texts: AnswerTexts,
  { trials, claims }: Pick<TrialSource, 'trials' | 'claims'> = goldenTrials,
): (replayId: string, result: TrialResult, nowMs: number) => void {
  const insert = handle.prepare<unknown[]>(
    `INSERT INTO ${trials} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (replayId, caseId, epoch) DO NOTHING`,
  )
  const dropClaim = handle.prepare<[string, string, number]>(`DELETE FROM ${claims} WHERE replayId = ? AND caseId = ? AND epoch = ?`)
  return (replayId, result, nowMs) => {
    const { verdict } = result
    insert.run(
      replayId,
      result.caseId,
      result.epoch,
      result.outcome,
      result.ruleOutcome,
      verdict?.label ?? null,
      verdict ? (verdict.rules.length === 0 ? '[]' : JSON.stringify(verdict.rules)) : null,
      verdict?.severity ?? null,
      verdict?.confidence ?? null,
      verdict?.rationale ?? null,
      result.detail,
      result.rawAnswer === null ? null : texts.keep(result.rawAnswer),
      result.latencyMs,
      result.inputTokens,
      result.outputTokens,
      result.costUsd,
      result.cached ? 1 : 0,
      result.calls,
      result.providerModel,
      result.systemFingerprint,
      nowMs,
    )
    dropClaim.run(replayId, result.caseId, result.epoch)
  }
}
