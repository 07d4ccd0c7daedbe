import type { SqliteHandle } from '../database'
import type { QuotedCases } from './quoted-cases'

/**
 * Cases with a score, and those of them that are right, epochs reduced as in app/domain/metrics/reduce-epochs.ts: a tie is wrong. Without the
 * cases that the prompt quotes.
 */
export type ReplayScore = { correct: number; scored: number }

type ScoredReplay = {
  id: string
  epochs: number
  resultsVersion: number
  status: string
  promptHash: string
  goldenSetId: string
  goldenRevision: number
}

/** Counts scores from the trials; those of finished replays are remembered, for they change only together with `resultsVersion`. */
export class ReplayScores {
  private readonly remembered = new Map<string, ReplayScore>()

  constructor(
    private readonly handle: SqliteHandle,
    private readonly quotedCases: QuotedCases,
  ) {}

  /** Looks for quotations in the prompts of these replays where nobody has; without it, `scoreOf` takes no case for quoted. */
  async prepare(replays: ReadonlyArray<Pick<ScoredReplay, 'promptHash' | 'goldenSetId'>>): Promise<void> {
    await this.quotedCases.search(replays)
  }

  scoreOf(replay: ScoredReplay): ReplayScore {
    const key = `${replay.id}:${replay.resultsVersion}`
    const known = this.remembered.get(key)
    if (known) return known
    const all = replay.epochs === 1 ? this.countTrials(replay.id) : this.countCases(replay.id)
    const quoted = all.scored === 0 ? null : this.quotedCases.quotedIn(replay.goldenSetId, replay.goldenRevision, [replay.promptHash])
    const leaked = quoted?.size ? this.countCases(replay.id, [...quoted]) : { correct: 0, scored: 0 }
    const score = { correct: all.correct - leaked.correct, scored: all.scored - leaked.scored }
    if (replay.status === 'finished' && quoted) this.remembered.set(key, score)
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

  private countCases(replayId: string, caseIds?: readonly string[]): ReplayScore {
    const chosen = caseIds ? ` AND caseId IN (SELECT value FROM json_each(@caseIds))` : ''
    return (
      this.handle
        .prepare<[object], ReplayScore>(
          `SELECT coalesce(sum(rights > wrongs), 0) AS correct, count(*) AS scored FROM
             (SELECT sum(outcome = 'correct') AS rights, sum(outcome = 'wrong') AS wrongs FROM Trial
              WHERE replayId = @replayId AND outcome IN ('correct', 'wrong')${chosen} GROUP BY caseId)`,
        )
        .get({ replayId, ...(caseIds ? { caseIds: JSON.stringify(caseIds) } : {}) }) ?? { correct: 0, scored: 0 }
    )
  }
}
