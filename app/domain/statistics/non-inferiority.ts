import { requireOpenProbability } from './checks'
import { constrainedVariance, type DiscordantCounts, requireDiscordantCounts, tangoScoreInterval } from './paired-intervals'
import { normalSurvival } from './special-functions/normal-distribution'

export type NonInferiorityVerdict = 'better' | 'not worse' | 'worse' | 'inconclusive'

export type NonInferiority = {
  /** Score statistic at a difference of −margin. */
  z: number | null
  /** P(Z ≥ z): small where "worse by the margin or more" is refuted. */
  pOneSided: number | null
  lower: number | null
  upper: number | null
  diff: number | null
  verdict: NonInferiorityVerdict
}

function readVerdict(lower: number, upper: number, margin: number): NonInferiorityVerdict {
  if (lower > 0) return 'better'
  if (lower > -margin) return 'not worse'
  return upper < -margin ? 'worse' : 'inconclusive'
}

/**
 * Is the candidate (version 1: n10 = only the candidate right) worse than the baseline by `margin` or more? Tango's score test of δ = −margin
 * (Tango 1998), z = (n10 − n01 + n·margin) / √(n · constrainedVariance(−margin)), with his interval at confidence 1 − 2·alpha, so that "not
 * worse" and pOneSided < alpha say the same. The interval alone decides the verdict (FDA 2016, non-inferiority guidance): better (lower > 0),
 * not worse (lower > −margin), worse (upper < −margin), else inconclusive.
 *
 * @param input counts; margin in (0, 1) as a difference of shares; alpha in (0, ½), 0.05 unless told.
 * @returns figures null and the verdict inconclusive for no cases.
 * @throws RangeError for impossible counts, margin or alpha.
 */
export function nonInferiorityPaired(input: DiscordantCounts & { margin: number; alpha?: number }): NonInferiority {
  const { n10, n01, n, margin, alpha = 0.05 } = input
  requireDiscordantCounts(input)
  requireOpenProbability('margin', margin)
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha must be above 0 and below 0.5, got ${alpha}`)
  const { diff, lower, upper } = tangoScoreInterval({ n10, n01, n, confidence: 1 - 2 * alpha })
  if (diff === null || lower === null || upper === null)
    return { z: null, pOneSided: null, lower: null, upper: null, diff: null, verdict: 'inconclusive' }
  const excess = n10 - n01 + n * margin
  const deviation = Math.sqrt(n * constrainedVariance({ n10, n01, n }, -margin))
  const z = excess / deviation
  return { z, pOneSided: normalSurvival(z), lower, upper, diff, verdict: readVerdict(lower, upper, margin) }
}
