import type { ComparedAnswer } from '../../domain/comparison/comparison'
import { reduceEpochs } from '../../domain/metrics/reduce-epochs'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import type { ExpectedVerdict, Outcome, RuleOutcome } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'
import { readVerdict, type VerdictColumns } from './case-judgements'
import { caseSelection, readCase, readRules, type CaseStateRow } from './golden-case-rows'

type TrialDetails = VerdictColumns & { outcome: Outcome; ruleOutcome: RuleOutcome; detail: string | null }

/** Looks up what a row of a comparison shows: the case in the revision that a side pins, and how a side answered it. */
export class ComparisonDetails {
  private readonly readState
  private readonly readExpected
  private readonly readTrials

  constructor(private readonly handle: SqliteHandle) {
    const atRevision = `FROM GoldenCase AS g WHERE g.goldenSetId = ? AND g.caseId = ? AND g.fromRevision <= ? AND (g.untilRevision IS NULL OR g.untilRevision > ?)`
    this.readState = handle.prepare<[string, string, number, number], CaseStateRow>(`SELECT ${caseSelection} ${atRevision}`)
    this.readExpected = handle.prepare<[string, string, number, number], Pick<CaseStateRow, 'label' | 'rules' | 'severity'>>(
      `SELECT g.label, g.rules, g.severity ${atRevision}`,
    )
    this.readTrials = handle.prepare<[string, string], TrialDetails>(
      `SELECT outcome, ruleOutcome, label, rules, severity, confidence, rationale, detail FROM Trial WHERE replayId = ? AND caseId = ? ORDER BY epoch`,
    )
  }

  /** Null when the revision does not have the case. */
  caseAt(goldenSetId: string, revision: number, caseId: string): GoldenCase | null {
    const row = this.readState.get(goldenSetId, caseId, revision, revision)
    return row ? readCase(row) : null
  }

  /** The expected verdict alone; undefined when the revision does not have the case. */
  expectedAt(goldenSetId: string, revision: number, caseId: string): ExpectedVerdict | null | undefined {
    const row = this.readExpected.get(goldenSetId, caseId, revision, revision)
    if (!row) return undefined
    if (row.rules === null) return null
    return { label: row.label, rules: readRules(row.rules), ...(row.severity === null ? {} : { severity: row.severity }) }
  }

  /** Epochs reduced; null when the replay has no answer for the case. */
  answerOf(replayId: string, caseId: string): ComparedAnswer | null {
    const rows = this.readTrials.all(replayId, caseId)
    if (rows.length === 0) return null
    const trials = rows.map((row) => ({
      outcome: row.outcome,
      ruleOutcome: row.ruleOutcome,
      detail: row.detail,
      verdict: readVerdict(row),
    }))
    const { outcome, ruleOutcome, detail, verdict } = reduceEpochs(trials)
    return { ...verdict, outcome, ruleOutcome, ...(detail === null ? {} : { detail }) }
  }

  /**
   * Flips among the trials of the first epoch that both replays have by now, and how many cases were compared. Where the replays pin
   * different revisions, only cases with the same expected verdict count.
   */
  liveFlips(baseline: LiveSide, candidate: LiveSide): { compared: number; flipped: LiveFlip[] } {
    const same = baseline.goldenSetId === candidate.goldenSetId && baseline.goldenRevision === candidate.goldenRevision
    const stateOfCandidate = ` JOIN GoldenCase AS g ON g.goldenSetId = @candidateSet AND g.caseId = c.caseId AND g.fromRevision <= @candidateRevision
        AND (g.untilRevision IS NULL OR g.untilRevision > @candidateRevision)`
    const stateOfBaseline = ` JOIN GoldenCase AS h ON h.goldenSetId = @baselineSet AND h.caseId = c.caseId AND h.fromRevision <= @baselineRevision
        AND (h.untilRevision IS NULL OR h.untilRevision > @baselineRevision) AND h.label IS g.label AND h.rules IS g.rules AND h.severity IS g.severity`
    const trials = `FROM Trial AS c JOIN Trial AS b ON b.replayId = @baseline AND b.caseId = c.caseId AND b.epoch = 1`
    const scored = `WHERE c.replayId = @candidate AND c.epoch = 1 AND c.outcome IN ('correct', 'wrong') AND b.outcome IN ('correct', 'wrong')`
    const ids = { baseline: baseline.id, candidate: candidate.id }
    const candidateState = { candidateSet: candidate.goldenSetId, candidateRevision: candidate.goldenRevision }
    const baselineState = same ? {} : { baselineSet: baseline.goldenSetId, baselineRevision: baseline.goldenRevision }
    const compared = this.handle
      .prepare<[object], number>(`SELECT count(*) ${trials}${same ? '' : stateOfCandidate + stateOfBaseline} ${scored}`)
      .pluck()
      .get({ ...ids, ...(same ? {} : candidateState), ...baselineState })
    const flipped = this.handle
      .prepare<[object], Omit<LiveFlip, 'regressed' | 'mustPass'> & { regressed: number; mustPass: number }>(
        `SELECT c.caseId AS caseId, c.outcome = 'wrong' AS regressed, g.label AS expectedLabel, g.severity, g.mustPass, g.position, c.label AS candidateLabel
         ${trials}${stateOfCandidate}${same ? '' : stateOfBaseline} ${scored} AND c.outcome <> b.outcome`,
      )
      .all({ ...ids, ...candidateState, ...baselineState })
    return {
      compared: compared ?? 0,
      flipped: flipped.map((row) => Object.assign(row, { regressed: row.regressed === 1, mustPass: row.mustPass === 1 })),
    }
  }
}

export type LiveFlip = {
  caseId: string
  regressed: boolean
  expectedLabel: string | null
  severity: string | null
  mustPass: boolean
  position: number
  candidateLabel: string | null
}
export type LiveSide = { id: string; goldenSetId: string; goldenRevision: number }
