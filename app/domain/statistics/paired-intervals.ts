import { type DifferenceInterval, wilsonInterval } from './binomial-intervals'
import { requireCount, requireOpenProbability } from './checks'
import { bisect } from './root-finding'
import { twoSidedZ } from './special-functions/normal-distribution'

/** Cases of two versions: both right, only version 1 right, only version 2 right, both wrong. */
export type PairedCounts = { n11: number; n10: number; n01: number; n00: number }

/** The disagreements of two versions on n cases: only version 1 right, only version 2 right. */
export type DiscordantCounts = { n10: number; n01: number; n: number }

/** Checks the counts of `tangoScoreInterval` and its relatives. */
export function requireDiscordantCounts({ n10, n01, n }: DiscordantCounts): void {
  requireCount('n10', n10)
  requireCount('n01', n01)
  requireCount('n', n)
  if (n10 + n01 > n) throw new RangeError(`n10 + n01 must be at most n (${n}), got ${n10 + n01}`)
}

/** Correlation of the two versions' correctness; method 10 takes n/2 off a positive numerator. */
function correlation({ n11, n10, n01, n00 }: PairedCounts, method: 8 | 10): number {
  const n = n11 + n10 + n01 + n00
  const margins = [n11 + n10, n01 + n00, n11 + n01, n10 + n00]
  if (margins.includes(0)) return 0
  const product = n11 * n00 - n10 * n01
  const numerator = method === 10 && product > 0 ? Math.max(product - n / 2, 0) : product
  // One root of the whole product: exactly 1 where the two versions agree on every case.
  return numerator / Math.sqrt(margins.reduce((all, margin) => all * margin, 1))
}

/**
 * Newcombe's hybrid score interval for the paired difference p1 − p2 = (n10 − n01)/n (Newcombe 1998, Stat Med 17:2635, method 10; method 8
 * leaves out the continuity correction of φ). With φ the correlation and l, u the Wilson limits of p1 and p2:
 * diff − √(a² − 2φab + b²) with a = p1 − l1, b = u2 − p2, and the mirror image above. For candidate minus baseline, version 1 is the candidate.
 *
 * @returns differences of shares, −1 to 1; all null for no cases.
 * @throws RangeError for counts that are not whole numbers ≥ 0 or a confidence outside (0, 1).
 */
export function newcombePaired(input: PairedCounts & { confidence?: number; method?: 8 | 10 }): DifferenceInterval {
  const { n11, n10, n01, n00, confidence = 0.95, method = 10 } = input
  for (const name of ['n11', 'n10', 'n01', 'n00'] as const) requireCount(name, input[name])
  requireOpenProbability('confidence', confidence)
  if (method !== 8 && method !== 10) throw new RangeError(`method must be 8 or 10, got ${String(method)}`)
  const n = n11 + n10 + n01 + n00
  if (n === 0) return { diff: null, lower: null, upper: null }
  const phi = correlation(input, method)
  const first = wilsonInterval({ successes: n11 + n10, n, confidence })
  const second = wilsonInterval({ successes: n11 + n01, n, confidence })
  const p1 = (n11 + n10) / n
  const p2 = (n11 + n01) / n
  const diff = (n10 - n01) / n
  // a² − 2φab + b² without its cancellation where φ is near 1.
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, (a - b) ** 2 + 2 * (1 - phi) * a * b))
  return {
    diff,
    lower: Math.max(-1, diff - reach(p1 - first.lower, second.upper - p2)),
    upper: Math.min(1, diff + reach(first.upper - p1, p2 - second.lower)),
  }
}

/**
 * n times the variance of a paired difference if its true value were `delta`, at the constrained maximum-likelihood estimate (Tango 1998,
 * eq. 3): 2q + δ(1 − δ), where q, the share of only-version-2-right, is the larger root of 2n q² + (−n10 − n01 + (2n − n10 + n01)δ) q −
 * n01 δ(1 − δ) = 0. The counts may be shares, with n = 1. For δ < 0 the versions change places, so that nothing cancels.
 */
export function constrainedVariance({ n10, n01, n }: DiscordantCounts, delta: number): number {
  if (delta < 0) return constrainedVariance({ n10: n01, n01: n10, n }, -delta)
  const a = 2 * n
  const b = -n10 - n01 + (2 * n - n10 + n01) * delta
  const c = -n01 * delta * (1 - delta)
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c))
  const q = b > 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a)
  return Math.max(0, 2 * q + delta * (1 - delta))
}

/**
 * Tango's score interval for the paired difference p1 − p2 = (n10 − n01)/n: every δ that the score test does not reject, |n10 − n01 − nδ| ≤
 * z √(n · constrainedVariance(δ)) (Tango 1998, Stat Med 17:891). At δ = 0 that test is McNemar's, so interval and test agree. Depends on the
 * disagreements and n alone. Limits by bisection, to the last digits.
 *
 * @returns differences of shares, −1 to 1; all null for no cases.
 * @throws RangeError for counts that are not whole numbers ≥ 0, n10 + n01 > n, or a confidence outside (0, 1).
 */
export function tangoScoreInterval(input: DiscordantCounts & { confidence?: number }): DifferenceInterval {
  const { n10, n01, n, confidence = 0.95 } = input
  requireDiscordantCounts(input)
  requireOpenProbability('confidence', confidence)
  if (n === 0) return { diff: null, lower: null, upper: null }
  const z = twoSidedZ(confidence)
  const net = n10 - n01
  const accepted = (delta: number) => Math.abs(net - n * delta) <= z * Math.sqrt(n * constrainedVariance(input, delta))
  const diff = net / n
  return {
    diff,
    lower: n01 === n ? -1 : bisect(diff, -1, accepted),
    upper: n10 === n ? 1 : bisect(diff, 1, accepted),
  }
}
