import { labelPositions, positionOf, requireSameLength } from './checks'
import * as metrics from './confusion-metrics'

export type LabelMetrics = { precision: number | null; recall: number | null; f1: number | null; support: number }

export type ClassificationMetrics = {
  accuracy: number | null
  macroF1: number | null
  weightedF1: number | null
  balancedAccuracy: number | null
  mcc: number | null
  kappa: number | null
  perClass: Record<string, LabelMetrics>
  /** Rows: truth; columns: prediction; both in the order of the labels. */
  confusion: number[][]
}

/** Row-major confusion counts of truth and prediction. */
export function countConfusion(truth: readonly string[], predicted: readonly string[], labels: readonly string[]): Float64Array {
  requireSameLength('truth', truth, 'predicted', predicted)
  const positions = labelPositions(labels)
  const confusion = new Float64Array(labels.length * labels.length)
  for (let index = 0; index < truth.length; index += 1) {
    const row = positionOf(`truth[${index}]`, positions, truth[index] as string)
    const column = positionOf(`predicted[${index}]`, positions, predicted[index] as string)
    const cell = row * labels.length + column
    confusion[cell] = (confusion[cell] as number) + 1
  }
  return confusion
}

function summarize(confusion: Float64Array, labels: readonly string[]): ClassificationMetrics {
  const k = labels.length
  const margins = metrics.confusionMargins(confusion, k)
  const perClass = labels.map((label, position): [string, LabelMetrics] => [
    label,
    {
      precision: metrics.precisionOf(confusion, k, position),
      recall: metrics.recallOf(confusion, k, position),
      f1: metrics.f1Of(confusion, k, position),
      support: margins.truth[position] as number,
    },
  ])
  return {
    accuracy: metrics.accuracyOf(confusion, k),
    macroF1: metrics.macroF1Of(confusion, k),
    weightedF1: metrics.weightedF1Of(confusion, k),
    balancedAccuracy: metrics.balancedAccuracyOf(confusion, k),
    mcc: metrics.mccOf(confusion, k),
    kappa: metrics.kappaOf(confusion, k),
    perClass: Object.fromEntries(perClass),
    confusion: labels.map((_, row) => Array.from(confusion.subarray(row * k, (row + 1) * k))),
  }
}

/**
 * What a prompt version gets right, from one truth and one prediction a case (unscored cases left out by the caller). Definitions as in
 * scikit-learn, but null instead of 0 wherever a ratio is 0/0; macroF1 averages over all the labels listed, one that occurs nowhere counting
 * 0; balancedAccuracy over the labels with support; mcc for k labels after Gorodkin 2004; kappa after Cohen 1960.
 *
 * @returns shares, 0 to 1 (mcc and kappa −1 to 1). No cases: all null.
 * @throws RangeError for a label that is not listed, a label listed twice, or arrays of unequal length.
 */
export function classificationMetrics(input: {
  truth: readonly string[]
  predicted: readonly string[]
  labels: readonly string[]
}): ClassificationMetrics {
  return summarize(countConfusion(input.truth, input.predicted, input.labels), input.labels)
}

/** `classificationMetrics` from counted cells, as a query returns them. Cells of the same pair add up. */
export function classificationMetricsOfCells(input: {
  cells: readonly { truth: string; predicted: string; count: number }[]
  labels: readonly string[]
}): ClassificationMetrics {
  const { cells, labels } = input
  const positions = labelPositions(labels)
  const confusion = new Float64Array(labels.length * labels.length)
  for (const [index, cell] of cells.entries()) {
    if (!(cell.count >= 0 && Number.isFinite(cell.count)))
      throw new RangeError(`cells[${index}].count must be a number of at least 0, got ${cell.count}`)
    const row = positionOf(`cells[${index}].truth`, positions, cell.truth)
    const column = positionOf(`cells[${index}].predicted`, positions, cell.predicted)
    const position = row * labels.length + column
    confusion[position] = (confusion[position] as number) + cell.count
  }
  return summarize(confusion, labels)
}
