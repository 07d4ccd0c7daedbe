import { sampleMultinomial } from './binomial-sampling'
import { type BootstrapSummary, type JackknifeValue, summarizeBootstrap, tieTolerance } from './bootstrap'
import { labelPositions, positionOf, requireCount, requireOpenProbability, requireSameLength } from './checks'
import { type ComparisonMetric, comparisonMetric } from './comparison-metric'
import type { CostMatrix } from './cost'
import { createRandom } from './random'

/** Cases with the same truth and the same two predictions. */
export type PairedCell = { truth: string; predA: string; predB: string; count: number }

export type PairedBootstrap = BootstrapSummary & {
  /** metric(B) − metric(A) of each resample in which both are defined. */
  replicates: number[]
  /** Share of replicates in which B is better, an equal one counting half; null for none. Less is better where the metric is a cost. */
  shareBetter: number | null
}

type MetricChoice = { metric: ComparisonMetric; labels: readonly string[]; positive?: string | null; cost?: CostMatrix | null }

type CellTable = {
  /** Cells with at least one case: their counts, and where they fall in the confusion matrices of A and B. */
  counts: number[]
  inA: Int32Array
  inB: Int32Array
  difference: (counts: ArrayLike<number>) => number | null
  direction: 1 | -1
}

function tabulate(choice: MetricChoice, cells: readonly PairedCell[]): CellTable {
  const { evaluate, direction } = comparisonMetric(choice)
  const positions = labelPositions(choice.labels)
  const k = choice.labels.length
  const counted = new Map<number, number>()
  for (const [index, cell] of cells.entries()) {
    requireCount(`cells[${index}].count`, cell.count)
    const [truth, a, b] = (['truth', 'predA', 'predB'] as const).map((name) =>
      positionOf(`cells[${index}].${name}`, positions, cell[name]),
    ) as [number, number, number]
    const key = (truth * k + a) * k + b
    if (cell.count > 0) counted.set(key, (counted.get(key) ?? 0) + cell.count)
  }
  const keys = [...counted.keys()].sort((x, y) => x - y)
  const inA = Int32Array.from(keys, (key) => Math.floor(key / k))
  const inB = Int32Array.from(keys, (key) => Math.floor(key / (k * k)) * k + (key % k))
  const confusionA = new Float64Array(k * k)
  const confusionB = new Float64Array(k * k)
  const difference = (counts: ArrayLike<number>) => {
    confusionA.fill(0)
    confusionB.fill(0)
    for (let cell = 0; cell < keys.length; cell += 1) {
      const count = counts[cell] as number
      const a = inA[cell] as number
      const b = inB[cell] as number
      confusionA[a] = (confusionA[a] as number) + count
      confusionB[b] = (confusionB[b] as number) + count
    }
    const valueA = evaluate(confusionA)
    const valueB = evaluate(confusionB)
    return valueA === null || valueB === null ? null : valueB - valueA
  }
  return { counts: keys.map((key) => counted.get(key) as number), inA, inB, difference, direction }
}

/** Cases of one cell give the same value when left out, so the jackknife over cells is the jackknife over cases. */
function jackknifeOf({ counts, difference }: CellTable): JackknifeValue[] {
  const left = Float64Array.from(counts)
  const values: JackknifeValue[] = []
  for (const [cell, count] of counts.entries()) {
    left[cell] = count - 1
    const value = difference(left)
    left[cell] = count
    if (value !== null) values.push({ value, count })
  }
  return values
}

function shareOfBetter(replicates: readonly number[], direction: 1 | -1): number | null {
  if (replicates.length === 0) return null
  let better = 0
  for (const replicate of replicates) {
    if (Math.abs(replicate) <= tieTolerance) better += 0.5
    else if (replicate * direction > 0) better += 1
  }
  return better / replicates.length
}

function summarize(table: CellTable, replicates: readonly (number | null)[], confidence: number): PairedBootstrap {
  const summary = summarizeBootstrap({ observed: table.difference(table.counts), replicates, jackknife: jackknifeOf(table), confidence })
  const defined = replicates.filter((replicate) => replicate !== null)
  return { ...summary, replicates: defined, shareBetter: shareOfBetter(defined, table.direction) }
}

/**
 * The bootstrap of metric(B) − metric(A) for two versions on the same cases, from counted cells (Efron & Tibshirani 1993; Koehn 2004).
 * Drawing n cases with replacement and counting them by (truth, predA, predB) draws the counts from a multinomial, so that is drawn
 * directly: the same distribution as resampling cases, in time that depends on the number of cells (at most labels³) and not on n.
 *
 * @param input metric as in `comparisonMetric`; 10 000 resamples and confidence 0.95 unless told; seed as in `createRandom`.
 * @returns in the unit of the metric. A resample in which either metric is undefined is dropped and counted. No cases: null figures.
 * @throws RangeError for an unknown label or metric, counts that are not whole numbers ≥ 0, resamples below 1, a confidence outside (0, 1).
 */
export function pairedBootstrapOfCells(
  input: MetricChoice & { cells: readonly PairedCell[]; seed: number; resamples?: number; confidence?: number },
): PairedBootstrap {
  const { cells, seed, resamples = 10_000, confidence = 0.95 } = input
  requireCount('resamples', resamples, 1)
  requireOpenProbability('confidence', confidence)
  const random = createRandom(seed)
  const table = tabulate(input, cells)
  if (table.counts.length === 0) return summarize(table, [], confidence)
  const drawn = new Float64Array(table.counts.length)
  const replicates: (number | null)[] = []
  for (let resample = 0; resample < resamples; resample += 1) {
    sampleMultinomial(random, table.counts, drawn)
    replicates.push(table.difference(drawn))
  }
  return summarize(table, replicates, confidence)
}

type PairedCases = { truth: readonly string[]; predA: readonly string[]; predB: readonly string[] }

export function cellsOfCases({ truth, predA, predB }: PairedCases): PairedCell[] {
  requireSameLength('truth', truth, 'predA', predA)
  requireSameLength('truth', truth, 'predB', predB)
  const cells = new Map<string, PairedCell>()
  for (const [index, expected] of truth.entries()) {
    const a = predA[index] as string
    const b = predB[index] as string
    const key = JSON.stringify([expected, a, b])
    const cell = cells.get(key)
    if (cell) cell.count += 1
    else cells.set(key, { truth: expected, predA: a, predB: b, count: 1 })
  }
  return [...cells.values()]
}

/**
 * `pairedBootstrapOfCells` for cases one by one. With `resampleIndices` the resamples are the rows given (each of n case indices), for
 * checking against other programs; otherwise they are drawn from `seed`.
 *
 * @throws RangeError also for arrays of unequal length, an index outside the cases, or neither indices nor seed.
 */
export function pairedBootstrap(
  input: MetricChoice &
    PairedCases & { resampleIndices?: readonly (readonly number[])[]; seed?: number; resamples?: number; confidence?: number },
): PairedBootstrap {
  const { truth, predA, predB, resampleIndices, seed, confidence = 0.95 } = input
  const cells = cellsOfCases(input)
  if (!resampleIndices) {
    if (seed === undefined) throw new RangeError('seed must be given where resampleIndices is not, got none')
    return pairedBootstrapOfCells({ ...input, cells, seed })
  }
  requireOpenProbability('confidence', confidence)
  const table = tabulate(input, cells)
  const positions = labelPositions(input.labels)
  const k = input.labels.length
  const cellAt = new Map<number, number>()
  for (const [cell, a] of table.inA.entries()) cellAt.set(a * k + ((table.inB[cell] as number) % k), cell)
  const cellOfCase = truth.map((expected, index) => {
    const [t, a, b] = [expected, predA[index] as string, predB[index] as string].map((label) => positions.get(label) as number)
    return cellAt.get(((t as number) * k + (a as number)) * k + (b as number)) as number
  })
  const drawn = new Float64Array(table.counts.length)
  const replicates = resampleIndices.map((row, resample) => {
    if (row.length !== truth.length)
      throw new RangeError(`resampleIndices[${resample}] must have ${truth.length} indices, got ${row.length}`)
    drawn.fill(0)
    for (const index of row) {
      const cell = cellOfCase[index]
      if (cell === undefined) throw new RangeError(`resampleIndices[${resample}] must hold indices of cases, got ${index}`)
      drawn[cell] = (drawn[cell] as number) + 1
    }
    return table.difference(drawn)
  })
  return summarize(table, replicates, confidence)
}
