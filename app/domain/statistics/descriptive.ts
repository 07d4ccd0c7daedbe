/** Σ values, compensated (Neumaier 1974), so that the order of cases does not show in the result. */
export function sum(values: Iterable<number>): number {
  let total = 0
  let compensation = 0
  for (const value of values) {
    const next = total + value
    compensation += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  return total + compensation
}

/** Arithmetic mean; null for no values. */
export const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : sum(values) / values.length)

/** Σ (value − mean)² / (n − 1); null below two values, exactly 0 where all are equal. */
export function sampleVariance(values: readonly number[]): number | null {
  const centre = mean(values)
  if (centre === null || values.length < 2) return null
  if (values.every((value) => value === values[0])) return 0
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1)
}

/**
 * The value at a share 0 ≤ position ≤ 1 of ascending values, interpolated linearly between neighbours (Hyndman & Fan 1996, type 7: the
 * default of R and NumPy). `ascending` must not be empty.
 */
export function quantile(ascending: ArrayLike<number>, position: number): number {
  const index = position * (ascending.length - 1)
  const below = Math.min(Math.max(Math.floor(index), 0), ascending.length - 1)
  const lower = ascending[below] as number
  const upper = ascending[Math.min(below + 1, ascending.length - 1)] as number
  const fraction = index - below
  return fraction < 0.5 ? lower + (upper - lower) * fraction : upper - (upper - lower) * (1 - fraction)
}
