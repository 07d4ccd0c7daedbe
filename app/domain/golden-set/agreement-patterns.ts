import { sampleMultinomial } from '../statistics/binomial-sampling'
import { summarizeBootstrap, type JackknifeValue } from '../statistics/bootstrap'
import { cohenKappa } from '../statistics/kappa'
import { createRandom } from '../statistics/random'

/** How often each category was given to a unit: `counts[category]`. */
type Counts = readonly number[]

/** Units that were rated alike, for an agreement of people whose names do not matter. */
export type RatingPattern = { counts: Counts; size: number; units: number }

export type EstimateWithInterval = { estimate: number | null; lower: number | null; upper: number | null }

const resamples = 2_000
const confidence = 0.95

/** Groups units by their counts. `ratings` holds the categories that one unit was given, by number below `categories`. */
export function collectPatterns(ratings: Iterable<readonly number[]>, categories: number): RatingPattern[] {
  const patterns = new Map<string, RatingPattern>()
  for (const given of ratings) {
    const counts = Array.from({ length: categories }, () => 0)
    for (const category of given) counts[category] = (counts[category] ?? 0) + 1
    const key = counts.join(' ')
    const known = patterns.get(key)
    if (known) known.units += 1
    else patterns.set(key, { counts, size: given.length, units: 1 })
  }
  // In an order of their own, so that an interval does not depend on the order of the cases.
  return [...patterns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pattern]) => pattern)
}

/**
 * Krippendorff's nominal alpha from patterns, the same figure as `krippendorffAlpha`: 1 − (n − 1) Σ o_ck / Σ n_c n_k over c ≠ k. `weights`
 * are the units of each pattern.
 */
export function nominalAlpha(patterns: readonly RatingPattern[], weights: ArrayLike<number>): number | null {
  const totals: number[] = []
  let n = 0
  let observed = 0
  for (const [index, { counts, size }] of patterns.entries()) {
    const weight = weights[index] ?? 0
    if (size < 2 || weight === 0) continue
    let squares = 0
    for (const [category, count] of counts.entries()) {
      totals[category] = (totals[category] ?? 0) + weight * count
      squares += count * count
    }
    n += weight * size
    observed += (weight * (size * size - squares)) / (size - 1)
  }
  const expected = n * n - totals.reduce((sum, total) => sum + total * total, 0)
  return expected <= 0 ? null : 1 - ((n - 1) * observed) / expected
}

/** Fleiss' kappa from patterns of one size, the same figure as `fleissKappa`. */
export function fleissKappaOf(patterns: readonly RatingPattern[], weights: ArrayLike<number>): number | null {
  const [first] = patterns
  const raters = first?.size ?? 0
  const totals: number[] = []
  let units = 0
  let agreeing = 0
  for (const [index, { counts }] of patterns.entries()) {
    const weight = weights[index] ?? 0
    units += weight
    for (const [category, count] of counts.entries()) {
      totals[category] = (totals[category] ?? 0) + weight * count
      agreeing += weight * count * (count - 1)
    }
  }
  const ratings = units * raters
  const squares = totals.reduce((sum, total) => sum + total * total, 0)
  if (raters < 2 || units === 0 || squares >= ratings * ratings) return null
  const chance = squares / (ratings * ratings)
  return (agreeing / (units * raters * (raters - 1)) - chance) / (1 - chance)
}

/** Cohen's kappa from patterns of pairs (one count at `row × categories + column`), the same figure as `cohenKappa`. */
export function cohenKappaOfPairs(pairs: readonly RatingPattern[], weights: ArrayLike<number>, categories: number): number | null {
  const table = Array.from({ length: categories }, () => Array.from({ length: categories }, () => 0))
  for (const [index, { counts }] of pairs.entries()) {
    const cell = counts.indexOf(1)
    const row = table[Math.floor(cell / categories)]
    if (row) row[cell % categories] = (row[cell % categories] ?? 0) + (weights[index] ?? 0)
  }
  return cohenKappa({ table }).kappa
}

/** Gwet's AC1 from patterns, the same figure as `gwetAC1` with `categories` labels: units with one rating count for how frequent the categories are. */
export function firstCoefficient(patterns: readonly RatingPattern[], weights: ArrayLike<number>, categories: number): number | null {
  const shares = Array.from({ length: categories }, () => 0)
  let rated = 0
  let paired = 0
  let agreement = 0
  for (const [index, { counts, size }] of patterns.entries()) {
    const weight = weights[index] ?? 0
    if (weight === 0 || size === 0) continue
    rated += weight
    for (const [category, count] of counts.entries()) shares[category] = (shares[category] ?? 0) + (weight * count) / size
    if (size < 2) continue
    paired += weight
    agreement += (weight * counts.reduce((sum, count) => sum + count * (count - 1), 0)) / (size * (size - 1))
  }
  if (paired === 0 || categories < 2) return null
  const chance = shares.reduce((sum, share) => sum + (share / rated) * (1 - share / rated), 0) / (categories - 1)
  return (agreement / paired - chance) / (1 - chance)
}

/**
 * How well one annotator predicts the others: the share of ratings that equal the most frequent rating of the unit's other annotators.
 * A unit's ratings where the others are divided evenly are left out, for there is nothing to predict.
 */
export function ceilingOf(patterns: readonly RatingPattern[], weights: ArrayLike<number>): { hits: number; predictions: number } {
  let hits = 0
  let predictions = 0
  for (const [index, { counts, size }] of patterns.entries()) {
    const weight = weights[index] ?? 0
    if (size < 2 || weight === 0) continue
    for (const [given, times] of counts.entries()) {
      if (times === 0) continue
      const others = counts.map((count, category) => (category === given ? count - 1 : count))
      const most = Math.max(...others)
      if (others.filter((count) => count === most).length > 1) continue
      predictions += weight * times
      if (others[given] === most) hits += weight * times
    }
  }
  return { hits, predictions }
}

/**
 * A statistic of patterns with its 95% bootstrap interval over units (percentile; BCa where it can be estimated), 2,000 resamples. Drawing
 * units is drawing how many of each pattern there are, so that a resample costs as much as there are patterns.
 */
export function withInterval(
  patterns: readonly RatingPattern[],
  statistic: (patterns: readonly RatingPattern[], weights: ArrayLike<number>) => number | null,
  seed: number,
): EstimateWithInterval {
  const weights = patterns.map(({ units }) => units)
  const n = weights.reduce((sum, units) => sum + units, 0)
  const estimate = statistic(patterns, weights)
  if (estimate === null || n < 2) return { estimate, lower: null, upper: null }
  const random = createRandom(seed)
  const drawn = new Float64Array(weights.length)
  const replicates = Array.from({ length: resamples }, () => {
    sampleMultinomial(random, weights, drawn)
    return statistic(patterns, drawn)
  })
  const jackknife = patterns.flatMap((pattern, index): JackknifeValue[] => {
    const value = statistic(patterns, weights.with(index, pattern.units - 1))
    return value === null ? [] : [{ value, count: pattern.units }]
  })
  const { percentile, bca } = summarizeBootstrap({ observed: estimate, replicates, jackknife, confidence })
  const interval = bca ?? percentile
  return { estimate, lower: interval?.lower ?? null, upper: interval?.upper ?? null }
}
