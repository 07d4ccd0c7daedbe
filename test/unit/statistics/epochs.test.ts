import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, epochs, pairwiseFlipMulticlass } from '~/domain/statistics/index'

const trials = fc
  .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 6 }))
  .chain(([cases, count]) =>
    fc.array(fc.array(fc.constantFrom(0, 1), { minLength: count, maxLength: count }), { minLength: cases, maxLength: cases }),
  )

/** All ways of choosing k of the values. */
function subsets(values: number[], k: number): number[][] {
  if (k === 0) return [[]]
  return values.flatMap((value, index) => subsets(values.slice(index + 1), k - 1).map((rest) => [value].concat(rest)))
}

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: number[]) => values.reduce((sum, value) => sum + (value - average(values)) ** 2, 0) / (values.length - 1)

describe('epochs', () => {
  it('agrees with the definitions, every choice of k epochs counted', () => {
    fc.assert(
      fc.property(trials, (rows) => {
        const count = rows[0]?.length ?? 0
        const result = epochs({ trials: rows })
        const means = rows.map(average)
        expect(result.mean).toBeCloseTo(average(means), 12)
        expect(result.seMean).toBeCloseTo(Math.sqrt(variance(means) / rows.length), 12)
        for (let k = 1; k <= count; k += 1) {
          const chosen = rows.map((row) => subsets(row, k))
          expect(result.passHatK[k - 1]).toBeCloseTo(
            average(chosen.map((sets) => average(sets.map((set) => Number(!set.includes(0)))))),
            12,
          )
          expect(result.passAtK[k - 1]).toBeCloseTo(average(chosen.map((sets) => average(sets.map((set) => Number(set.includes(1)))))), 12)
        }
        const within = average(rows.map(variance))
        expect(result.within).toBeCloseTo(within, 12)
        expect(result.between).toBeCloseTo(variance(means) - within / count, 12)
        const disagreeing = rows.map((row) => average(subsets(row, 2).map(([a, b]) => Number(a !== b))))
        expect(result.flipRatePairwise).toBeCloseTo(average(disagreeing), 12)
      }),
    )
  })

  it('is the multiclass figure for two labels', () => {
    fc.assert(
      fc.property(trials, (rows) => {
        const binary = epochs({ trials: rows })
        const labelled = pairwiseFlipMulticlass({ verdicts: rows.map((row) => row.map((value) => (value ? 'right' : 'wrong'))) })
        expect(labelled.flipRateAny).toBe(binary.flipRateAny)
        expect(labelled.flipRatePairwise).toEqual(binary.flipRatePairwise)
      }),
    )
  })

  it('finds the two variances that made the data', () => {
    const random = createRandom(21)
    const rows = Array.from({ length: 4000 }, () => {
      const chance = random.next()
      return Array.from({ length: 5 }, () => Number(random.next() < chance))
    })
    const { between, within } = epochs({ trials: rows })
    expect(between).toBeCloseTo(1 / 12, 1)
    expect(within).toBeCloseTo(1 / 6, 1)
  })

  it('has nothing to say about noise with one epoch', () => {
    expect(epochs({ trials: [[1], [0], [1]] })).toMatchObject({
      mean: 2 / 3,
      within: null,
      between: null,
      flipRatePairwise: null,
      flipRateAny: 0,
      passHatK: [2 / 3],
    })
  })

  it('counts a tie of the majority half', () => {
    expect(
      epochs({
        trials: [
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      }).majorityAccuracy,
    ).toBeCloseTo(0.5, 14)
  })

  it('takes cases with different numbers of epochs', () => {
    const result = epochs({ trials: [[1, 0, 1], [1], [0, 0]] })
    expect(result.mean).toBeCloseTo((2 / 3 + 1 + 0) / 3, 14)
    expect(result.within).toBeCloseTo((1 / 3 + 0) / 2, 14)
    expect(result.flipRatePairwise).toBeCloseTo((2 / 3 + 0) / 2, 14)
    expect(result.passHatK).toHaveLength(1)
  })

  it('is null without cases and refuses a case without epochs', () => {
    expect(epochs({ trials: [] })).toEqual({
      mean: null,
      within: null,
      varOfCaseMeans: null,
      between: null,
      betweenFloored: null,
      seMean: null,
      flipRateAny: null,
      flipRatePairwise: null,
      majorityAccuracy: null,
      passHatK: [],
      passAtK: [],
    })
    expect(() => epochs({ trials: [[1], []] })).toThrow('trials[1] must hold at least one epoch, got none')
    expect(() => epochs({ trials: [[2]] })).toThrow('trials[0][0] must be 0 or 1, got 2')
  })
})

describe('pairwiseFlipMulticlass', () => {
  it('measures disagreement and entropy', () => {
    const { flipRateAny, flipRatePairwise, meanEntropyBits } = pairwiseFlipMulticlass({
      verdicts: [
        ['a', 'b', 'c', 'd'],
        ['a', 'a', 'a', 'a'],
      ],
    })
    expect([flipRateAny, flipRatePairwise, meanEntropyBits]).toEqual([0.5, 0.5, 1])
    expect(pairwiseFlipMulticlass({ verdicts: [] })).toEqual({ flipRateAny: null, flipRatePairwise: null, meanEntropyBits: null })
    expect(pairwiseFlipMulticlass({ verdicts: [['a']] }).flipRatePairwise).toBeNull()
  })
})
