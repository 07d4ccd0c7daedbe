import { sealedSplit } from '../../domain/golden-set/holdout'
import { lowConfidence, type Decision, type ReviewItem, type ReviewQueue } from '../../domain/review/review'
import type { Outcome, RuleOutcome, Verdict } from '../../domain/verdict/verdict'
import { createId } from '../../lib/ids'
import type { TouchstoneDatabase } from '../database'
import { readVerdict, type VerdictColumns } from './case-judgements'
import { inRevision } from './golden-case-queries'
import { caseSelection, readCase, readRules, type CaseStateRow } from './golden-case-rows'

export type ReviewedReplay = {
  id: string
  slug: string
  goldenSet: string
  goldenSetId: string
  goldenRevision: number
  head: number
  versionNumber: number | null
  modelName: string
  status: string
}

const conditions: Record<ReviewQueue, string> = {
  regressed: 's.wrongs > 0 AND s.wrongs >= s.rights AND b.rights > b.wrongs',
  wrong: 's.wrongs > 0 AND s.wrongs >= s.rights',
  'low-confidence': `s.confidence < ${lowConfidence}`,
  unlabelled: 's.unlabelled > 0',
  all: 'true',
}

const tally = (parameter: string) =>
  `SELECT caseId, sum(outcome = 'correct') AS rights, sum(outcome = 'wrong') AS wrongs, sum(outcome = 'unlabelled') AS unlabelled,
     count(*) AS epochs, min(confidence) AS confidence FROM Trial WHERE replayId = ${parameter} GROUP BY caseId`

export function findReviewedReplay(database: TouchstoneDatabase, replayId: string): ReviewedReplay | null {
  return (
    database.raw
      .prepare<[string], ReviewedReplay>(
        `SELECT r.id, p.slug, s.name AS goldenSet, s.id AS goldenSetId, r.goldenRevision, s.head, v.number AS versionNumber, r.modelName, r.status
         FROM Replay AS r JOIN Policy AS p ON p.id = r.policyId JOIN GoldenSet AS s ON s.id = r.goldenSetId
         LEFT JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash WHERE r.id = ?`,
      )
      .get(replayId) ?? null
  )
}

/** One page of a queue: must-pass cases first, then the least confident verdicts, then the order of the set. */
export function readReviewQueue(
  database: TouchstoneDatabase,
  replay: ReviewedReplay,
  query: { queue: ReviewQueue; baselineId: string | null; sealed?: boolean; offset: number; limit: number },
): { total: number; decided: number; rows: ReviewItem[] } {
  const { raw } = database
  const parameters = { goldenSetId: replay.goldenSetId, revision: replay.head, replayId: replay.id, baselineId: query.baselineId ?? '' }
  const from = `FROM (${tally('@replayId')}) AS s JOIN GoldenCase AS g ON g.caseId = s.caseId AND ${inRevision}
    LEFT JOIN (${tally('@baselineId')}) AS b ON b.caseId = s.caseId WHERE ${conditions[query.queue]}${query.sealed ? ` AND g.split IS NOT '${sealedSplit}'` : ''}`
  const counts = raw
    .prepare<[object], { total: number; decided: number }>(
      `SELECT count(*) AS total,
         coalesce(sum(EXISTS (SELECT 1 FROM Decision AS d WHERE d.replayId = @replayId AND d.caseId = g.caseId)), 0) AS decided ${from}`,
    )
    .get(parameters)
  const rows = raw
    .prepare<[object], CaseStateRow & { rights: number; epochs: number }>(
      `SELECT ${caseSelection}, s.rights, s.epochs ${from}
       ORDER BY g.mustPass DESC, ${query.queue === 'low-confidence' ? 's.confidence, ' : ''}g.position LIMIT @limit OFFSET @offset`,
    )
    .all({ ...parameters, limit: query.limit, offset: query.offset })
  const trial = raw.prepare<[string, string], VerdictColumns & { outcome: Outcome; ruleOutcome: RuleOutcome; detail: string | null }>(
    // Of several epochs, one that was wrong: that is what there is to look at.
    `SELECT outcome, ruleOutcome, detail, label, rules, severity, confidence, rationale FROM Trial WHERE replayId = ? AND caseId = ?
     ORDER BY outcome = 'wrong' DESC, label IS NULL, epoch LIMIT 1`,
  )
  return {
    total: counts?.total ?? 0,
    decided: counts?.decided ?? 0,
    rows: rows.map((row): ReviewItem => {
      const answer = trial.get(replay.id, row.caseId)
      return {
        case: readCase(row),
        outcome: answer?.outcome ?? 'error',
        ruleOutcome: answer?.ruleOutcome ?? null,
        verdict: answer ? readVerdict(answer) : null,
        detail: answer?.detail ?? null,
        epochs: row.epochs,
        rights: row.rights,
        decision: readDecisions(database, replay.id, row.caseId)[0] ?? null,
      }
    }),
  }
}

/** What the replay said of one case: the label that most of its trials gave, and the rules of the first of them. Null: no trial has a verdict. */
export function readModelVerdict(database: TouchstoneDatabase, replayId: string, caseId: string): Verdict | null {
  const row = database.raw
    .prepare<[string, string], VerdictColumns>(
      `SELECT label, rules, severity, confidence, rationale FROM Trial AS t WHERE replayId = ? AND caseId = ? AND label IS NOT NULL
       ORDER BY (SELECT count(*) FROM Trial AS o WHERE o.replayId = t.replayId AND o.caseId = t.caseId AND o.label = t.label) DESC, epoch LIMIT 1`,
    )
    .get(replayId, caseId)
  return row ? readVerdict(row) : null
}

/** Every decision about a replay's verdict on a case, newest first. */
export function readDecisions(database: TouchstoneDatabase, replayId: string, caseId: string): Decision[] {
  return database.raw
    .prepare<[string, string], Omit<Decision, 'rules'> & { rules: string | null }>(
      `SELECT id, replayId, caseId, kind, expectedLabel, rules, note, author, createdAt FROM Decision WHERE replayId = ? AND caseId = ?
       ORDER BY createdAt DESC, id DESC`,
    )
    .all(replayId, caseId)
    .map(({ id, kind, expectedLabel, rules, note, author, createdAt }) => ({
      id,
      replayId,
      caseId,
      kind,
      expectedLabel,
      rules: readRules(rules),
      note,
      author,
      createdAt,
    }))
}

export async function insertDecision(
  database: TouchstoneDatabase,
  { nowMs, ...input }: Omit<Decision, 'id' | 'createdAt'> & { nowMs: number },
): Promise<Decision> {
  const row: Decision = { id: createId(nowMs), createdAt: nowMs, ...input }
  await database.writeLock.run(() =>
    database.raw
      .prepare(
        `INSERT INTO Decision (id, replayId, caseId, kind, expectedLabel, rules, note, author, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(row.id, row.replayId, row.caseId, row.kind, row.expectedLabel, JSON.stringify(row.rules), row.note, row.author, row.createdAt),
  )
  return row
}
