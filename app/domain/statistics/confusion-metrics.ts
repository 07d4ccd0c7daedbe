/** Metrics of a k × k confusion matrix in one row-major array: rows are the truth, columns the prediction. Counts may be weights. */
export type FlatConfusion = ArrayLike<number>

export type ConfusionMargins = { total: number; agreed: number; truth: Float64Array; predicted: Float64Array }

export function confusionMargins(confusion: FlatConfusion, k: number): ConfusionMargins {
  const truth = new Float64Array(k)
  const predicted = new Float64Array(k)
  let total = 0
  let agreed = 0
  for (let row = 0; row < k; row += 1) {
    for (let column = 0; column < k; column += 1) {
      const count = confusion[row * k + column] as number
      truth[row] = (truth[row] as number) + count
      predicted[column] = (predicted[column] as number) + count
      total += count
      if (row === column) agreed += count
    }
  }
  return { total, agreed, truth, predicted }
}

const ratio = (numerator: number, denominator: number): number | null => (denominator === 0 ? null : numerator / denominator)

export const accuracyOf = (confusion: FlatConfusion, k: number): number | null => {
  const { agreed, total } = confusionMargins(confusion, k)
  return ratio(agreed, total)
}

export const precisionOf = (confusion: FlatConfusion, k: number, label: number): number | null =>
  ratio(confusion[label * k + label] as number, confusionMargins(confusion, k).predicted[label] as number)

export const recallOf = (confusion: FlatConfusion, k: number, label: number): number | null =>
  ratio(confusion[label * k + label] as number, confusionMargins(confusion, k).truth[label] as number)

const f1WithMargins = (confusion: FlatConfusion, k: number, label: number, margins: ConfusionMargins): number | null =>
  ratio(2 * (confusion[label * k + label] as number), (margins.truth[label] as number) + (margins.predicted[label] as number))

/** 2 tp / (2 tp + fp + fn): null only where the label is neither expected nor predicted. */
export const f1Of = (confusion: FlatConfusion, k: number, label: number): number | null =>
  f1WithMargins(confusion, k, label, confusionMargins(confusion, k))

/** Mean F1 over all k labels, one that occurs nowhere counting 0 (as scikit-learn does); null for no cases. */
export function macroF1Of(confusion: FlatConfusion, k: number): number | null {
  const margins = confusionMargins(confusion, k)
  if (margins.total === 0) return null
  let total = 0
  for (let label = 0; label < k; label += 1) total += f1WithMargins(confusion, k, label, margins) ?? 0
  return total / k
}

/** Mean F1 weighted by support; null for no cases. */
export function weightedF1Of(confusion: FlatConfusion, k: number): number | null {
  const margins = confusionMargins(confusion, k)
  if (margins.total === 0) return null
  let total = 0
  for (let label = 0; label < k; label += 1) total += (f1WithMargins(confusion, k, label, margins) ?? 0) * (margins.truth[label] as number)
  return total / margins.total
}

/** Mean recall over the labels with support; null for no cases. */
export function balancedAccuracyOf(confusion: FlatConfusion, k: number): number | null {
  const { truth } = confusionMargins(confusion, k)
  let total = 0
  let supported = 0
  for (let label = 0; label < k; label += 1) {
    if (truth[label] === 0) continue
    total += (confusion[label * k + label] as number) / (truth[label] as number)
    supported += 1
  }
  return ratio(total, supported)
}

/** Σ products of the margins, and of their squares: what MCC and kappa are made of. */
function marginProducts({ truth, predicted }: ConfusionMargins): { cross: number; truthSquares: number; predictedSquares: number } {
  let cross = 0
  let truthSquares = 0
  let predictedSquares = 0
  for (let label = 0; label < truth.length; label += 1) {
    const expected = truth[label] as number
    const answered = predicted[label] as number
    cross += expected * answered
    truthSquares += expected * expected
    predictedSquares += answered * answered
  }
  return { cross, truthSquares, predictedSquares }
}

/** Matthews' correlation for k labels (Gorodkin 2004); null where truth or prediction has one label only. */
export function mccOf(confusion: FlatConfusion, k: number): number | null {
  const margins = confusionMargins(confusion, k)
  const { cross, truthSquares, predictedSquares } = marginProducts(margins)
  const square = margins.total * margins.total
  const denominator = Math.sqrt((square - truthSquares) * (square - predictedSquares))
  const correlation = ratio(margins.agreed * margins.total - cross, denominator)
  return correlation === null ? null : Math.max(-1, Math.min(1, correlation))
}

/** Cohen's kappa of truth and prediction; null where chance alone agrees always. */
export function kappaOf(confusion: FlatConfusion, k: number): number | null {
  const margins = confusionMargins(confusion, k)
  const { cross } = marginProducts(margins)
  return ratio(margins.agreed * margins.total - cross, margins.total * margins.total - cross)
}

/** Mean cost of a case, costs row-major like the confusion; null for no cases. */
export function meanCostOf(confusion: FlatConfusion, k: number, costs: FlatConfusion): number | null {
  let total = 0
  let cases = 0
  for (let cell = 0; cell < k * k; cell += 1) {
    const count = confusion[cell] as number
    cases += count
    total += count * (costs[cell] as number)
  }
  return ratio(total, cases)
}
