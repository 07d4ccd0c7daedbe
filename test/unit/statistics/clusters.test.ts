import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusteredPairedDifference, clusteredStandardError, designEffect, type Random, studentTQuantile } from '~/domain/statistics/index'
import { closeTo } from './_support/expectations'
import { monteCarloError, shareOf } from './_support/simulation'

const rows = fc.array(fc.record({ score: fc.integer({ min: -8, max: 8 }), cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e') }), {
  minLength: 2,
  maxLength: 50,
})
const columns = (data: { score: number; cluster: string }[]) => ({
  scores: data.map(({ score }) => score / 4),
  clusters: data.map(({ cluster }) => cluster),
})

describe('clusteredStandardError', () => {
  it('agrees with the definitions over pairs of cases', () => {
    fc.assert(
      fc.property(rows, (data) => {
        const { scores, clusters } = columns(data)
        const n = scores.length
        const centre = scores.reduce((sum, value) => sum + value, 0) / n
        let naive = 0
        let together = 0
        let others = 0
        for (const [i, a] of scores.entries()) {
          naive += (a - centre) ** 2 / (n * (n - 1))
          for (const [j, b] of scores.entries()) {
            if (clusters[i] !== clusters[j]) continue
            const product = ((a - centre) * (b - centre)) / (n * n)
            together += product
            if (i !== j) others += product
          }
        }
        const result = clusteredStandardError({ scores, clusters })
        expect(result.mean).toBeCloseTo(centre, 12)
        expect((result.seNaive as number) ** 2).toBeCloseTo(naive, 10)
        expect((result.seCR0 as number) ** 2).toBeCloseTo(together, 10)
        expect((result.seMiller as number) ** 2).toBeCloseTo(naive + others, 10)
        const groups = new Set(clusters).size
        expect(result.clusters).toBe(groups)
        expect(result.seCR1 === null ? null : result.seCR1 ** 2).toEqual(
          closeTo(groups < 2 ? null : (together * groups) / (groups - 1), 10),
        )
      }),
    )
  })

  it('is the ordinary standard error where every case is its own cluster', () => {
    const scores = [1, 0, 0.5, 1, 0, 0, 1]
    const { seNaive, seMiller, seCR1 } = clusteredStandardError({ scores, clusters: scores.map((_, index) => `c${index}`) })
    expect(seMiller).toBeCloseTo(seNaive as number, 14)
    expect(seCR1).toBeCloseTo(seNaive as number, 14)
  })

  it('is null where there is nothing to estimate from', () => {
    expect(clusteredStandardError({ scores: [], clusters: [] })).toEqual({
      mean: null,
      seNaive: null,
      seMiller: null,
      seCR0: null,
      seCR1: null,
      clusters: 0,
    })
    expect(clusteredStandardError({ scores: [1], clusters: ['a'] })).toMatchObject({ mean: 1, seNaive: null, seMiller: null, seCR1: null })
    expect(() => clusteredStandardError({ scores: [1, Number.NaN], clusters: ['a', 'b'] })).toThrow(
      'scores[1] must be a finite number, got NaN',
    )
    expect(() => clusteredStandardError({ scores: [1], clusters: [] })).toThrow('scores and clusters must be of one length, got 1 and 0')
  })
})

describe('designEffect', () => {
  it('is the textbook analysis of variance for equal clusters', () => {
    // Three clusters of two: MSB = 1/2, MSW = 1/6.
    const result = designEffect({ scores: [1, 1, 0, 1, 0, 0], clusters: ['a', 'a', 'b', 'b', 'c', 'c'] })
    expect(result.icc).toBeCloseTo((1 / 2 - 1 / 6) / (1 / 2 + 1 / 6), 12)
    expect(result).toMatchObject({ meanClusterSize: 2 })
    expect(result.deff).toBeCloseTo(1.5, 12)
    expect(result.nEffective).toBeCloseTo(4, 12)
  })

  it('counts clones as one case, and never more than there are', () => {
    const clones = designEffect({ scores: [1, 1, 1, 0, 0, 0, 0.5, 0.5, 0.5], clusters: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'] })
    expect(clones.icc).toBeCloseTo(1, 12)
    expect(clones.nEffective).toBeCloseTo(3, 12)
    fc.assert(
      fc.property(rows, (data) => {
        const { icc, nEffective } = designEffect(columns(data))
        if (icc === null) return
        expect(icc).toBeLessThanOrEqual(1 + 1e-12)
        expect(nEffective).toBeLessThanOrEqual(data.length)
      }),
    )
  })

  it('is null without replication or variance', () => {
    expect(designEffect({ scores: [1, 0], clusters: ['a', 'b'] }).icc).toBeNull()
    expect(designEffect({ scores: [1, 0], clusters: ['a', 'a'] }).icc).toBeNull()
    expect(designEffect({ scores: [0.1, 0.1, 0.1], clusters: ['a', 'a', 'b'] })).toEqual({
      icc: null,
      meanClusterSize: 1.5,
      deff: null,
      nEffective: null,
    })
    expect(designEffect({ scores: [], clusters: [] })).toEqual({ icc: null, meanClusterSize: null, deff: null, nEffective: null })
  })
})

describe('clusteredPairedDifference', () => {
  /** Differences that share a shift within their cluster; their true mean is 0. */
  function drawClusters(random: Random, clusters: number) {
    const differences: number[] = []
    const ids: string[] = []
    for (let cluster = 0; cluster < clusters; cluster += 1) {
      const shift = (random.next() - 0.5) * 0.6
      for (let member = 0; member < 6; member += 1) {
        const u = random.next()
        differences.push(u < 0.2 + shift / 2 ? 1 : u > 0.8 + shift / 2 ? -1 : 0)
        ids.push(`c${cluster}`)
      }
    }
    return { differences, clusters: ids }
  }

  it('refuses an interval below 5 clusters and warns below 30', () => {
    const few = clusteredPairedDifference({ differences: [1, 0, -1, 0], clusters: ['a', 'b', 'c', 'd'] })
    expect(few).toEqual({
      estimate: 0,
      lower: null,
      upper: null,
      se: null,
      clusters: 4,
      method: 'cr1-t',
      warning: 'no interval: 4 clusters, at least 5 are needed',
    })
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`)
    const some = clusteredPairedDifference({ differences: ids(5).map((_, index) => index % 2), clusters: ids(5) })
    expect(some.warning).toBe('only 5 clusters: the interval may be too narrow')
    expect(some.upper).toBeCloseTo(0.4 + studentTQuantile(0.975, 4) * Math.sqrt(0.3 / 5), 12)
    expect(clusteredPairedDifference({ differences: ids(30).map((_, index) => index % 2), clusters: ids(30) }).warning).toBeUndefined()
    expect(clusteredPairedDifference({ differences: [], clusters: [] })).toMatchObject({ estimate: null, clusters: 0 })
  })

  it('covers the true difference about as often as promised, where the naive interval does not', () => {
    const runs = 1500
    const covered = shareOf(runs, 50, (random) => {
      const { lower, upper } = clusteredPairedDifference(drawClusters(random, 20)) as { lower: number; upper: number }
      return lower <= 0 && upper >= 0
    })
    const naive = shareOf(runs, 50, (random) => {
      const { differences, clusters } = drawClusters(random, 20)
      const { mean, seNaive } = clusteredStandardError({ scores: differences, clusters }) as { mean: number; seNaive: number }
      return Math.abs(mean) <= 1.96 * seNaive
    })
    expect(Math.abs(covered - 0.95)).toBeLessThan(0.015 + monteCarloError(0.95, runs))
    expect(naive).toBeLessThan(0.94)
  })
})
