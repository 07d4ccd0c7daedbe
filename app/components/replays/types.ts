import type { SideMetrics } from '~/domain/comparison/comparison'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'
import type { Outcome, RuleOutcome, Verdict } from '~/domain/verdict/verdict'

/** What the pages about replays show, as far as they show it. */

export type ReplayStatusView = 'pending' | 'running' | 'paused' | 'cancelled' | 'failed' | 'finished'

export type ReplayRow = {
  id: string
  policySlug: string
  promptHash: string
  versionNumber: number | null
  goldenSet: string
  goldenRevision: number
  modelName: string
  rehearsal: boolean
  epochs: number
  status: ReplayStatusView
  statusReason: string | null
  total: number
  done: number
  accuracy: number | null
  costUsd?: number | null
  author: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  durationMs: number
}

export type ReplayListView = {
  replays: ReplayRow[]
  policies: Array<{ slug: string; name: string }>
  /** The policy that the list is narrowed to. */
  policySlug: string | null
  limit: number
}

export type ReplayDetailView = {
  replay: ReplayRow
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  /** Null while no trial is there yet. */
  metrics: SideMetrics | null
  /** Cases that the prompt quotes and that are in no figure, and the accuracy had they been; null where there are none. */
  leaked: { n: number; accuracy: number | null; scored: number } | null
  outcomes: Record<Outcome, number>
  cached: number
  calls: number
  inputTokens: number | null
  outputTokens: number | null
  costUsd: number | null
  latencyMs: { p50: number | null; p95: number | null }
  warnings: string[]
  /** Parameters of the model, as name and value. */
  parameters: Array<[name: string, value: string]>
  /** A finished replay of another text over the same cases with the same model, to compare with. */
  comparable: Array<{ id: string; versionNumber: number | null; promptHash: string; createdAt: number; accuracy: number | null }>
}

export type TrialItem = {
  caseId: string
  epoch: number
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Verdict | null
  detail: string | null
  content: string
  expected: GoldenCase['expected']
  /** The replay's prompt quotes the case. */
  leaked: boolean
}
