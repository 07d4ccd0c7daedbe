import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { Outcome, RuleOutcome, Verdict } from '~/domain/verdict/verdict'

export const reviewQueues = ['regressed', 'wrong', 'low-confidence', 'unlabelled', 'all'] as const
export type ReviewQueueKind = (typeof reviewQueues)[number]

export const reviewQueueWords: Record<ReviewQueueKind, string> = {
  regressed: 'Regressed against the baseline',
  wrong: 'Wrong',
  'low-confidence': 'Low confidence (below 70%)',
  unlabelled: 'Unlabelled cases',
  all: 'All verdicts',
}

export type DecisionEntry = {
  kind: 'confirm' | 'overturn'
  expectedLabel: string | null
  note: string
  author: string
  createdAt: number
}

export type ReviewEntry = {
  case: GoldenCase
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Verdict | null
  detail: string | null
  epochs: number
  rights: number
  decision: DecisionEntry | null
}

export type ReplayChoice = {
  id: string
  versionNumber: number | null
  modelName: string
  goldenSet: string
  rehearsal: boolean
  finishedAt: number | null
}

export type ReviewView = {
  policy: { slug: string; name: string; scheme: VerdictScheme }
  author: string
  replays: ReplayChoice[]
  /** Null: nothing was replayed yet. */
  replay: ReplayChoice | null
  baseline: ReplayChoice | null
  queue: ReviewQueueKind
  first: { total: number; decided: number; rows: ReviewEntry[] }
}

export const reviewPageSize = 25
