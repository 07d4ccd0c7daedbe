import type { SqliteHandle } from '../database'

/** What the answers of a replay say of the provider, counted from its trials. */
export type AnswerFindings = {
  trials: number
  cached: number
  /** Answered by the model and not by the cache, at a cost that nobody knows. */
  ofUnknownCost: number
  /** Answers by the id and the fingerprint that came with them, the most frequent first. */
  models: Array<{ providerModel: string | null; systemFingerprint: string | null; answers: number }>
}

type FindingsRow = {
  providerModel: string | null
  systemFingerprint: string | null
  answers: number
  cached: number
  ofUnknownCost: number
}

export function readAnswerFindings(handle: SqliteHandle, replayId: string): AnswerFindings {
  const rows = handle
    .prepare<[string], FindingsRow>(
      `SELECT providerModel, systemFingerprint, count(*) AS answers, sum(cached) AS cached, sum(cached = 0 AND costUsd IS NULL AND outcome <> 'error') AS ofUnknownCost
       FROM Trial WHERE replayId = ? GROUP BY providerModel, systemFingerprint ORDER BY answers DESC`,
    )
    .all(replayId)
  const sum = (column: 'answers' | 'cached' | 'ofUnknownCost') => rows.reduce((total, row) => total + row[column], 0)
  return { trials: sum('answers'), cached: sum('cached'), ofUnknownCost: sum('ofUnknownCost'), models: rows }
}
