import type { ExpectedVerdict, Outcome, RuleOutcome, UnscoredCounts, Verdict } from '../verdict/verdict'

/**
 * The `touchstone.comparison/1` document, which other programs read: docs/decisions says how it may change. A figure that cannot be
 * estimated is null.
 */
export const flipKinds = ['regressed', 'fixed', 'stillWrong', 'stillRight', 'unscored', 'added', 'removed', 'relabelled', 'leaked'] as const
export type FlipKind = (typeof flipKinds)[number]
/** `leaked` is there where cases were left out because a prompt quotes them. */
export type FlipCounts = Record<Exclude<FlipKind, 'leaked'>, number> & { leaked?: number }

/** Rows: expected label; columns: predicted label. Only scored cases. */
export type ConfusionCell = { expected: string; predicted: string; count: number }

export type ClassMetrics = { label: string; precision: number | null; recall: number | null; f1: number | null; support: number }

/** One rule over the (case, rule) pairs that people labelled and that got a verdict; n is how many those are. */
export type RuleMetrics = {
  rule: string
  n: number
  /** Labelled pairs without a verdict. */
  unscored: number
  truePositives: number
  falsePositives: number
  falseNegatives: number
  trueNegatives: number
  accuracy: number | null
  precision: number | null
  recall: number | null
  f1: number | null
}

/** The figures of one side over the cases scored on that side; n is how many those are. */
export type SideMetrics = {
  n: number
  /** The label that precision, recall, F1 and the two enforcement rates are about. */
  positiveLabel?: string
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
  /** Of the whole side; slices do without. */
  perRule?: RuleMetrics[]
}

export type ComparisonSide = SideMetrics & {
  replay: string
  costUsd: number | null
  latencyMs: { p50: number | null; p95: number | null }
  promptVersion: number | null
  promptHash: string
  goldenRevision: number
  model: string
  /** The model was shown the content alone. */
  withoutContext?: boolean
  providerModels: string[]
  /** The provider's words for the configuration that answered, where it says any. */
  systemFingerprints?: string[]
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
  /** The candidate's accuracy here less that on all other cases; null where there are no others. */
  versusRest?: DifferenceEstimate | null
}

/** How (case, rule) pairs fared; a pair that nobody labelled is unlabelled, never right or wrong. */
export type RulePairCounts = {
  fixed: number
  regressed: number
  stillRight: number
  stillWrong: number
  unscored: number
  unlabelled: number
}
export type RulePairs = RulePairCounts & {
  /** Labelled pairs that have a verdict on both sides. */
  n: number
  perRule: Array<
    RulePairCounts & { rule: string; n: number; difference: DifferenceEstimate; pValue: number | null; pAdjusted: number | null }
  >
}

/** Mean cost of a scored case, in the policy's own unit; `difference` is candidate − baseline, so that below 0 is cheaper. */
export type CostComparison = {
  n: number
  baseline: number | null
  candidate: number | null
  difference: DifferenceEstimate
  resamples: number
  seed: number
}

/** Macro-F1 over the cases scored on both sides, every label counting the same. */
export type MacroF1Comparison = CostComparison & { pValue: { value: number | null; method: string } }

/** What replaying the same version again shows: how many flips are the model's own unsteadiness. */
type NoiseComparison = {
  /** The replay that the baseline or the candidate was replayed again in. */
  replay: string
  /** Cases that flip between two replays of the same version, over those compared. */
  flips: number
  n: number
  rate: number | null
  /** Flips of this comparison whose case also flips there. */
  fixedByNoise: number
  regressedByNoise: number
}

/** Shares of cases without a score among those on both sides, and whether they differ (McNemar). */
export type UnscoredComparison = {
  baseline: number | null
  candidate: number | null
  onlyBaseline: number
  onlyCandidate: number
  pValue: number | null
  /** Candidate − baseline, with Newcombe's interval. */
  difference?: DifferenceEstimate
}

/** What the headline says, over another choice of cases. */
export type HeadlineFigures = {
  n: number
  fixed: number
  regressed: number
  baselineAccuracy: number | null
  candidateAccuracy: number | null
  difference: DifferenceEstimate
  pValue: number | null
  verdict: ComparisonVerdict
}

/** Cases whose content a prompt of either side quotes: the model was told the answer, so they flatter who quotes them. */
export type LeakedComparison = {
  n: number
  quotedByBaseline: number
  quotedByCandidate: number
  /** True where they count in every figure, as was asked; else they are in no figure but zero tolerance, cost and latency. */
  counted: boolean
  /** What became of them. */
  flips: FlipCounts
  /** The headline had they been counted, where they are left out; had they been left out, where they are counted. */
  with?: HeadlineFigures
  without?: HeadlineFigures
}

/** What another expected verdict made of an answer that stayed as it was. */
export const relabellingKinds = ['becameRight', 'becameWrong', 'labelled', 'unlabelled', 'sameOutcome'] as const
export type RelabellingKind = (typeof relabellingKinds)[number]

/** How right one state of the chain is; `change` is to the state before. Null where nothing has a score. */
export type RevisionStep = {
  step: 'baseline' | 'removed' | 'relabelled' | 'prompt' | 'added'
  n: number
  correct: number
  accuracy: number | null
  change: number | null
}

/** Where the sides pin different revisions: what the prompt changed, apart from what the golden set's change did. */
export type RevisionComparison = {
  baselineRevision: number
  candidateRevision: number
  /**
   * From the baseline's accuracy to the candidate's: without the removed cases, by the candidate's labels, by the candidate's answers, with
   * the added cases. The changes add up to the difference of the two.
   */
  steps: RevisionStep[]
  /** Cases with another expected verdict, and what that alone made of the baseline's answers. */
  relabelling: Record<RelabellingKind, number> & { cases: number }
  /** Both sides' answers by the candidate's labels: what the prompt changed. */
  prompt: Pick<HeadlineFigures, 'n' | 'fixed' | 'regressed' | 'difference' | 'pValue' | 'verdict'>
  removed: number
  added: number
  /** Cases of one id with other content, which are other cases: they count as removed and as added. */
  rewritten: number
}

/** Zero-tolerance cases on both sides, quoted in a prompt or not: what is asked of them is asked of each. */
export type MustPassComparison = {
  total: number
  fixed: number
  regressed: number
  stillWrong: number
  unscored: number
  /** At most this share of such cases may regress, by the exact upper bound: few cases without a regression prove little. */
  regressedAtMost?: number | null
}

/** A share of the same cases on both sides. `difference` is candidate − baseline. */
export type PairedShare = {
  n: number
  baseline: number | null
  candidate: number | null
  difference: DifferenceEstimate
  pValue: number | null
}

/** Flips as shares: regressed of all, regressed of what was right, fixed of what was wrong, flipped of all. */
export type FlipRates = {
  negativeFlipRate: number | null
  adverseCorrectionRate: number | null
  beneficialCorrectionRate: number | null
  churn: number | null
}

/** The chance that this many cases had to show a loss of `shift` as worse, when a share `discordance` of them flips. */
export type PowerComparison = { shift: number; discordance: number; power: number }

/** How steady one side is when it is asked again. Null where it cannot be told. */
export type EpochSide = {
  epochs: number
  meanAccuracy: number | null
  standardError: number | null
  /** Variance that asking again adds, and variance between cases. */
  within: number | null
  between: number | null
  /** Share of cases whose answers are not all the same; the chance that two answers to a case differ. */
  unsteady: number | null
  disagreement: number | null
  entropyBits: number | null
  /** [k − 1]: the chance that k answers to a case are all right; that one of them is. */
  passHatK: number[]
  passAtK: number[]
}

/** The difference of mean accuracy over all epochs, errors clustered by case (and by near duplicates). */
export type EpochComparison = {
  baseline: EpochSide
  candidate: EpochSide
  difference: DifferenceEstimate
  standardError: number | null
  clusters: number
  warning?: string
}

/** Cases that are near duplicates count as one cluster; the interval then is about clusters, which is wider. */
export type ClusterComparison = {
  clusters: number
  designEffect: number | null
  standardError: number | null
  lower: number | null
  upper: number | null
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
  /** A prompt of either side quotes the case. */
  leaked?: boolean
  /** Where the sides pin different revisions: see RevisionComparison. */
  relabelling?: RelabellingKind
  flipByNewLabels?: FlipKind
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
  /** What the sides are called in the sentence. */
  names?: { baseline: string; candidate: string }
  rulePairs?: RulePairs
  mustPass?: MustPassComparison
  /** Where there are any. */
  leaked?: LeakedComparison
  /** Where the sides pin different revisions. */
  revisions?: RevisionComparison
  unscored?: UnscoredComparison
  cost?: CostComparison
  /** Macro-F1 of both sides over the same cases. */
  macroF1?: MacroF1Comparison
  noise?: NoiseComparison
  epochs?: EpochComparison
  /** Over- and under-enforcement over the cases scored on both sides. */
  enforcement?: { over: PairedShare; under: PairedShare }
  flipRates?: FlipRates
  /** Where the verdict is inconclusive. */
  power?: PowerComparison
  /** Where cases are near duplicates; null where nobody looked, for the set is too large. */
  clusters?: ClusterComparison | null
  /** Precision restated at the share of violating items in production. */
  precisionAtPrevalence?: { prevalence: number; baseline: number | null; candidate: number | null }
  cases?: ComparedCase[]
}
