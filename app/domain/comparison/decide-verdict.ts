import { mcnemar, mcnemarSampleSize, normalQuantile, tangoScoreInterval, twoSidedZ } from '../statistics'

import type { ComparisonVerdict, DifferenceEstimate } from './comparison'

/** Paired counts: fixed and regressed cases, and all that were compared. */
export type PairedCounts = { fixed: number; regressed: number; n: number }

/** Below this many discordant pairs the exact test is used. */
const exactBelow = 25
/** Fewer compared cases than this are never called "not worse": the interval is an approximation. */
export const fewCases = 20
const power = 0.8

/**
 * Candidate − baseline accuracy on the compared cases, with Tango's score interval (Tango 1998, Stat Med 17:891-908). Above 0 the candidate
 * is ahead. All null when nothing was compared.
 */
export function estimateDifference({ fixed, regressed, n }: PairedCounts, confidence: number): DifferenceEstimate {
  if (n === 0) return { estimate: null, lower: null, upper: null, confidence, method: 'tango' }
  const { lower, upper } = tangoScoreInterval({ n10: fixed, n01: regressed, n, confidence })
  return { estimate: (fixed - regressed) / n, lower, upper, confidence, method: 'tango' }
}

/** Two-sided p of McNemar's test: mid-p, or exact under 25 discordant pairs; 1 when no case changed; null when nothing was compared. */
export function testDifference({ fixed, regressed, n }: PairedCounts): { value: number | null; method: string } {
  const exact = fixed + regressed < exactBelow
  const method = exact ? 'exact McNemar' : 'mid-p McNemar'
  if (n === 0) return { value: null, method }
  if (fixed + regressed === 0) return { value: 1, method }
  const { exact: exactP, midP } = mcnemar({ n10: fixed, n01: regressed })
  return { value: exact ? exactP : midP, method }
}

/**
 * The four states, which leave nothing out:
 *
 * - `better`: the interval lies above 0 and the test agrees (p < α).
 * - `not-worse`: not better, and the interval lies above −margin; of at least 20 cases. A loss that is certain but smaller than the margin
 *   is here too, and the sentence says so.
 * - `worse`: p < α against the candidate, and the interval reaches −margin or below.
 * - `inconclusive`: everything else.
 *
 * α is 1 − confidence. Asking for the test beside the interval keeps few discordant pairs (4 fixed, 0 regressed: exact p = .125) from
 * looking like certainty; it makes "better" and "worse" of two replays of one version no more frequent than α.
 */
export function decideVerdict(counts: PairedCounts, margin: number, confidence: number): ComparisonVerdict {
  const { estimate, lower } = estimateDifference(counts, confidence)
  const p = testDifference(counts).value
  if (estimate === null || lower === null || p === null) return 'inconclusive'
  const significant = p < 1 - confidence
  if (significant && lower > 0) return 'better'
  if (lower > -margin && counts.n >= fewCases) return 'not-worse'
  return significant && estimate < 0 ? 'worse' : 'inconclusive'
}

/**
 * About how many cases beyond n would settle an inconclusive comparison with 80% power, if the rates of fixed and regressed cases stay as
 * they are: the smaller of what McNemar's test needs to see the difference (Miettinen 1968; Connor 1987) and what the interval needs to
 * clear −margin, n = (z₁₋α/₂ + z.₈)² (ψ − d²) / (d + margin)². The rates are drawn in by one fixed and one regressed case (Bonett & Price
 * 2012), since those of few flips look more certain than they are. Null when nothing was compared, or when it would take over a million.
 */
export function casesToSettle({ fixed, regressed, n }: PairedCounts, margin: number, confidence: number): number | null {
  if (n === 0) return null
  const p10 = (fixed + 1) / (n + 2)
  const p01 = (regressed + 1) / (n + 2)
  const difference = p10 - p01
  const candidates: number[] = []
  if (difference !== 0) {
    const { pairs } = mcnemarSampleSize({ p10, p01, alpha: 1 - confidence, power })
    if (typeof pairs === 'number') candidates.push(pairs)
  }
  if (difference > -margin)
    candidates.push(((twoSidedZ(confidence) + normalQuantile(power)) ** 2 * (p10 + p01 - difference ** 2)) / (difference + margin) ** 2)
  const needed = Math.min(...candidates.filter((count) => Number.isFinite(count)))
  if (!Number.isFinite(needed) || needed > 1_000_000) return null
  return Math.max(Math.ceil(needed) - n, fewCases - n, 1)
}

/** Smallest difference that n pairs show with 80% power at the discordance seen; null where none can be shown. */
export function smallestShift({ fixed, regressed, n }: PairedCounts, confidence: number): number | null {
  if (n === 0 || fixed + regressed === 0) return null
  return mcnemarSampleSize({ n, psi: (fixed + regressed) / n, alpha: 1 - confidence, power }).mde ?? null
}
