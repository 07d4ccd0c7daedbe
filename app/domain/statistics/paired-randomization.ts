import { sampleBinomial } from './binomial-sampling'
import { tieTolerance } from './bootstrap'
import { labelPositions, positionOf, requireCount } from './checks'
import { type ComparisonMetric, comparisonMetric } from './comparison-metric'
import type { CostMatrix } from './cost'
import { cellsOfCases, type PairedCell } from './paired-bootstrap'
import { createRandom } from './random'
import { binomialTerm } from './special-functions/binomial-term'

/**
 * Cases of one truth in which one version answered `first` and the other `second`; `count` of them in all. `shares[j]`: the chance that A
 * said `first` in j of them, were the answers swapped at random.
 */
type SwapGroup = { truth: number; first: number; second: number; count: number; shares: number[] }

function groupSwaps(different: readonly { truth: number; a: number; b: number; count: number }[]): SwapGroup[] {
  const groups = new Map<string, SwapGroup>()
  for (const { truth, a, b, count } of different) {
    const first = Math.min(a, b)
    const second = Math.max(a, b)
    const key = `${truth} ${first} ${second}`
    const group = groups.get(key) ?? { truth, first, second, count: 0, shares: [] }
    group.count += count
    groups.set(key, group)
  }
  for (const group of groups.values())
    group.shares = Array.from({ length: group.count + 1 }, (_, unswapped) => binomialTerm(unswapped, group.count, 0.5, 0.5))
  return [...groups.values()]
}

/** Above this many distinguishable arrangements the p-values are estimated, unless told. */
const mostArrangements = 2_000_000

export type PairedRandomization = {
  /** metric(B) − metric(A). */
  observed: number | null
  pTwoSided: number | null
  /** Small where B is better; less is better where the metric is a cost. */
  pOneSidedBBetter: number | null
  /** 2 to the number of cases that differ; for an estimate, the arrangements drawn. */
  arrangements: number
  method: 'exact' | 'monteCarlo'
}

type RandomizationChoice = {
  labels: readonly string[]
  metric: ComparisonMetric
  positive?: string | null
  cost?: CostMatrix | null
  seed?: number
  resamples?: number
}

/**
 * Fisher's randomisation test of "A and B are interchangeable" for any metric (Fisher 1935; Noreen 1989; Yeh 2000): every way of swapping the
 * two answers on the cases where they differ is equally likely, and a p-value is the share of them at least as extreme as what was seen
 * (ties within 1e-12 count as extreme; so does an arrangement in which the metric is undefined). Cases with the same truth and the same pair
 * of answers are interchangeable, so arrangements are counted by how many of each such group are swapped, with binomial weights: exact far
 * beyond the 2^16 that one-by-one enumeration reaches. For accuracy it is McNemar's exact test.
 *
 * @param input `seed` (and `resamples`, 10 000 unless told) are needed only above two million distinguishable arrangements, where p =
 * (r + 1)/(R + 1) over R drawn ones.
 * @throws RangeError for an unknown label or metric, arrays of unequal length, or a missing seed.
 */
export function pairedRandomizationExact(
  input: RandomizationChoice & { truth: readonly string[]; predA: readonly string[]; predB: readonly string[] },
): PairedRandomization {
  return pairedRandomizationOfCells({ ...input, cells: cellsOfCases(input) })
}

/**
 * `pairedRandomizationExact` from counted cells. `mostEnumerated` (two million unless told): so many distinguishable arrangements are looked
 * at one by one; where there are more, p is estimated.
 */
export function pairedRandomizationOfCells(
  input: RandomizationChoice & { cells: readonly PairedCell[]; mostEnumerated?: number },
): PairedRandomization {
  const { labels, seed, resamples = 10_000, mostEnumerated = mostArrangements } = input
  requireCount('resamples', resamples, 1)
  const { evaluate, direction } = comparisonMetric(input)
  const positions = labelPositions(labels)
  const k = labels.length
  const confusionA = new Float64Array(k * k)
  const confusionB = new Float64Array(k * k)
  const add = (truth: number, a: number, b: number, count: number) => {
    confusionA[truth * k + a] = (confusionA[truth * k + a] as number) + count
    confusionB[truth * k + b] = (confusionB[truth * k + b] as number) + count
  }
  const difference = () => {
    const a = evaluate(confusionA)
    const b = evaluate(confusionB)
    return a === null || b === null ? null : b - a
  }

  const cells = input.cells.map((cell) => ({
    truth: positionOf('truth', positions, cell.truth),
    a: positionOf('predA', positions, cell.predA),
    b: positionOf('predB', positions, cell.predB),
    count: cell.count,
  }))
  for (const { truth, a, b, count } of cells) add(truth, a, b, count)
  const observed = difference()
  const different = cells.filter(({ a, b }) => a !== b)
  for (const { truth, a, b, count } of different) add(truth, a, b, -count)
  const groups = groupSwaps(different)

  const exact = groups.reduce((product, group) => product * (group.count + 1), 1) <= mostEnumerated
  const method = exact ? 'exact' : 'monteCarlo'
  const arrangements = exact ? 2 ** different.reduce((total, { count }) => total + count, 0) : resamples
  if (observed === null) return { observed, pTwoSided: null, pOneSidedBBetter: null, arrangements, method }

  let twoSided = 0
  let oneSided = 0
  const tally = (weight: number) => {
    const value = difference()
    if (value === null || Math.abs(value) >= Math.abs(observed) - tieTolerance) twoSided += weight
    if (value === null || direction * (value - observed) >= -tieTolerance) oneSided += weight
  }
  const place = ({ truth, first, second, count }: SwapGroup, unswapped: number, sign: 1 | -1) => {
    add(truth, first, second, sign * unswapped)
    add(truth, second, first, sign * (count - unswapped))
  }

  if (exact) {
    const enumerate = (position: number, weight: number) => {
      const group = groups[position]
      if (!group) return tally(weight)
      for (const [unswapped, share] of group.shares.entries()) {
        place(group, unswapped, 1)
        enumerate(position + 1, weight * share)
        place(group, unswapped, -1)
      }
    }
    enumerate(0, 1)
    return { observed, pTwoSided: Math.min(1, twoSided), pOneSidedBBetter: Math.min(1, oneSided), arrangements, method }
  }

  if (seed === undefined) throw new RangeError(`seed must be given for more than ${mostEnumerated} arrangements, got none`)
  const random = createRandom(seed)
  for (let resample = 0; resample < resamples; resample += 1) {
    const unswapped = groups.map((group) => sampleBinomial(random, group.count, 0.5))
    for (const [index, group] of groups.entries()) place(group, unswapped[index] as number, 1)
    tally(1)
    for (const [index, group] of groups.entries()) place(group, unswapped[index] as number, -1)
  }
  return { observed, pTwoSided: (twoSided + 1) / (resamples + 1), pOneSidedBBetter: (oneSided + 1) / (resamples + 1), arrangements, method }
}
