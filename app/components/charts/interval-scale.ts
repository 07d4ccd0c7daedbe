export type Interval = { estimate: number | null; lower: number | null; upper: number | null }

/** A range that holds 0, the margin and every interval, with a little air, symmetric enough to compare sides: at least ±1 point. */
export function intervalDomain(intervals: readonly Interval[], margin: number): [low: number, high: number] {
  let low = -Math.max(margin, 0.01)
  let high = 0.01
  for (const { lower, upper } of intervals) {
    if (lower !== null && lower < low) low = lower
    if (upper !== null && upper > high) high = upper
  }
  const air = (high - low) * 0.04
  return [Math.max(-1, low - air), Math.min(1, high + air)]
}

/** Round marks within the domain, at most about `most` of them, 0 always among them. Shares. */
export function intervalTicks([low, high]: readonly [number, number], most = 7): number[] {
  const raw = (high - low) / Math.max(1, most - 1)
  const step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((candidate) => candidate >= raw) ?? 0.5
  const ticks: number[] = []
  for (let index = Math.ceil(low / step); index * step <= high + 1e-12; index += 1) ticks.push(Number((index * step).toFixed(6)))
  return ticks
}

export const plotRowPx = 30
export const plotAxisPx = 52

/** The height that a plot of so many intervals takes: whoever loads it lazily keeps that much room. */
export function intervalPlotHeightPx(rows: number): number {
  return Math.max(1, rows) * plotRowPx + plotAxisPx
}
