import { requireOpenProbability, requireProbability } from './checks'

export type AdjustmentMethod = 'bh' | 'by' | 'holm' | 'bonferroni'

/** In the order of the input; a null p-value stays null and is not rejected. */
export type AdjustedPValues = { adjusted: (number | null)[]; rejected: boolean[] }

type Ranked = { adjusted: number[]; rejected: boolean[] }

/** Benjamini & Hochberg's step-up procedure with p₍ᵢ₎ compared to (i/m)·alpha/penalty. */
function stepUp(ascending: readonly number[], alpha: number, penalty: number): Ranked {
  const factors = ascending.map((_, index) => (index + 1) / ascending.length / penalty)
  const last = ascending.findLastIndex((p, index) => p <= (factors[index] as number) * alpha)
  const adjusted = ascending.map((p, index) => p / (factors[index] as number))
  let smallest = 1
  for (let index = adjusted.length - 1; index >= 0; index -= 1) {
    smallest = Math.min(smallest, adjusted[index] as number)
    adjusted[index] = smallest
  }
  return { adjusted, rejected: ascending.map((_, index) => index <= last) }
}

/** Holm's step-down procedure. */
function stepDown(ascending: readonly number[], alpha: number): Ranked {
  const m = ascending.length
  const firstKept = ascending.findIndex((p, index) => p > alpha / (m - index))
  let largest = 0
  const adjusted = ascending.map((p, index) => {
    largest = Math.max(largest, Math.min(1, p * (m - index)))
    return largest
  })
  return { adjusted, rejected: ascending.map((_, index) => firstKept === -1 || index < firstKept) }
}

const singleStep = (ascending: readonly number[], alpha: number): Ranked => ({
  adjusted: ascending.map((p) => Math.min(1, p * ascending.length)),
  rejected: ascending.map((p) => p <= alpha / ascending.length),
})

/**
 * p-values adjusted for looking at many: `bh` and `by` keep the expected share of false findings at alpha (Benjamini & Hochberg 1995 for
 * slices that are independent or positively dependent; Benjamini & Yekutieli 2001 for any), `holm` and `bonferroni` the chance of even one
 * (Holm 1979). The product: bh for tables of slices, holm where each slice is a gate.
 *
 * @param input p in [0, 1], or null where a slice could not be tested (not counted among the looks); alpha 0.05 unless told.
 * @returns per method, in the order of the input. A p-value is rejected where adjusted ≤ alpha, decided on the unadjusted p, so that
 * rounding does not move a boundary.
 * @throws RangeError for a p-value outside [0, 1] or an alpha outside (0, 1).
 */
export function adjustPValues(input: { p: readonly (number | null)[]; alpha?: number }): Record<AdjustmentMethod, AdjustedPValues> {
  const { p, alpha = 0.05 } = input
  requireOpenProbability('alpha', alpha)
  const tested: { p: number; index: number }[] = []
  for (const [index, value] of p.entries()) {
    if (value === null) continue
    requireProbability(`p[${index}]`, value)
    tested.push({ p: value, index })
  }
  tested.sort((a, b) => a.p - b.p || a.index - b.index)
  const ascending = tested.map((entry) => entry.p)

  const inInputOrder = (ranked: Ranked): AdjustedPValues => {
    const adjusted: (number | null)[] = p.map(() => null)
    const rejected = p.map(() => false)
    for (const [rank, { index }] of tested.entries()) {
      adjusted[index] = ranked.adjusted[rank] as number
      rejected[index] = ranked.rejected[rank] as boolean
    }
    return { adjusted, rejected }
  }

  let harmonic = 0
  for (let i = 1; i <= ascending.length; i += 1) harmonic += 1 / i
  return {
    bh: inInputOrder(stepUp(ascending, alpha, 1)),
    by: inInputOrder(stepUp(ascending, alpha, harmonic)),
    holm: inInputOrder(stepDown(ascending, alpha)),
    bonferroni: inInputOrder(singleStep(ascending, alpha)),
  }
}
