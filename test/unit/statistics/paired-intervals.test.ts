import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binomialProbability,
  mcnemar,
  newcombePaired,
  nonInferiorityPaired,
  tangoScoreInterval,
  twoSidedZ,
} from '~/domain/statistics/index'
import { drawDiscordant, monteCarloError, shareOf } from './_support/simulation'

const discordant = fc
  .integer({ min: 1, max: 800 })
  .chain((n) => fc.tuple(fc.constant(n), fc.nat(n)))
  .chain(([n, total]) => fc.record({ n: fc.constant(n), n10: fc.nat(total) }).map(({ n10 }) => ({ n, n10, n01: total - n10 })))

const limits = (interval: { lower: number | null; upper: number | null }, digits: number) => [
  Number(interval.lower?.toFixed(digits)),
  Number(interval.upper?.toFixed(digits)),
]

describe('newcombePaired', () => {
  it.each([
    // Newcombe 1998, Stat Med 17:2635; Fagerland, Lydersen & Laake 2014, table of airway hyper-responsiveness and others.
    [20, 12, 2, 16, [0.0562, 0.3292]],
    [59, 6, 16, 80, [-0.1186, -0.0046]],
    [1, 0, 0, 1, [-0.5734, 0.5734]],
  ])('%d, %d, %d, %d as printed', (n11, n10, n01, n00, expected) => {
    expect(limits(newcombePaired({ n11, n10, n01, n00 }), 4)).toEqual(expected)
  })

  it('without the continuity correction is method 8', () => {
    expect(limits(newcombePaired({ n11: 20, n10: 12, n01: 2, n00: 16, method: 8 }), 4)).toEqual([0.0618, 0.3242])
  })

  it('mirrors when the versions change places, and stays within −1 and 1', () => {
    const cell = fc.nat(60)
    fc.assert(
      fc.property(cell, cell, cell, cell, (n11, n10, n01, n00) => {
        fc.pre(n11 + n10 + n01 + n00 > 0)
        const there = newcombePaired({ n11, n10, n01, n00 })
        const back = newcombePaired({ n11, n10: n01, n01: n10, n00 })
        expect(back.lower).toBeCloseTo(-(there.upper as number), 12)
        expect(there.lower).toBeGreaterThanOrEqual(-1)
        expect(there.upper).toBeLessThanOrEqual(1)
        expect(there.lower).toBeLessThanOrEqual((there.diff as number) + 1e-15)
        expect(there.upper).toBeGreaterThanOrEqual((there.diff as number) - 1e-15)
      }),
    )
  })

  it('has no width where the versions agree on every case, half of them right, and no correction is taken off', () => {
    expect(newcombePaired({ n11: 10, n10: 0, n01: 0, n00: 10, method: 8 })).toEqual({ diff: 0, lower: 0, upper: 0 })
  })

  it('is null without cases', () => {
    expect(newcombePaired({ n11: 0, n10: 0, n01: 0, n00: 0 })).toEqual({ diff: null, lower: null, upper: null })
  })
})

const limitsOf = (input: { n10: number; n01: number; n: number }) => tangoScoreInterval(input) as { lower: number; upper: number }

/** Log-likelihood of only-version-2-right q, with only-version-1-right q + δ. */
const logLikelihood = (input: { n10: number; n01: number; n: number }, delta: number, q: number) => {
  const term = (count: number, p: number) => (count === 0 ? 0 : count * Math.log(p))
  return term(input.n10, q + delta) + term(input.n01, q) + term(input.n - input.n10 - input.n01, 1 - 2 * q - delta)
}

/** Tango's z by its definition: the constrained maximum found by golden-section search. */
function slowTangoZ(input: { n10: number; n01: number; n: number }, delta: number): number {
  let low = Math.max(0, -delta)
  let high = (1 - delta) / 2
  const golden = (Math.sqrt(5) - 1) / 2
  for (let step = 0; step < 120; step += 1) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (logLikelihood(input, delta, left) < logLikelihood(input, delta, right)) low = left
    else high = right
  }
  const q = (low + high) / 2
  return (input.n10 - input.n01 - input.n * delta) / Math.sqrt(input.n * (2 * q + delta - delta * delta))
}

describe('tangoScoreInterval', () => {
  it.each([
    // Tango 1998, table VII; Agresti & Min 2005; Tang et al. 2010.
    [9, 3, 32, [-0.027, 0.39], 3],
    [16, 8, 86, [-0.02, 0.207], 3],
    [3, 1, 14, [-0.167, 0.4327], 4],
    [3, 0, 3, [-0.123, 1], 3],
  ])('%d, %d of %d as printed', (n10, n01, n, expected, digits) => {
    expect(limits(tangoScoreInterval({ n10, n01, n }), digits)).toEqual(expected)
  })

  it('has limits at which the score test, done from its definition, just rejects', () => {
    for (const input of [
      { n10: 9, n01: 3, n: 32 },
      { n10: 1, n01: 12, n: 60 },
      { n10: 44, n01: 61, n: 2000 },
      { n10: 5, n01: 0, n: 100 },
    ]) {
      const { lower, upper } = tangoScoreInterval(input)
      expect(slowTangoZ(input, lower as number)).toBeCloseTo(twoSidedZ(0.95), 4)
      expect(slowTangoZ(input, upper as number)).toBeCloseTo(-twoSidedZ(0.95), 4)
    }
  })

  it('leaves out 0 exactly when McNemar rejects, mirrors, and widens with confidence', () => {
    fc.assert(
      fc.property(discordant, (input) => {
        const { lower, upper, diff } = tangoScoreInterval(input) as { lower: number; upper: number; diff: number }
        expect(lower).toBeGreaterThanOrEqual(-1)
        expect(upper).toBeLessThanOrEqual(1)
        expect(lower).toBeLessThanOrEqual(diff)
        expect(upper).toBeGreaterThanOrEqual(diff)
        expect(lower > 0 || upper < 0).toBe(mcnemar(input).pAsymptotic < 0.05)
        expect(tangoScoreInterval({ ...input, n10: input.n01, n01: input.n10 }).lower).toBeCloseTo(-upper, 12)
        const wider = tangoScoreInterval({ ...input, confidence: 0.99 }) as { lower: number; upper: number }
        expect(wider.lower).toBeLessThanOrEqual(lower)
        expect(wider.upper).toBeGreaterThanOrEqual(upper)
      }),
    )
  })

  it('has a closed form where no case differs', () => {
    const z = twoSidedZ(0.95)
    expect(tangoScoreInterval({ n10: 0, n01: 0, n: 250 }).upper).toBeCloseTo((z * z) / (250 + z * z), 13)
  })

  it('covers the true difference about as often as promised', () => {
    const runs = 4000
    const covered = shareOf(runs, 20, (random) => {
      const { lower, upper } = tangoScoreInterval(drawDiscordant(random, 200, 0.1, 0.05)) as { lower: number; upper: number }
      return lower <= 0.05 && upper >= 0.05
    })
    expect(Math.abs(covered - 0.95)).toBeLessThan(0.01 + monteCarloError(0.95, runs))
  })

  it.each([5, 14, 20, 40])('covers it with few cases too, counted over every table: n = %d', (n) => {
    const tables = Array.from({ length: n + 1 }, (_, n10) =>
      Array.from({ length: n - n10 + 1 }, (_unused, n01) => ({ n10, n01, ...limitsOf({ n10, n01, n }) })),
    ).flat()
    const shares = [0.005, 0.03, 0.1, 0.3]
    for (const [p10, p01] of shares.flatMap((first) => shares.map((second) => [first, second] as const))) {
      let covered = 0
      for (const { n10, n01, lower, upper } of tables)
        if (lower <= p10 - p01 + 1e-12 && upper >= p10 - p01 - 1e-12)
          covered += binomialProbability(n10 + n01, n, p10 + p01) * binomialProbability(n10, n10 + n01, p10 / (p10 + p01))
      expect(covered).toBeGreaterThan(0.94)
    }
  })

  it('refuses impossible counts', () => {
    expect(() => tangoScoreInterval({ n10: 3, n01: 3, n: 5 })).toThrow('n10 + n01 must be at most n (5), got 6')
    expect(() => tangoScoreInterval({ n10: 0.5, n01: 3, n: 5 })).toThrow('n10 must be a whole number of at least 0, got 0.5')
  })
})

describe('nonInferiorityPaired', () => {
  it("gives Tango's z for his lens example", () => {
    const result = nonInferiorityPaired({ n10: 0, n01: 1, n: 44, margin: 0.1 })
    expect(result.z).toBeCloseTo(1.709, 3)
    expect(result.verdict).toBe('not worse')
  })

  it('says "not worse" exactly when its p is below alpha, and reads the interval for the rest', () => {
    fc.assert(
      fc.property(discordant, fc.constantFrom(0.01, 0.02, 0.05, 0.2), fc.constantFrom(0.01, 0.025, 0.05), (input, margin, alpha) => {
        const { verdict, pOneSided, lower, upper } = nonInferiorityPaired({ ...input, margin, alpha }) as {
          verdict: string
          pOneSided: number
          lower: number
          upper: number
        }
        expect(verdict === 'better' || verdict === 'not worse').toBe(pOneSided < alpha)
        expect(verdict === 'better').toBe(lower > 0)
        expect(verdict === 'worse').toBe(upper < -margin)
      }),
    )
  })

  it('calls two copies of one version better or worse no more often than alpha', () => {
    const runs = 4000
    const alpha = 0.05
    const verdicts = (p10: number, p01: number, seed: number, wanted: string) =>
      shareOf(
        runs,
        seed,
        (random) => nonInferiorityPaired({ ...drawDiscordant(random, 400, p10, p01), margin: 0.03, alpha }).verdict === wanted,
      )
    const limit = alpha + monteCarloError(alpha, runs)
    expect(verdicts(0.05, 0.05, 1, 'better')).toBeLessThanOrEqual(limit)
    expect(verdicts(0.05, 0.05, 2, 'worse')).toBeLessThanOrEqual(limit)
    expect(verdicts(0.05, 0.05, 1, 'better')).toBeGreaterThan(0.02)
  })

  it('lets a candidate that is worse by the whole margin pass no more often than alpha', () => {
    const runs = 4000
    const passed = shareOf(runs, 3, (random) => {
      const { verdict } = nonInferiorityPaired({ ...drawDiscordant(random, 400, 0.04, 0.07), margin: 0.03, alpha: 0.05 })
      return verdict === 'better' || verdict === 'not worse'
    })
    expect(passed).toBeLessThanOrEqual(0.05 + 0.005 + monteCarloError(0.05, runs))
  })

  it('is inconclusive without cases, and refuses a margin of 0', () => {
    expect(nonInferiorityPaired({ n10: 0, n01: 0, n: 0, margin: 0.02 })).toEqual({
      z: null,
      pOneSided: null,
      lower: null,
      upper: null,
      diff: null,
      verdict: 'inconclusive',
    })
    expect(() => nonInferiorityPaired({ n10: 0, n01: 0, n: 9, margin: 0 })).toThrow('margin must be above 0 and below 1, got 0')
    expect(() => nonInferiorityPaired({ n10: 0, n01: 0, n: 9, margin: 0.1, alpha: 0.5 })).toThrow(
      'alpha must be above 0 and below 0.5, got 0.5',
    )
  })
})
