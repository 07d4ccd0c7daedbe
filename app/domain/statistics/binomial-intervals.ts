import { requireCount, requireNonNegative, requireOpenProbability } from './checks'
import { betaQuantile } from './special-functions/incomplete-beta'
import { twoSidedZ } from './special-functions/normal-distribution'

export type Interval = { lower: number; upper: number }

function requireShare(successesName: string, successes: number, nName: string, n: number): void {
  if (successes > n) throw new RangeError(`${successesName} must be at most ${nName} (${n}), got ${successes}`)
}

/**
 * Wilson's score interval of a share, without continuity correction: the p with |p̂ − p| ≤ z √(p(1 − p)/n) (Wilson 1927; Newcombe 1998,
 * Stat Med 17:857, method 3).
 *
 * @param input successes out of n, both ≥ 0; they may be fractional, as an effective number of cases is. Confidence 0.95 unless told.
 * @returns shares, 0 to 1. No cases: 0 to 1, to be shown as "no cases". No success: lower is exactly 0; nothing but successes: upper is 1.
 * @throws RangeError for successes outside 0…n or a confidence outside (0, 1).
 */
export function wilsonInterval(input: { successes: number; n: number; confidence?: number }): Interval {
  const { successes, n, confidence = 0.95 } = input
  requireNonNegative('successes', successes)
  requireNonNegative('n', n)
  requireShare('successes', successes, 'n', n)
  requireOpenProbability('confidence', confidence)
  if (n === 0) return { lower: 0, upper: 1 }
  const z = twoSidedZ(confidence)
  const failures = n - successes
  const halfWidth = z * Math.sqrt(z * z + (4 * successes * failures) / n)
  const denominator = 2 * (n + z * z)
  return {
    lower: successes === 0 ? 0 : (2 * successes * successes) / n / (2 * successes + z * z + halfWidth),
    upper: failures === 0 ? 1 : Math.min(1, (2 * successes + z * z + halfWidth) / denominator),
  }
}

/**
 * The exact interval of Clopper & Pearson 1934 from quantiles of the beta distribution: never less than the confidence, hence for floors of
 * safety ("0 misses in n").
 *
 * @param input successes out of n, whole numbers. Confidence 0.95 unless told.
 * @returns shares, 0 to 1; no cases: 0 to 1.
 * @throws RangeError for successes outside 0…n or a confidence outside (0, 1).
 */
export function clopperPearson(input: { successes: number; n: number; confidence?: number }): Interval {
  const { successes, n, confidence = 0.95 } = input
  requireCount('successes', successes)
  requireCount('n', n)
  requireShare('successes', successes, 'n', n)
  requireOpenProbability('confidence', confidence)
  const tail = (1 - confidence) / 2
  const failures = n - successes
  return {
    lower: successes === 0 ? 0 : betaQuantile(tail, 1 - tail, successes, failures + 1).x,
    upper: failures === 0 ? 1 : betaQuantile(tail, 1 - tail, failures, successes + 1).y,
  }
}

export type DifferenceInterval = { diff: number | null; lower: number | null; upper: number | null }

/**
 * Newcombe's hybrid score interval for x1/n1 − x2/n2 of two **different** sets of cases, such as two slices (Newcombe 1998, Stat Med 17:873,
 * method 10). Two versions on the same cases: `newcombePaired` or `tangoScoreInterval`.
 *
 * @returns differences of shares, −1 to 1; all null where either set is empty.
 * @throws RangeError for x outside 0…n or a confidence outside (0, 1).
 */
export function newcombeIndependent(input: { x1: number; n1: number; x2: number; n2: number; confidence?: number }): DifferenceInterval {
  const { x1, n1, x2, n2, confidence = 0.95 } = input
  for (const name of ['x1', 'n1', 'x2', 'n2'] as const) requireCount(name, input[name])
  requireShare('x1', x1, 'n1', n1)
  requireShare('x2', x2, 'n2', n2)
  requireOpenProbability('confidence', confidence)
  if (n1 === 0 || n2 === 0) return { diff: null, lower: null, upper: null }
  const first = wilsonInterval({ successes: x1, n: n1, confidence })
  const second = wilsonInterval({ successes: x2, n: n2, confidence })
  const p1 = x1 / n1
  const p2 = x2 / n2
  const diff = p1 - p2
  return {
    diff,
    lower: Math.max(-1, diff - Math.hypot(p1 - first.lower, second.upper - p2)),
    upper: Math.min(1, diff + Math.hypot(first.upper - p1, p2 - second.lower)),
  }
}
