import type { ExpectedVerdict, Outcome, RuleOutcome, UnscoredCounts, Verdict } from '../verdict/verdict'

/**
 * The `touchstone.comparison/1` document, which other programs read: docs/decisions says how it may change. A figure that cannot be
 * estimated is null.
 */
export const flipKinds = ['regressed', 'fixed', 'stillWrong', 'stillRight', 'unscored', 'added', 'removed', 'relabelled'] as const
export type FlipKind = (typeof flipKinds)[number]
export type FlipCounts = Record<FlipKind, number>

/** Rows: expected label; columns: predicted label. Only scored cases. */
export type ConfusionCell = { expected: string; predicted: string; count: number }

export type ClassMetrics = { label: string; precision: number | null; recall: number | null; f1: number | null; support: number }

/** The figures of one side over the cases scored on that side; n is how many those are. */
export type SideMetrics = {
  n: number
  accuracy: number | null
  /** Wilson interval of the accuracy. */
  accuracyInterval: { lower: number; upper: number; confidence: number } | null
  precision: number | null
  recall: number | null
  f1: number | null
  macroF1: number | null
  kappa: number | null
  mcc: number | null
  /** Allowed content called violating, over expected-not-violating; and the reverse. */
  overEnforcement: number | null
  underEnforcement: number | null
  confusion: ConfusionCell[]
  perClass: ClassMetrics[]
  /** Right label; of the rules that people labelled, at least one is wrong. */
  wrongRule: number
  unscored: UnscoredCounts
}

export type ComparisonSide = SideMetrics & {
  replay: string
  costUsd: number | null
  latencyMs: { p50: number | null; p95: number | null }
  promptVersion: number | null
  promptHash: string
  goldenRevision: number
  model: string
  providerModels: string[]
}

export type DifferenceEstimate = { estimate: number | null; lower: number | null; upper: number | null; confidence: number; method: string }
export type ComparisonVerdict = 'better' | 'not-worse' | 'worse' | 'inconclusive'

export type SliceComparison = {
  by: string
  value: string
  n: number
  baseline: SideMetrics
  candidate: SideMetrics
  flips: FlipCounts
  difference: DifferenceEstimate
  pValue: number | null
  pAdjusted: number | null
  /** Smallest difference that n cases could show with 80% power at the discordance seen; null where not estimable. */
  smallestDetectableShift: number | null
}

/** One case of a comparison, epochs reduced. */
export type ComparedCase = {
  id: string
  flip: FlipKind
  expected: ExpectedVerdict | null
  baseline: ComparedAnswer | null
  candidate: ComparedAnswer | null
  /** The case also flips when the same version is replayed again. */
  noise?: boolean
}
export type ComparedAnswer = Partial<Verdict> & { outcome: Outcome; ruleOutcome: RuleOutcome; detail?: string | null }

export type Comparison = {
  schema: 'touchstone.comparison/1'
  /** Cases on both sides with the same expected verdict, scored on both. */
  n: number
  baseline: ComparisonSide
  candidate: ComparisonSide
  flips: FlipCounts
  difference: DifferenceEstimate
  pValue: { value: number | null; method: string }
  verdict: ComparisonVerdict
  margin: number
  moreCasesNeeded: number | null
  /** The verdict in one sentence that a lead can act on. */
  sentence: string
  warnings: string[]
  slices: SliceComparison[]
  cases?: ComparedCase[]
}
