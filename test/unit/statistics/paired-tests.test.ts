import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cochranQ, mcnemar } from '~/domain/statistics/index'
import { closeTo } from './_support/expectations'
import { drawDiscordant, monteCarloError, shareOf } from './_support/simulation'

/** 2^m · P(X ≤ k), counted. */
function waysUpTo(k: number, m: number): bigint {
  let ways = 0n
  let choose = 1n
  for (let i = 0; i <= k; i += 1) {
    ways += choose
    choose = (choose * BigInt(m - i)) / BigInt(i + 1)
  }
  return ways
}

const shareOfWays = (ways: bigint, m: number) => Number((ways * 10n ** 20n) / 2n ** BigInt(m)) / 1e20

describe('mcnemar', () => {
  it('gives the printed figures', () => {
    // Agresti, prime-minister approval: 150 and 86.
    expect(mcnemar({ n10: 150, n01: 86 }).chi2).toBeCloseTo(17.36, 2)
    // Fagerland, Lydersen & Laake 2013, airway hyper-responsiveness: 1 and 7.
    const airway = mcnemar({ n10: 1, n01: 7 })
    expect(airway.exact).toBeCloseTo(0.0703, 4)
    expect(airway.midP).toBeCloseTo(0.0391, 4)
    expect(airway.pAsymptotic).toBeCloseTo(0.0339, 4)
    expect(airway.pCC).toBeCloseTo(0.0771, 4)
  })

  it('agrees with counting every outcome', () => {
    fc.assert(
      fc.property(fc.nat(150), fc.nat(150), (n10, n01) => {
        fc.pre(n10 + n01 > 0)
        const m = n10 + n01
        const smaller = Math.min(n10, n01)
        const { exact, midP, exactOneSided, midPOneSided } = mcnemar({ n10, n01 })
        const point = waysUpTo(smaller, m) - (smaller === 0 ? 0n : waysUpTo(smaller - 1, m))
        const atMost = waysUpTo(smaller, m)
        expect(exact).toBeCloseTo(Math.min(1, shareOfWays(2n * atMost, m)), 12)
        expect(midP).toBeCloseTo(n10 === n01 ? 1 - shareOfWays(point, m) / 2 : shareOfWays(2n * atMost - point, m), 12)
        const atLeast = 2n ** BigInt(m) - (n10 === 0 ? 0n : waysUpTo(n10 - 1, m))
        expect(exactOneSided).toBeCloseTo(shareOfWays(atLeast, m), 12)
        expect(midPOneSided).toBeCloseTo(shareOfWays(2n * atLeast - point, m) / 2, 12)
      }),
    )
  })

  it('does not care which version comes first, except one-sidedly', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (n10, n01) => {
        const there = mcnemar({ n10, n01 })
        const back = mcnemar({ n10: n01, n01: n10 })
        expect([there.exact, there.chi2, there.pCC]).toEqual([back.exact, back.chi2, back.pCC])
        expect(there.midP).toBeCloseTo(back.midP, 13)
        expect(there.midPOneSided + back.midPOneSided).toBeCloseTo(n10 + n01 > 0 ? 1 : 2, 12)
        for (const p of [there.exact, there.midP, there.pAsymptotic, there.pCC, there.exactOneSided]) {
          expect(p).toBeGreaterThanOrEqual(0)
          expect(p).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('has nothing to say where no case changed', () => {
    expect(mcnemar({ n10: 0, n01: 0 })).toEqual({
      exact: 1,
      midP: 1,
      chi2: null,
      pAsymptotic: 1,
      chi2cc: null,
      pCC: 1,
      exactOneSided: 1,
      midPOneSided: 1,
    })
  })

  it('rejects equal versions no more often than alpha', () => {
    const runs = 6000
    const alpha = 0.05
    const rejected = shareOf(runs, 8, (random) => mcnemar(drawDiscordant(random, 250, 0.08, 0.08)).midP <= alpha)
    expect(rejected).toBeLessThanOrEqual(alpha + monteCarloError(alpha, runs))
    expect(rejected).toBeGreaterThan(0.03)
  })

  it('refuses counts that are none', () => {
    expect(() => mcnemar({ n10: -2, n01: 1 })).toThrow('n10 must be a whole number of at least 0, got -2')
  })
})

describe('cochranQ', () => {
  const bit = fc.constantFrom(0, 1)

  it('is McNemar for two versions', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bit, bit), { minLength: 1, maxLength: 60 }), (correct) => {
        const n10 = correct.filter(([a, b]) => a > b).length
        const n01 = correct.filter(([a, b]) => a < b).length
        const { chi2, pAsymptotic } = mcnemar({ n10, n01 })
        const { q, df, p } = cochranQ({ correct })
        expect(df).toBe(1)
        expect(q).toEqual(closeTo(chi2, 10))
        expect(p).toBeCloseTo(pAsymptotic, 12)
      }),
    )
  })

  it('does not change with the order of cases and versions, or with unanimous cases', () => {
    const correct = [
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 1],
    ]
    const { q } = cochranQ({ correct })
    expect(q).toBeCloseTo(1.5, 12)
    expect(cochranQ({ correct: correct.toReversed().map((row) => row.toReversed()) }).q).toBeCloseTo(1.5, 12)
    expect(cochranQ({ correct: [...correct, [1, 1, 1], [0, 0, 0]] }).q).toBeCloseTo(1.5, 12)
  })

  it('is null where nothing differs, and reads booleans', () => {
    expect(cochranQ({ correct: [] })).toEqual({ q: null, df: null, p: null })
    expect(cochranQ({ correct: [[true, true]] })).toEqual({ q: null, df: 1, p: 1 })
  })

  it('names what is not 0 or 1, and ragged rows', () => {
    expect(() => cochranQ({ correct: [[0, 2]] })).toThrow('correct[0][1] must be 0 or 1, got 2')
    expect(() => cochranQ({ correct: [[0, 1], [1]] })).toThrow('correct[1] must have 2 values, got 1')
  })
})
