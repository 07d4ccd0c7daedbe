import { reduceEpochs, type EpochTrial } from '../../domain/metrics/reduce-epochs'
import type { Outcome } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'

type OutcomeRow = { caseId: string; outcome: Outcome; label: string | null }

const trialsOf = (where: string) =>
  `SELECT t.caseId, t.outcome, t.label FROM Trial AS t WHERE t.replayId = ? ${where} ORDER BY t.caseId, t.epoch`

/** What became of each case in a replay, epochs reduced, in the order of the case ids; of these cases, or of all that have a result. */
export function* readCaseOutcomes(
  handle: SqliteHandle,
  replayId: string,
  caseIds?: readonly string[],
): Generator<{ caseId: string; outcome: Outcome }> {
  const rows = caseIds
    ? handle
        .prepare<[string, string], OutcomeRow>(trialsOf('AND t.caseId IN (SELECT value FROM json_each(?))'))
        .iterate(replayId, JSON.stringify(caseIds))
    : handle.prepare<[string], OutcomeRow>(trialsOf('')).iterate(replayId)
  let caseId: string | null = null
  let trials: EpochTrial[] = []
  for (const row of rows) {
    if (caseId !== null && row.caseId !== caseId) {
      yield { caseId, outcome: reduceEpochs(trials).outcome }
      trials = []
    }
    caseId = row.caseId
    trials.push({
      outcome: row.outcome,
      ruleOutcome: null,
      verdict: row.label === null ? null : { label: row.label, rules: [] },
      detail: null,
    })
  }
  if (caseId !== null) yield { caseId, outcome: reduceEpochs(trials).outcome }
}

/** Cases of a golden set that some replay got right and some replay got wrong. */
export function readFlippedCases(handle: SqliteHandle, goldenSetId: string): string[] {
  return handle
    .prepare<[string], string>(
      `SELECT t.caseId FROM Replay AS r CROSS JOIN Trial AS t ON t.replayId = r.id
       WHERE r.goldenSetId = ? AND t.outcome IN ('correct', 'wrong')
       GROUP BY t.caseId HAVING min(t.outcome) <> max(t.outcome)`,
    )
    .pluck()
    .all(goldenSetId)
}

/** The expected verdict of each case of a revision as text: equal texts, equal verdicts. Null is unlabelled. */
export function readExpectations(handle: SqliteHandle, goldenSetId: string, revision: number): Map<string, string | null> {
  const rows = handle
    .prepare<[object], { caseId: string; label: string | null; rules: string | null; severity: string | null }>(
      `SELECT g.caseId, g.label, g.rules, g.severity FROM GoldenCase AS g
       WHERE g.goldenSetId = @goldenSetId AND g.fromRevision <= @revision AND (g.untilRevision IS NULL OR g.untilRevision > @revision)`,
    )
    .iterate({ goldenSetId, revision })
  const texts = new Map<string, string | null>()
  for (const { caseId, label, rules, severity } of rows)
    texts.set(caseId, label === null ? null : JSON.stringify([label, severity, sortedRules(rules)]))
  return texts
}

function sortedRules(rules: string | null): Array<[string, unknown]> {
  return Object.entries(JSON.parse(rules ?? '{}') as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1))
}
