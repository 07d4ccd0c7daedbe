import { requireCount, requireOpenProbability, requireProbability } from './checks'
import { constrainedVariance, type DiscordantCounts, requireDiscordantCounts } from './paired-intervals'
import { binomialCdf, binomialProbability, binomialSurvival } from './special-functions/binomial-distribution'
import { normalQuantile } from './special-functions/normal-distribution'

function requireShares(p10: number, p01: number): void {
  requireProbability('p10', p10)
  requireProbability('p01', p01)
  if (p10 + p01 > 1 + 1e-12) throw new RangeError(`p10 + p01 must be at most 1, got ${p10 + p01}`)
}

/** Does the two-sided test reject when the smaller of the two discordant counts is `smaller` of m? */
function rejects(test: 'exact' | 'midP', smaller: number, m: number, alpha: number): boolean {
  if (2 * smaller >= m) return false
  const exact = 2 * binomialCdf(smaller, m, 0.5)
  return (test === 'exact' ? exact : exact - binomialProbability(smaller, m, 0.5)) <= alpha
}

/**
 * Chance that McNemar's two-sided test rejects on n cases: the sum over the number of disagreements m ~ Bin(n, p10 + p01) of P(reject | m)
 * (Duffy 1984).
 *
 * @param input p10, p01: shares of cases that only version 1, only version 2 has right; alpha 0.05 and the exact test unless told.
 * @returns powerRightDirection counts rejections in favour of the version that is truly ahead (of version 1 where neither is), rejectAny
 * both ways: the size of the test where p10 = p01.
 * @throws RangeError for shares outside 0…1 or summing to more, n that is no whole number ≥ 0, or an alpha outside (0, 1).
 */
export function mcnemarPower(input: { p10: number; p01: number; n: number; alpha?: number; test?: 'exact' | 'midP' }): {
  powerRightDirection: number
  rejectAny: number
} {
  const { p10, p01, n, alpha = 0.05, test = 'exact' } = input
  requireShares(p10, p01)
  requireCount('n', n)
  requireOpenProbability('alpha', alpha)
  if (test !== 'exact' && test !== 'midP') throw new RangeError(`test must be "exact" or "midP", got "${String(test)}"`)
  const discordance = Math.min(1, p10 + p01)
  if (discordance === 0) return { powerRightDirection: 0, rejectAny: 0 }
  const ahead = Math.max(p10, p01) / (p10 + p01)
  const spread = 12 * Math.sqrt(n * discordance * (1 - discordance)) + 40
  const first = Math.max(0, Math.floor(n * discordance - spread))
  const last = Math.min(n, Math.ceil(n * discordance + spread))
  let right = 0
  let wrong = 0
  // The largest rejecting count never falls as m grows, so each m starts from the one before.
  let critical = -1
  for (let m = first; m <= last; m += 1) {
    while (rejects(test, critical + 1, m, alpha)) critical += 1
    if (critical < 0) continue
    const weight = binomialProbability(m, n, discordance)
    right += weight * binomialSurvival(m - critical, m, ahead)
    wrong += weight * binomialCdf(critical, m, ahead)
  }
  return { powerRightDirection: Math.min(1, right), rejectAny: Math.min(1, right + wrong) }
}

type SampleSizeInput = { p10: number; p01: number; alpha?: number; power?: number }
type DetectableInput = { n: number; psi: number; alpha?: number; power?: number }

/**
 * Cases needed for McNemar's two-sided test: n = (z₁₋α/₂ √ψ + z_power √(ψ − d²))² / d² with ψ = p10 + p01 and d = p10 − p01 (Miettinen 1968;
 * Connor 1987). Given n and ψ instead: the smallest |d| that n cases show with that power, the same equation solved for d.
 *
 * @param input alpha 0.05 and power 0.8 unless told.
 * @returns pairs, also rounded up; 'Infinity' (a string, which JSON can hold) where d = 0. Or mde, a share of cases; null where even a
 * one-way shift of ψ would not show.
 * @throws RangeError for shares outside 0…1 or summing to more, n that is no whole number ≥ 1, alpha or power outside (0, 1).
 */
export function mcnemarSampleSize(input: SampleSizeInput): { pairs: number | 'Infinity'; pairsCeil: number | 'Infinity' }
export function mcnemarSampleSize(input: DetectableInput): { mde: number | null }
export function mcnemarSampleSize(
  input: SampleSizeInput | DetectableInput,
): { pairs: number | 'Infinity'; pairsCeil: number | 'Infinity' } | { mde: number | null } {
  const { alpha = 0.05, power = 0.8 } = input
  requireOpenProbability('alpha', alpha)
  requireOpenProbability('power', power)
  const zAlpha = -normalQuantile(alpha / 2)
  const zPower = normalQuantile(power)
  if ('psi' in input) {
    const { n, psi } = input
    requireCount('n', n, 1)
    requireProbability('psi', psi)
    const radicand = n + zPower * zPower - zAlpha * zAlpha
    const mde = (Math.sqrt(psi) * (zAlpha * Math.sqrt(n) + zPower * Math.sqrt(Math.max(0, radicand)))) / (n + zPower * zPower)
    // Below z² cases only the squared equation has a root, not the one that was squared.
    const tooFew = radicand < 0 || (zPower > 0 && n < zAlpha * zAlpha)
    return { mde: tooFew || psi === 0 || mde > psi ? null : mde }
  }
  const { p10, p01 } = input
  requireShares(p10, p01)
  const psi = p10 + p01
  const d = p10 - p01
  if (d === 0) return { pairs: 'Infinity', pairsCeil: 'Infinity' }
  const pairs = ((zAlpha * Math.sqrt(psi) + zPower * Math.sqrt(psi - d * d)) / d) ** 2
  return { pairs, pairsCeil: Math.ceil(pairs) }
}

/**
 * The smallest difference that n cases show with that power, when the two versions disagree on a share `discordance` of them: the `mde` of
 * `mcnemarSampleSize`.
 *
 * @returns a share of cases, 0 to `discordance`; null where none would show, or there are no cases.
 */
export function smallestDetectableShift(input: { n: number; discordance: number; alpha?: number; power?: number }): number | null {
  const { n, discordance, alpha, power } = input
  requireCount('n', n)
  requireProbability('discordance', discordance)
  return n === 0 ? null : mcnemarSampleSize({ n, psi: discordance, alpha, power }).mde
}

/**
 * About how many more cases would settle an inconclusive comparison. Assumes that the shares of fixed and broken cases stay as observed, and
 * asks for the verdict that is then nearest: "not worse" where the difference is above −margin, "worse" where it is below. With σ₀² the
 * constrained variance at −margin (Tango 1998) and σ₁² = ψ − d²: n = ((z₁₋α σ₀ + z_power σ₁) / (d + margin))².
 *
 * @param input n10 = only the candidate right; margin ≥ 0 as a difference of shares; alpha one-sided, as in `nonInferiorityPaired`: 0.05
 * unless told; power 0.8 unless told.
 * @returns additional cases, 0 where there are enough already; null where it cannot be estimated: no cases, or a difference of exactly
 * −margin.
 * @throws RangeError for impossible counts, margin, alpha or power.
 */
export function casesNeeded(input: DiscordantCounts & { margin: number; alpha?: number; power?: number }): number | null {
  const { n10, n01, n, margin, alpha = 0.05, power = 0.8 } = input
  requireDiscordantCounts(input)
  if (!(margin >= 0 && margin < 1)) throw new RangeError(`margin must be at least 0 and below 1, got ${margin}`)
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha must be above 0 and below 0.5, got ${alpha}`)
  requireOpenProbability('power', power)
  if (n === 0) return null
  const shares = { n10: n10 / n, n01: n01 / n, n: 1 }
  const d = (n10 - n01) / n
  const gap = d + margin
  if (Math.abs(gap) < 1e-12) return null
  const deviationAtMargin = Math.sqrt(constrainedVariance(shares, -margin))
  const deviation = Math.sqrt(Math.max(0, shares.n10 + shares.n01 - d * d))
  const reach = -normalQuantile(alpha) * deviationAtMargin + normalQuantile(power) * deviation
  const needed = Math.ceil((Math.max(0, reach) / gap) ** 2)
  return Number.isSafeInteger(needed) ? Math.max(0, needed - n) : null
}
