import type { GoldenCase } from '../golden-set/golden-case'
import type { Outcome, RuleOutcome, Verdict } from '../verdict/verdict'

/** What a reviewer can look through, by what makes a verdict worth a look. */
export const reviewQueues = ['regressed', 'wrong', 'low-confidence', 'unlabelled', 'all'] as const
export type ReviewQueue = (typeof reviewQueues)[number]

/** A verdict below this confidence is worth a look. */
export const lowConfidence = 0.7

/** A reviewer's confirm or overturn of a model's verdict on one case of a replay. */
export type Decision = {
  id: string
  replayId: string
  caseId: string
  kind: 'confirm' | 'overturn'
  /** The label that the reviewer takes for right. */
  expectedLabel: string | null
  rules: Record<string, boolean>
  note: string
  author: string
  /** Milliseconds since the epoch. */
  createdAt: number
}

/** A model's verdict on a case as it stands now, and what a reviewer last said about it. */
export type ReviewItem = {
  case: GoldenCase
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Verdict | null
  detail: string | null
  epochs: number
  /** Of its epochs, those that were right. */
  rights: number
  decision: Decision | null
}
