import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignSplits, splitNames } from '~/domain/golden-set/splits'

const cases = Array.from({ length: 500 }, (_, index) => ({ id: `case-${index}`, stratum: index % 5 === 0 ? 'violates' : 'allowed' }))
const count = (splits: ReadonlyMap<string, string>, name: string, stratum?: string) =>
  cases.filter(({ id, stratum: own }) => splits.get(id) === name && (stratum === undefined || own === stratum)).length

describe('assignSplits', () => {
  it('divides each stratum in the same shares', () => {
    const splits = assignSplits({ cases, clusters: [], seed: 1 })
    expect(splitNames.map((name) => count(splits, name))).toEqual([300, 100, 100])
    expect(splitNames.map((name) => count(splits, name, 'violates'))).toEqual([60, 20, 20])
  })

  it('keeps clusters on one side, gives every case a split and does not depend on the order of the cases', () => {
    const clusterOf = fc.array(fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 2, maxLength: 6 }), { maxLength: 30 })
    fc.assert(
      fc.property(clusterOf, fc.integer({ min: 0, max: 1_000 }), (numbers, seed) => {
        const some = cases.slice(0, 100)
        const clusters = numbers.map((cluster) => cluster.map((number) => `case-${number}`))
        const splits = assignSplits({ cases: some, clusters, seed })
        expect(splits.size).toBe(100)
        for (const cluster of clusters) expect(new Set(cluster.map((id) => splits.get(id))).size).toBe(1)
        expect(assignSplits({ cases: some.toReversed(), clusters, seed })).toEqual(splits)
      }),
    )
  })

  it('uses no split with a share of 0, and another seed divides otherwise', () => {
    const shares = { train: 0.5, validation: 0, holdout: 0.5 }
    const splits = assignSplits({ cases, clusters: [], shares, seed: 1 })
    expect(count(splits, 'validation')).toBe(0)
    expect(assignSplits({ cases, clusters: [], shares, seed: 2 })).not.toEqual(splits)
  })

  it('refuses shares that do not sum to 1', () => {
    expect(() => assignSplits({ cases, clusters: [], shares: { train: 1, validation: 0.5, holdout: 0 }, seed: 1 })).toThrow('sum to 1')
  })
})
