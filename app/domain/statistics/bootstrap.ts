import { requireCount, requireOpenProbability } from './checks'
import { quantile, sampleVariance } from './descriptive'
import type { Interval } from './binomial-intervals'
import { createRandom } from './random'
import { normalCdf, normalQuantile } from './special-functions/normal-distribution'

/** Two replicates that differ by less count as equal: rounding, not data. */
export const tieTolerance = 1e-12

export type BcaInterval = Interval & { z0: number; acceleration: number; quantiles: [number, number] }

export type BootstrapSummary = {
  observed: number | null
  /** Resamples in which the statistic was undefined; the figures are over the others. */
  dropped: number
  /** Standard deviation of the replicates; null below two. */
  se: number | null
  percentile: Interval | null
  /** Null where no correction can be estimated: every replicate on one side of the observed value, or no case that matters. */
  bca: BcaInterval | null
}

/** The statistic with one unit left out, and how many units give that same value. */
export type JackknifeValue = { value: number; count: number }

/** Efron's acceleration Σ(θ̄ − θᵢ)³ / (6 (Σ(θ̄ − θᵢ)²)^1.5); null where leaving a unit out changes nothing. */
function acceleration(jackknife: readonly JackknifeValue[]): number | null {
  let units = 0
  let total = 0
  for (const { value, count } of jackknife) {
    units += count
    total += value * count
  }
  if (units === 0) return null
  const centre = total / units
  let squares = 0
  let cubes = 0
  let largest = 0
  for (const { value, count } of jackknife) {
    const influence = centre - value
    largest = Math.max(largest, Math.abs(influence))
    squares += count * influence * influence
    cubes += count * influence * influence * influence
  }
  return largest <= tieTolerance ? null : cubes / (6 * squares ** 1.5)
}

function bcaInterval(
  ascending: Float64Array,
  observed: number,
  jackknife: readonly JackknifeValue[],
  confidence: number,
): BcaInterval | null {
  let below = 0
  for (const replicate of ascending) {
    if (replicate < observed - tieTolerance) below += 1
    else if (replicate <= observed + tieTolerance) below += 0.5
  }
  const share = below / ascending.length
  if (share === 0 || share === 1) return null
  const curvature = acceleration(jackknife)
  if (curvature === null) return null
  const z0 = normalQuantile(share)
  const corrected = (level: number) => {
    const shifted = z0 + normalQuantile(level)
    return normalCdf(z0 + shifted / (1 - curvature * shifted))
  }
  const tail = (1 - confidence) / 2
  const quantiles: [number, number] = [corrected(tail), corrected(1 - tail)]
  return { lower: quantile(ascending, quantiles[0]), upper: quantile(ascending, quantiles[1]), z0, acceleration: curvature, quantiles }
}

/**
 * Standard error and intervals from bootstrap replicates (Efron & Tibshirani 1993): percentile with linear interpolation, and BCa (Efron
 * 1987), a replicate equal to the observed value counting half in z₀.
 */
export function summarizeBootstrap(input: {
  observed: number | null
  /** Null: undefined in that resample. */
  replicates: readonly (number | null)[]
  jackknife: readonly JackknifeValue[]
  confidence: number
}): BootstrapSummary {
  const { observed, replicates, jackknife, confidence } = input
  const defined = replicates.filter((replicate) => replicate !== null)
  const ascending = Float64Array.from(defined).sort()
  const tail = (1 - confidence) / 2
  const variance = sampleVariance(defined)
  return {
    observed,
    dropped: replicates.length - defined.length,
    se: variance === null ? null : Math.sqrt(variance),
    percentile: ascending.length === 0 ? null : { lower: quantile(ascending, tail), upper: quantile(ascending, 1 - tail) },
    bca: observed === null || ascending.length === 0 ? null : bcaInterval(ascending, observed, jackknife, confidence),
  }
}

/**
 * A bootstrap interval of any statistic of independent units: cases for a metric, units for an agreement coefficient, clusters (as arrays of
 * cases) for clustered data. Units are drawn with replacement; a resample in which the statistic is null is dropped and counted.
 *
 * @param input at least 1 resample (10 000 unless told); confidence 0.95 unless told; seed as in `createRandom`. `bca` (on unless told)
 * evaluates the statistic once more per unit, for the acceleration.
 * @returns in the unit of the statistic; null figures for no units.
 * @throws RangeError for resamples, confidence or seed out of range.
 */
export function bootstrapInterval<Unit>(input: {
  units: readonly Unit[]
  statistic: (sample: readonly Unit[]) => number | null
  seed: number
  resamples?: number
  confidence?: number
  bca?: boolean
}): BootstrapSummary {
  const { units, statistic, seed, resamples = 10_000, confidence = 0.95, bca = true } = input
  requireCount('resamples', resamples, 1)
  requireOpenProbability('confidence', confidence)
  const random = createRandom(seed)
  if (units.length === 0) return { observed: null, dropped: 0, se: null, percentile: null, bca: null }
  const observed = statistic(units)
  const sample = [...units]
  const replicates: (number | null)[] = []
  for (let resample = 0; resample < resamples; resample += 1) {
    for (let index = 0; index < units.length; index += 1) sample[index] = units[random.nextInt(units.length)] as Unit
    replicates.push(statistic(sample))
  }
  const leftOut = bca ? units.map((_, index) => statistic(units.toSpliced(index, 1))) : []
  const jackknife = leftOut.flatMap((value): JackknifeValue[] => (value === null ? [] : [{ value, count: 1 }]))
  return summarizeBootstrap({ observed, replicates, jackknife, confidence })
}
