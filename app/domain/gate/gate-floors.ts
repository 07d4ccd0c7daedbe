import type { Comparison, ComparisonSide, SideMetrics, SliceComparison } from '../comparison/comparison'
import { adjustPValues, nonInferiorityPaired, wilsonInterval } from '../statistics'
import { condition, percent } from './gate-result'
import type { GateConditionResult } from './gate-result'
import { shareFloors } from './gate-conditions'
import type { FloorBasis, GateConditions, ShareFloor, SliceCondition } from './gate-conditions'
import { formatMargin, formatSignedPoints } from '../comparison/sentence'

/** Numerator and denominator of a figure, from the confusion matrix, so that its lower bound can be told. */
function countsOf(metrics: SideMetrics, figure: ShareFloor): { successes: number; n: number } {
  const sum = (wanted: (expected: string, predicted: string) => boolean) =>
    metrics.confusion.reduce((total, cell) => total + (wanted(cell.expected, cell.predicted) ? cell.count : 0), 0)
  if (figure === 'accuracy') return { successes: sum((expected, predicted) => expected === predicted), n: metrics.n }
  const positive = metrics.positiveLabel
  const hits = sum((expected, predicted) => expected === positive && predicted === positive)
  return figure === 'recall'
    ? { successes: hits, n: sum((expected) => expected === positive) }
    : { successes: hits, n: sum((_, predicted) => predicted === positive) }
}

/** Judges one share against a floor. Without cases it is n/a and cannot pass. */
function judgeShare(
  name: string,
  metrics: SideMetrics,
  figure: ShareFloor,
  floor: number,
  on: FloorBasis,
  alpha: number,
): GateConditionResult {
  const { successes, n } = countsOf(metrics, figure)
  if (n === 0) return condition(name, 'inconclusive', `n/a, at least ${percent(floor)}`, 'no scored case to tell it from')
  const value = successes / n
  const lower = wilsonInterval({ successes, n, confidence: 1 - alpha }).lower
  const held = on === 'estimate' ? value : lower
  const evidence = `${percent(value)} (${successes} of ${n}, at least ${percent(lower)} by its lower bound), floor ${percent(floor)} on the ${on === 'estimate' ? 'estimate' : 'lower bound'}`
  if (held >= floor) return condition(name, 'pass', evidence)
  // The figure itself may be high enough, and only the number of cases too small to show it.
  const short = on === 'lower-bound' && value >= floor
  return condition(
    name,
    short ? 'inconclusive' : 'fail',
    evidence,
    short ? 'too few cases to show it' : `${percent(held)} is below ${percent(floor)}`,
  )
}

/** Floors of the candidate over all cases. */
export function evaluateOverallFloors({ overall, alpha }: GateConditions, candidate: ComparisonSide): GateConditionResult[] {
  if (!overall) return []
  const results = shareFloors.flatMap((figure) =>
    overall[figure] === undefined ? [] : [judgeShare(figure, candidate, figure, overall[figure], overall.on, alpha)],
  )
  for (const figure of ['f1', 'macroF1', 'kappa', 'mcc'] as const) {
    const floor = overall[figure]
    const value = candidate[figure]
    if (floor === undefined) continue
    if (value === null) results.push(condition(figure, 'inconclusive', `n/a, at least ${floor}`, 'it is not defined for these cases'))
    else
      results.push(
        condition(
          figure,
          value >= floor ? 'pass' : 'fail',
          `${value.toFixed(3)}, at least ${floor}`,
          `${value.toFixed(3)} is below ${floor}`,
        ),
      )
  }
  return results
}

/** One condition of the suite on one or on all slices of a key; a key or value without cases cannot pass. */
export function evaluateSliceCondition(wanted: SliceCondition, { alpha }: GateConditions, comparison: Comparison): GateConditionResult[] {
  const slices = comparison.slices.filter((slice) => slice.by === wanted.by && (wanted.value === undefined || slice.value === wanted.value))
  const nameOf = (value: string | undefined, what: string) => `${wanted.by}${value === undefined ? '' : ` ${value}`}: ${what}`
  if (slices.length === 0)
    return [
      condition(
        nameOf(wanted.value, 'cases'),
        'inconclusive',
        'no case',
        `no case is in the slice ${wanted.by}${wanted.value === undefined ? '' : ` ${wanted.value}`}`,
      ),
    ]
  const inOrder = slices.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
  const floors = inOrder.flatMap((slice) =>
    shareFloors.flatMap((figure) =>
      wanted[figure] === undefined
        ? []
        : [judgeShare(nameOf(slice.value, figure), slice.candidate, figure, wanted[figure], wanted.on, alpha)],
    ),
  )
  return [...floors, ...evaluateSliceMargins(inOrder, wanted.margin, alpha, nameOf)]
}

/** Non-inferiority of each slice, one-sided at α/2 and by Holm over the slices, since each is a gate of its own. */
function evaluateSliceMargins(
  slices: readonly SliceComparison[],
  margin: number | undefined,
  alpha: number,
  nameOf: (value: string, what: string) => string,
): GateConditionResult[] {
  if (margin === undefined) return []
  const level = alpha / 2
  const tests = slices.map(({ n, flips }) =>
    n === 0 ? null : nonInferiorityPaired({ n10: flips.fixed, n01: flips.regressed, n, margin, alpha: level }),
  )
  const { holm } = adjustPValues({ p: tests.map((test) => test?.pOneSided ?? null) })
  return slices.map(({ value, flips, n, difference }, index) => {
    const name = nameOf(value, `not worse by ${formatMargin(margin)}`)
    const test = tests[index]
    const adjusted = holm.adjusted[index]
    if (!test || difference.estimate === null || adjusted === null || adjusted === undefined)
      return condition(name, 'inconclusive', 'n/a', 'no case of the slice has a score on both sides')
    const evidence = `${flips.fixed} fixed, ${flips.regressed} regressed of ${n}: ${formatSignedPoints(difference.estimate)} points, Holm-adjusted p ${adjusted.toFixed(4)}`
    if (adjusted < level) return condition(name, 'pass', evidence)
    const lost = test.upper !== null && test.upper < -margin
    return condition(
      name,
      lost ? 'fail' : 'inconclusive',
      evidence,
      lost ? 'the slice is worse by more than the margin' : 'too few cases to rule out such a loss',
    )
  })
}
