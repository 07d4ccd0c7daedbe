import type { CaseJudgement } from '../../domain/golden-set/case-records'
import type { Verdict } from '../../domain/verdict/verdict'
import type { SqliteHandle } from '../database'

/** The columns of a trial that make its verdict. */
export type VerdictColumns = {
  label: string | null
  rules: string | null
  severity: string | null
  confidence: number | null
  rationale: string | null
}

export function readVerdict(row: VerdictColumns): Verdict | null {
  if (row.label === null) return null
  const verdict: Verdict = { label: row.label, rules: row.rules === null || row.rules === '[]' ? [] : (JSON.parse(row.rules) as string[]) }
  if (row.severity !== null) verdict.severity = row.severity
  if (row.confidence !== null) verdict.confidence = row.confidence
  if (row.rationale !== null) verdict.rationale = row.rationale
  return verdict
}

/** How every replay of the set judged one case, the newest replay first, its epochs in order. */
export function readJudgements(handle: SqliteHandle, goldenSetId: string, caseId: string): CaseJudgement[] {
  return handle
    .prepare<[string, string], Omit<CaseJudgement, 'verdict'> & VerdictColumns>(
      `SELECT r.id AS replayId, v.number AS versionNumber, r.promptHash, r.modelName AS model, r.finishedAt,
         t.epoch, t.outcome, t.ruleOutcome, t.label, t.rules, t.severity, t.confidence, t.rationale, t.detail
       FROM Replay AS r JOIN Trial AS t ON t.replayId = r.id
       LEFT JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash
       WHERE r.goldenSetId = ? AND t.caseId = ?
       ORDER BY r.createdAt DESC, r.id DESC, t.epoch`,
    )
    .all(goldenSetId, caseId)
    .map((row) => ({
      replayId: row.replayId,
      versionNumber: row.versionNumber,
      promptHash: row.promptHash,
      model: row.model,
      finishedAt: row.finishedAt,
      epoch: row.epoch,
      outcome: row.outcome,
      ruleOutcome: row.ruleOutcome,
      verdict: readVerdict(row),
      detail: row.detail,
    }))
}
