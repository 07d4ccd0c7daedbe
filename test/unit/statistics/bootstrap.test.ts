import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bootstrapInterval,
  cellsOfCases,
  classificationMetrics,
  type ComparisonMetric,
  createRandom,
  krippendorffAlpha,
  mean,
  pairedBootstrap,
  pairedBootstrapOfCells,
  pairedRandomizationExact,
  mcnemar,
  quantile,
  type Random,
  severityWeightedCost,
} from '~/domain/statistics/index'
import { monteCarloError, pick, shareOf } from './_support/simulation'

const labels = ['allow', 'warn', 'remove']
const cost = { allow: { allow: 0, warn: 1, remove: 2 }, warn: { allow: 2, warn: 0, remove: 1 }, remove: { allow: 5, warn: 3, remove: 0 } }

/** Cases on which a version is right with the chance given, else says anything. */
function drawCases(random: Random, n: number, rightA: number, rightB: number) {
  const truth = Array.from({ length: n }, () => pick(random, labels))
  const answer = (right: number) => truth.map((label) => (random.next() < right ? label : pick(random, labels)))
  return { truth, predA: answer(rightA), predB: answer(rightB) }
}

const metricOf = (metric: ComparisonMetric, truth: string[], predicted: string[]): number | null => {
  if (metric === 'cost') return severityWeightedCost({ truth, predicted, cost }).perCase
  const all = classificationMetrics({ truth, predicted, labels })
  if (metric === 'f1(remove)') return all.perClass['remove']?.f1 ?? null
  return all[metric as 'accuracy']
}

const metrics: ComparisonMetric[] = ['accuracy', 'macroF1', 'weightedF1', 'balancedAccuracy', 'mcc', 'kappa', 'f1(remove)', 'cost']

describe('pairedBootstrap with given resamples', () => {
  it.each(metrics)('of %s is what resampling case by case gives', (metric) => {
    const random = createRandom(3)
    const cases = drawCases(random, 25, 0.5, 0.7)
    const resampleIndices = Array.from({ length: 40 }, () => cases.truth.map(() => random.nextInt(25)))
    const result = pairedBootstrap({ ...cases, labels, metric, cost, resampleIndices, confidence: 0.9 })
    const at = (indices: number[]) => {
      const take = (values: string[]) => indices.map((index) => values[index] as string)
      const a = metricOf(metric, take(cases.truth), take(cases.predA))
      const b = metricOf(metric, take(cases.truth), take(cases.predB))
      return a === null || b === null ? null : b - a
    }
    const everyCase = cases.truth.map((_, index) => index)
    const observed = at(everyCase) as number
    const replicates = resampleIndices.map(at).filter((value) => value !== null)
    expect(result.observed).toBeCloseTo(observed, 12)
    expect(result.dropped).toBe(40 - replicates.length)
    for (const [index, replicate] of replicates.entries()) expect(result.replicates[index]).toBeCloseTo(replicate, 12)
    const centre = replicates.reduce((sum, value) => sum + value, 0) / replicates.length
    const se = Math.sqrt(replicates.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (replicates.length - 1))
    expect(result.se).toBeCloseTo(se, 12)
    const ascending = replicates.toSorted((a, b) => a - b)
    expect(result.percentile?.lower).toBeCloseTo(quantile(ascending, 0.05), 12)
    expect(result.percentile?.upper).toBeCloseTo(quantile(ascending, 0.95), 12)
    const jackknife = everyCase.map((left) => at(everyCase.filter((index) => index !== left))).filter((value) => value !== null)
    const middle = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length
    const power = (exponent: number) => jackknife.reduce((sum, value) => sum + (middle - value) ** exponent, 0)
    expect(result.bca?.acceleration).toBeCloseTo(power(3) / (6 * power(2) ** 1.5), 9)
  })

  it('calls less of a cost better', () => {
    const cases = { truth: ['remove', 'remove'], predA: ['allow', 'allow'], predB: ['remove', 'remove'] }
    const result = pairedBootstrap({ ...cases, labels, metric: 'cost', cost, resampleIndices: [[0, 1]] })
    expect(result.observed).toBe(-5)
    expect(result.shareBetter).toBe(1)
  })

  it('drops and counts a resample in which the metric is undefined', () => {
    const cases = { truth: ['allow', 'remove'], predA: ['allow', 'remove'], predB: ['allow', 'allow'] }
    const result = pairedBootstrap({
      ...cases,
      labels,
      metric: 'f1',
      positive: 'remove',
      resampleIndices: [
        [0, 0],
        [0, 1],
      ],
    })
    expect(result).toMatchObject({ dropped: 1, replicates: [-1], se: null })
  })

  it('is null for no cases and steady for equal versions', () => {
    const none = { truth: [], predA: [], predB: [] }
    expect(pairedBootstrap({ ...none, labels, metric: 'accuracy', seed: 1 })).toMatchObject({
      observed: null,
      se: null,
      percentile: null,
      bca: null,
      shareBetter: null,
    })
    const same = { truth: labels, predA: labels, predB: labels }
    expect(pairedBootstrap({ ...same, labels, metric: 'accuracy', seed: 1, resamples: 50 })).toMatchObject({
      observed: 0,
      se: 0,
      percentile: { lower: 0, upper: 0 },
      bca: null,
      shareBetter: 0.5,
    })
  })

  it('names what is wrong', () => {
    const cases = { truth: ['allow'], predA: ['allow'], predB: ['warn'] }
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'accuracy' })).toThrow('seed must be given')
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'accuracy', resampleIndices: [[1]] })).toThrow('got 1')
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'cost', seed: 1 })).toThrow('metric "cost" needs cost')
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'f1', seed: 1 })).toThrow('needs positive')
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'f1(block)', seed: 1 })).toThrow('got "block"')
    expect(() => pairedBootstrap({ ...cases, labels, metric: 'toString' as 'accuracy', seed: 1 })).toThrow('got "toString"')
    expect(() => pairedBootstrap({ ...cases, labels: ['allow'], metric: 'accuracy', seed: 1 })).toThrow('predB')
  })
})

describe('pairedBootstrapOfCells', () => {
  it('has the spread of resampling case by case', () => {
    const random = createRandom(17)
    const cases = drawCases(random, 300, 0.6, 0.65)
    const ofCells = pairedBootstrapOfCells({ cells: cellsOfCases(cases), labels, metric: 'macroF1', seed: 5, resamples: 4000 })
    const resampleIndices = Array.from({ length: 4000 }, () => cases.truth.map(() => random.nextInt(300)))
    const ofCases = pairedBootstrap({ ...cases, labels, metric: 'macroF1', resampleIndices })
    expect(ofCells.observed).toBeCloseTo(ofCases.observed as number, 12)
    expect((ofCells.se as number) / (ofCases.se as number)).toBeCloseTo(1, 1)
    const width = 6 * ((ofCases.se as number) / Math.sqrt(1000))
    for (const side of ['lower', 'upper'] as const) {
      expect(Math.abs((ofCells.percentile?.[side] as number) - (ofCases.percentile?.[side] as number))).toBeLessThan(width)
      expect(Math.abs((ofCells.bca?.[side] as number) - (ofCases.bca?.[side] as number))).toBeLessThan(width)
    }
    expect(ofCells.bca?.acceleration).toBeCloseTo(ofCases.bca?.acceleration as number, 10)
  })

  it('has the standard error of a paired difference of accuracies', () => {
    const cells = [
      { truth: 'allow', predA: 'allow', predB: 'allow', count: 900 },
      { truth: 'allow', predA: 'allow', predB: 'warn', count: 40 },
      { truth: 'warn', predA: 'allow', predB: 'warn', count: 60 },
    ]
    const { observed, se, percentile } = pairedBootstrapOfCells({ cells, labels, metric: 'accuracy', seed: 9 })
    const exact = Math.sqrt((0.1 - 0.02 ** 2) / 1000)
    expect(observed).toBeCloseTo(0.02, 12)
    expect((se as number) / exact).toBeCloseTo(1, 1)
    expect(percentile?.upper).toBeCloseTo(0.02 + 1.96 * exact, 2)
  })

  it('gives the same figures for the same seed, whatever the order of the cells', () => {
    const cells = cellsOfCases(drawCases(createRandom(2), 100, 0.5, 0.6))
    const run = (order: typeof cells, seed: number) =>
      pairedBootstrapOfCells({ cells: order, labels, metric: { cost }, seed, resamples: 200 })
    expect(run(cells, 4)).toEqual(run(cells.toReversed(), 4))
    expect(run(cells, 4).se).not.toBe(run(cells, 5).se)
  })

  it('calls two copies of one version different no more often than promised', () => {
    const runs = 300
    const share = shareOf(runs, 31, (random) => {
      const { percentile } = pairedBootstrap({
        ...drawCases(random, 150, 0.7, 0.7),
        labels,
        metric: 'macroF1',
        seed: random.nextInt(2 ** 32),
        resamples: 300,
      })
      return (percentile?.lower as number) > 0 || (percentile?.upper as number) < 0
    })
    expect(share).toBeLessThanOrEqual(0.05 + 0.015 + monteCarloError(0.05, runs))
  })
})

describe('bootstrapInterval', () => {
  it('gives the mean its textbook standard error', () => {
    const random = createRandom(12)
    const units = Array.from({ length: 400 }, () => random.next())
    const { observed, se, percentile, bca } = bootstrapInterval({ units, statistic: mean, seed: 3, resamples: 2000 })
    const variance = units.reduce((sum, value) => sum + (value - (observed as number)) ** 2, 0) / 400
    expect((se as number) / Math.sqrt(variance / 400)).toBeCloseTo(1, 1)
    expect(percentile?.lower).toBeLessThan(observed as number)
    expect(bca?.upper).toBeGreaterThan(observed as number)
  })

  it('puts an interval around an agreement of raters', () => {
    const units = Array.from({ length: 40 }, (_, index) =>
      index % 5 === 0 ? ['a', 'b', 'b'] : index % 2 ? ['a', 'a', 'a'] : ['b', 'b', 'b'],
    )
    const alpha = (sample: readonly string[][]) =>
      krippendorffAlpha({ ratings: [0, 1, 2].map((rater) => sample.map((unit) => unit[rater] ?? null)), level: 'nominal' }).alpha
    const { observed, percentile } = bootstrapInterval({ units, statistic: alpha, seed: 1, resamples: 500 })
    expect(percentile?.lower).toBeLessThan(observed as number)
    expect(percentile?.upper).toBeGreaterThan(observed as number)
    expect(percentile?.upper).toBeLessThanOrEqual(1)
  })

  it('is null for no units, and drops what is undefined', () => {
    expect(bootstrapInterval({ units: [], statistic: mean, seed: 1 })).toEqual({
      observed: null,
      dropped: 0,
      se: null,
      percentile: null,
      bca: null,
    })
    const never = bootstrapInterval({ units: [1, 2], statistic: () => null, seed: 1, resamples: 10 })
    expect(never).toEqual({ observed: null, dropped: 10, se: null, percentile: null, bca: null })
    expect(() => bootstrapInterval({ units: [1], statistic: mean, seed: 1, resamples: 0 })).toThrow(
      'resamples must be a whole number of at least 1, got 0',
    )
  })
})

describe('pairedRandomizationExact', () => {
  /** Every way of swapping, one by one. */
  function enumerate(metric: ComparisonMetric, { truth, predA, predB }: { truth: string[]; predA: string[]; predB: string[] }) {
    const different = truth.flatMap((_, index) => (predA[index] === predB[index] ? [] : [index]))
    const difference = (a: string[], b: string[]) => (metricOf(metric, truth, b) as number) - (metricOf(metric, truth, a) as number)
    const observed = difference(predA, predB)
    const direction = metric === 'cost' ? -1 : 1
    let two = 0
    let one = 0
    for (let mask = 0; mask < 2 ** different.length; mask += 1) {
      const a = [...predA]
      const b = [...predB]
      for (const [bit, index] of different.entries()) if ((mask >> bit) & 1) [a[index], b[index]] = [b[index] as string, a[index] as string]
      const value = difference(a, b)
      if (Math.abs(value) >= Math.abs(observed) - 1e-12) two += 1
      if (direction * (value - observed) >= -1e-12) one += 1
    }
    const arrangements = 2 ** different.length
    return { observed, pTwoSided: two / arrangements, pOneSidedBBetter: one / arrangements, arrangements }
  }

  it.each(['accuracy', 'macroF1', 'balancedAccuracy', 'cost'] as ComparisonMetric[])(
    'of %s agrees with swapping one case after the other',
    (metric) => {
      const random = createRandom(6)
      for (let run = 0; run < 6; run += 1) {
        const cases = drawCases(random, 14, 0.5, 0.7)
        const slow = enumerate(metric, cases)
        const fast = pairedRandomizationExact({ ...cases, labels, metric, cost })
        expect(fast).toMatchObject({ arrangements: slow.arrangements, method: 'exact' })
        for (const key of ['observed', 'pTwoSided', 'pOneSidedBBetter'] as const) expect(fast[key]).toBeCloseTo(slow[key], 11)
      }
    },
  )

  it('is McNemar’s exact test for accuracy, far beyond what can be enumerated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (fixed, broken) => {
        const truth = Array.from({ length: fixed + broken }, () => 'allow')
        const predA = truth.map((_, index) => (index < fixed ? 'remove' : 'allow'))
        const predB = truth.map((_, index) => (index < fixed ? 'allow' : 'remove'))
        const result = pairedRandomizationExact({ truth, predA, predB, labels, metric: 'accuracy' })
        const { exact, exactOneSided } = mcnemar({ n10: fixed, n01: broken })
        expect(result.pTwoSided).toBeCloseTo(exact, 11)
        expect(result.pOneSidedBBetter).toBeCloseTo(exactOneSided, 11)
      }),
      { numRuns: 30 },
    )
  })

  it('estimates where there are too many arrangements, given a seed', () => {
    const cases = drawCases(createRandom(40), 1200, 0.5, 0.53)
    expect(() => pairedRandomizationExact({ ...cases, labels, metric: 'accuracy' })).toThrow('seed must be given')
    const { pTwoSided, pOneSidedBBetter, method } = pairedRandomizationExact({
      ...cases,
      labels,
      metric: 'accuracy',
      seed: 4,
      resamples: 4000,
    })
    const right = (predicted: string[]) => predicted.map((label, index) => label === cases.truth[index])
    const [a, b] = [right(cases.predA), right(cases.predB)]
    const n10 = b.filter((value, index) => value && !a[index]).length
    const n01 = a.filter((value, index) => value && !b[index]).length
    const { exact, exactOneSided } = mcnemar({ n10, n01 })
    expect(method).toBe('monteCarlo')
    expect(Math.abs((pTwoSided as number) - exact)).toBeLessThan(monteCarloError(exact, 4000) + 1e-3)
    expect(Math.abs((pOneSidedBBetter as number) - exactOneSided)).toBeLessThan(monteCarloError(exactOneSided, 4000) + 1e-3)
  })

  it('is 1 for equal versions and null for no cases', () => {
    expect(pairedRandomizationExact({ truth: labels, predA: labels, predB: labels, labels, metric: 'mcc' })).toMatchObject({
      observed: 0,
      pTwoSided: 1,
      arrangements: 1,
    })
    expect(pairedRandomizationExact({ truth: [], predA: [], predB: [], labels, metric: 'mcc' })).toMatchObject({
      observed: null,
      pTwoSided: null,
    })
  })
})
