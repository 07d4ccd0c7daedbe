import { requireFinite } from './checks'
import { sum } from './descriptive'

/** A label, or a place on a scale. */
export type Rating = string | number
/** ratings[rater][unit]; null where a rater did not rate a unit. */
export type RatingTable = readonly (readonly (Rating | null)[])[]
export type MeasurementLevel = 'nominal' | 'ordinal' | 'interval' | 'ratio'

/** Counts of each category by unit: counts[unit][category]. Categories given, or all that occur in ascending order. */
function countRatings(ratings: RatingTable, given: readonly Rating[] | null | undefined): { categories: Rating[]; counts: number[][] } {
  const units = ratings[0]?.length ?? 0
  for (const [rater, row] of ratings.entries()) {
    if (row.length !== units) throw new RangeError(`ratings[${rater}] must have ${units} units, got ${row.length}`)
  }
  const seen = new Set(ratings.flat().filter((rating) => rating !== null))
  const categories = given ? [...given] : [...seen].sort((a, b) => (a < b ? -1 : Number(a > b)))
  const positions = new Map(categories.map((category, position) => [category, position]))
  if (positions.size !== categories.length) throw new RangeError(`categories must be distinct, got ${categories.join(', ')}`)
  const counts = Array.from({ length: units }, () => categories.map(() => 0))
  for (const [rater, row] of ratings.entries()) {
    for (const [unit, rating] of row.entries()) {
      if (rating === null) continue
      const position = positions.get(rating)
      if (position === undefined)
        throw new RangeError(`ratings[${rater}][${unit}] must be one of the categories (${categories.join(', ')}), got "${rating}"`)
      const unitCounts = counts[unit] as number[]
      unitCounts[position] = (unitCounts[position] as number) + 1
    }
  }
  return { categories, counts }
}

/** Squared distance of two categories (Krippendorff 2011): their positions index `categories`; `totals` are their pairable ratings. */
function squaredDistances(
  level: MeasurementLevel,
  categories: readonly Rating[],
  totals: readonly number[],
): (c: number, k: number) => number {
  if (level === 'nominal') return (c, k) => (c === k ? 0 : 1)
  if (level === 'ordinal')
    return (c, k) => {
      const [low, high] = c < k ? [c, k] : [k, c]
      const between = sum(totals.slice(low, high + 1))
      return (between - ((totals[low] as number) + (totals[high] as number)) / 2) ** 2
    }
  const values = categories.map((category) => {
    if (typeof category !== 'number') throw new RangeError(`ratings at level ${level} must be numbers, got "${category}"`)
    requireFinite('ratings', category)
    if (level === 'ratio' && category < 0) throw new RangeError(`ratings at level ratio must be at least 0, got ${category}`)
    return category
  })
  return (c, k) => {
    const difference = (values[c] as number) - (values[k] as number)
    if (level === 'interval') return difference * difference
    return difference === 0 ? 0 : (difference / ((values[c] as number) + (values[k] as number))) ** 2
  }
}

/**
 * Krippendorff's alpha, 1 − observed / expected disagreement, for any number of raters with gaps (Krippendorff 2011, "Computing Krippendorff's
 * Alpha-Reliability"): (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck over the coincidences o of ratings of one unit.
 *
 * @param input ratings[rater][unit], null for none; level of measurement. `categories` gives the order of the labels at the ordinal level:
 * without it numbers ascend, and labels stand in alphabetical order.
 * @returns at most 1; 0 is chance. Units with fewer than two ratings are left out; null where no unit has two or the ratings do not vary.
 * @throws RangeError for rows of unequal length, a rating outside `categories`, an unknown level, or labels where numbers are needed.
 */
export function krippendorffAlpha(input: { ratings: RatingTable; level: MeasurementLevel; categories?: readonly Rating[] | null }): {
  alpha: number | null
} {
  const { ratings, level } = input
  if (!['nominal', 'ordinal', 'interval', 'ratio'].includes(level))
    throw new RangeError(`level must be nominal, ordinal, interval or ratio, got "${level}"`)
  const { categories, counts } = countRatings(ratings, input.categories)
  const pairable = counts.map((row) => ({ row, size: sum(row) })).filter(({ size }) => size >= 2)
  const totals = categories.map((_, category) => sum(pairable.map(({ row }) => row[category] as number)))
  const n = sum(totals)
  const distance = squaredDistances(level, categories, totals)
  const pairs = categories.flatMap((_, c) => categories.slice(c + 1).map((_unused, offset): [number, number] => [c, c + 1 + offset]))
  const distances = pairs.map(([c, k]) => distance(c, k))
  const expected = sum(pairs.map(([c, k], pair) => (totals[c] as number) * (totals[k] as number) * (distances[pair] as number)))
  if (expected === 0) return { alpha: null }
  const observed = sum(
    pairable.flatMap(({ row, size }) =>
      pairs.map(([c, k], pair) => ((row[c] as number) * (row[k] as number) * (distances[pair] as number)) / (size - 1)),
    ),
  )
  return { alpha: 1 - ((n - 1) * observed) / expected }
}

/**
 * Gwet's AC1, (p_a − p_e)/(1 − p_e) with p_e = Σ π_k(1 − π_k)/(q − 1) (Gwet 2008): agreement that stays meaningful where one label is rare and
 * kappa collapses. π is the mean share of each label over the units rated at all, p_a the mean share of agreeing pairs over those rated twice.
 *
 * @param input ratings[rater][unit], null for none; `categories`, all labels of the scheme (q must not shrink when one is unused): those that
 * occur, unless told.
 * @returns shares; all null where no unit has two ratings, ac1 and pe null for a single label.
 * @throws RangeError for rows of unequal length or a rating outside `categories`.
 */
export function gwetAC1(input: { ratings: RatingTable; categories?: readonly Rating[] | null }): {
  ac1: number | null
  pa: number | null
  pe: number | null
} {
  const { categories, counts } = countRatings(input.ratings, input.categories)
  const rated = counts.map((row) => ({ row, size: sum(row) })).filter(({ size }) => size > 0)
  const paired = rated.filter(({ size }) => size >= 2)
  if (paired.length === 0) return { ac1: null, pa: null, pe: null }
  const pa = sum(paired.map(({ row, size }) => sum(row.map((count) => count * (count - 1))) / (size * (size - 1)))) / paired.length
  if (categories.length < 2) return { ac1: null, pa, pe: null }
  const shares = categories.map((_, category) => sum(rated.map(({ row, size }) => (row[category] as number) / size)) / rated.length)
  const pe = sum(shares.map((share) => share * (1 - share))) / (categories.length - 1)
  return { ac1: (pa - pe) / (1 - pe), pa, pe }
}
