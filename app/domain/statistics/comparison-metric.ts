import { labelPositions, positionOf } from './checks'
import * as metrics from './confusion-metrics'
import { type CostMatrix, flattenCosts } from './cost'

type PerLabelMetric = 'f1' | 'precision' | 'recall'
export type ComparisonMetric =
  | 'accuracy'
  | 'macroF1'
  | 'weightedF1'
  | 'balancedAccuracy'
  | 'mcc'
  | 'kappa'
  | 'cost'
  | PerLabelMetric
  | `${PerLabelMetric}(${string})`
  | { cost: CostMatrix }

export type MetricOfConfusion = {
  /** The metric of a row-major confusion matrix; null where undefined. */
  evaluate: (confusion: metrics.FlatConfusion) => number | null
  /** +1: more is better; −1: less is (a cost). */
  direction: 1 | -1
}

const ofAllLabels = {
  accuracy: metrics.accuracyOf,
  macroF1: metrics.macroF1Of,
  weightedF1: metrics.weightedF1Of,
  balancedAccuracy: metrics.balancedAccuracyOf,
  mcc: metrics.mccOf,
  kappa: metrics.kappaOf,
}
const ofOneLabel = { f1: metrics.f1Of, precision: metrics.precisionOf, recall: metrics.recallOf }

const isNameIn = <T extends object>(names: T, name: string): name is Extract<keyof T, string> => Object.hasOwn(names, name)

/**
 * A metric by name: of all labels, of one (`f1(remove)`, or `f1` with `positive`), or the mean cost of a case (`cost` with a matrix, or
 * `{ cost }`).
 *
 * @throws RangeError for an unknown metric, a label that is not listed, or a cost without its matrix.
 */
export function comparisonMetric(input: {
  metric: ComparisonMetric
  labels: readonly string[]
  positive?: string | null
  cost?: CostMatrix | null
}): MetricOfConfusion {
  const { metric, labels, positive } = input
  const k = labels.length
  const positions = labelPositions(labels)
  const cost = typeof metric === 'object' ? metric.cost : input.cost
  if (typeof metric === 'object' || metric === 'cost') {
    if (!cost) throw new RangeError('metric "cost" needs cost, a matrix of costs, got none')
    const costs = flattenCosts(cost, labels)
    return { evaluate: (confusion) => metrics.meanCostOf(confusion, k, costs), direction: -1 }
  }
  if (isNameIn(ofAllLabels, metric)) {
    const evaluateAll = ofAllLabels[metric]
    return { evaluate: (confusion) => evaluateAll(confusion, k), direction: 1 }
  }
  const [, name = '', , named] = /^(\w+)(\((.*)\))?$/s.exec(metric) ?? []
  if (!isNameIn(ofOneLabel, name)) throw new RangeError(`metric must be one that is known, got "${metric}"`)
  const label = named ?? positive
  if (label === undefined || label === null) throw new RangeError(`metric "${metric}" needs positive, the label it is of, got none`)
  const position = positionOf(`the label of metric "${metric}"`, positions, label)
  const evaluateOne = ofOneLabel[name]
  return { evaluate: (confusion) => evaluateOne(confusion, k, position), direction: 1 }
}
