import type { ClassMetrics, ConfusionCell, SideMetrics } from '../comparison/comparison'
import { positiveLabel } from '../policy/verdict-scheme'
import type { VerdictScheme } from '../policy/verdict-scheme'
import { classificationMetricsOfCells, wilsonInterval } from '../statistics'
import { unscoredReasons } from '../verdict/verdict'
import type { UnscoredCounts } from '../verdict/verdict'
import { createOutcomeCodec, increment } from './outcome-codec'
import type { Judged, OutcomeCodec } from './outcome-codec'
import { createRuleAccumulator } from './rule-metrics'

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

export type SideAccumulator = {
  add(judged: Judged): void
  metrics(): SideMetrics
}

/**
 * Counts one side case by case and gives its figures at any time, in memory that does not grow with the cases. Unscored cases are counted
 * by reason and are in no other figure.
 */
export function createSideAccumulator(scheme: VerdictScheme, { confidence = 0.95 }: { confidence?: number } = {}): SideAccumulator {
  const codec = createOutcomeCodec(scheme)
  const counts = new Uint32Array(codec.size)
  const rules = createRuleAccumulator()
  return {
    add(judged) {
      const code = codec.encode(judged)
      increment(counts, code)
      if (judged.outcome === 'correct' && judged.ruleOutcome === 'wrong') increment(counts, codec.wrongRuleCode)
      rules.add(judged)
    },
    metrics: () => ({ ...computeSideMetrics(counts, codec, scheme, confidence), perRule: rules.metrics() }),
  }
}

/**
 * The figures of one side from its counts. Positive is the violating label; every other label, escalate too, is not violating.
 *
 * - precision, recall, F1 = 2tp / (2tp + fp + fn): van Rijsbergen 1979.
 * - macro-F1: the mean of F1 over the labels that occur among the expected or the predicted ones of the scored cases (as scikit-learn does
 *   when it is given no labels). A label that nobody expected and nobody said is not in it.
 * - κ = (po − pe) / (1 − pe): Cohen 1960. MCC for more than two classes: Gorodkin 2004.
 *
 * Null wherever a denominator is 0.
 */
export function computeSideMetrics(counts: Uint32Array, codec: OutcomeCodec, scheme: VerdictScheme, confidence: number): SideMetrics {
  const { labels, stride } = codec
  const cell = (expected: number, predicted: number) => counts[expected * stride + predicted] ?? 0
  const indexes = labels.map((_, index) => index)
  const support = indexes.map((expected) => indexes.reduce((sum, predicted) => sum + cell(expected, predicted), 0))
  const predictedAs = indexes.map((predicted) => indexes.reduce((sum, expected) => sum + cell(expected, predicted), 0))
  const n = support.reduce((sum, count) => sum + count, 0)
  const correct = indexes.reduce((sum, index) => sum + cell(index, index), 0)

  const totals = labels.map((label, index) => ({ index, label, expected: support[index] ?? 0, predicted: predictedAs[index] ?? 0 }))
  const used = totals.filter(({ expected, predicted }) => expected + predicted > 0)
  const confusion: ConfusionCell[] = used.flatMap((expected) =>
    used.map((predicted) => ({ expected: expected.label, predicted: predicted.label, count: cell(expected.index, predicted.index) })),
  )

  const labelsUsed = used.map(({ label }) => label)
  const figures = classificationMetricsOfCells({
    cells: confusion.map(({ expected, predicted, count }) => ({ truth: expected, predicted, count })),
    labels: labelsUsed,
  })
  const perClass: ClassMetrics[] = labelsUsed.map((label) => ({ label, ...noFigures, ...figures.perClass[label] }))

  const positiveId = positiveLabel(scheme)
  const positive = labels.indexOf(positiveId)
  const [positives, flagged] = [support[positive] ?? 0, predictedAs[positive] ?? 0]
  const truePositives = cell(positive, positive)
  const falsePositives = flagged - truePositives
  const negatives = n - positives
  const unscored = Object.fromEntries(
    unscoredReasons.map((reason, index) => [reason, counts[stride * stride + index] ?? 0]),
  ) as UnscoredCounts
  return {
    n,
    positiveLabel: positiveId,
    accuracy: ratio(correct, n),
    accuracyInterval: n === 0 ? null : { ...wilsonBounds(correct, n, confidence), confidence },
    precision: ratio(truePositives, flagged),
    recall: ratio(truePositives, positives),
    f1: ratio(2 * truePositives, positives + flagged),
    macroF1: figures.macroF1,
    kappa: figures.kappa,
    mcc: figures.mcc,
    overEnforcement: ratio(falsePositives, negatives),
    underEnforcement: ratio(positives - truePositives, positives),
    confusion,
    perClass,
    wrongRule: counts[codec.wrongRuleCode] ?? 0,
    unscored,
  }
}

const noFigures = { precision: null, recall: null, f1: null, support: 0 }

function wilsonBounds(successes: number, n: number, confidence: number): { lower: number; upper: number } {
  const { lower, upper } = wilsonInterval({ successes, n, confidence })
  return { lower, upper }
}
