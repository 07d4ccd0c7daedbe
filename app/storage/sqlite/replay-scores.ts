import type { SqliteHandle } from '../database'

/** Cases with a score, and those of them that are right, epochs reduced as in app/domain/metrics/reduce-epochs.ts: a tie is wrong. */
export type ReplayScore = { correct: number; scored: number }

type ScoredReplay = { id: string; epochs: number; resultsVersion: number; status: string }

/** Counts scores from the trials; those of finished replays are remembered, for they change only together with `resultsVersion`. */
export class ReplayScores {
  private readonly remembered = new Map<string, ReplayScore>()

  constructor(private readonly handle: SqliteHandle) {}

  scoreOf(replay: ScoredReplay): ReplayScore {
    const key = `${replay.id}:${replay.resultsVersion}`
    const known = this.remembered.get(key)
    if (known) return known
    const score = replay.epochs === 1 ? this.countTrials(replay.id) : this.countCases(replay.id)
    if (replay.status === 'finished') this.remembered.set(key, score)
    return score
  }

  private countTrials(replayId: string): ReplayScore {
    const rows = this.handle
      .prepare<[string], { outcome: string; n: number }>(
        `SELECT outcome, count(*) AS n FROM Trial WHERE replayId = ? AND outcome IN ('correct', 'wrong') GROUP BY outcome`,
      )
      .all(replayId)
    const count = (outcome: string) => rows.find((row) => row.outcome === outcome)?.n ?? 0
    return { correct: count('correct'), scored: count('correct') + count('wrong') }
  }

  private countCases(replayId: string): ReplayScore {
    return (
      this.handle
        .prepare<[string], ReplayScore>(
          `SELECT coalesce(sum(rights > wrongs), 0) AS correct, count(*) AS scored FROM
             (SELECT sum(outcome = 'correct') AS rights, sum(outcome = 'wrong') AS wrongs FROM Trial
              WHERE replayId = ? AND outcome IN ('correct', 'wrong') GROUP BY caseId)`,
        )
        .get(replayId) ?? { correct: 0, scored: 0 }
    )
  }
}
