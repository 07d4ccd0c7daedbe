import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createBettingConfidenceSequence,
  createRandom,
  hedgedBettingCS,
  type LockInRule,
  mcnemar,
  replayLockIn,
} from '~/domain/statistics/index'
import { nearly } from './_support/expectations'
import { monteCarloError, shareOf } from './_support/simulation'

/** The capital against m as the paper writes it, sums over the whole past at each step. */
function slowCapital(x: number[], m: number, alpha: number, population: number | null): number {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const estimate = (t: number) => (0.5 + sum(x.slice(0, t))) / (t + 1)
  const variance = (t: number) => (0.25 + sum(x.slice(0, t).map((value, i) => (value - estimate(i + 1)) ** 2))) / (t + 1)
  let above = 0.5
  let below = 0.5
  for (const [index, value] of x.entries()) {
    const t = index + 1
    const expected = population === null ? m : (population * m - sum(x.slice(0, index))) / (population - index)
    if (expected < 0 || expected > 1) return Number.POSITIVE_INFINITY
    const bet = Math.sqrt((2 * Math.log(2 / alpha)) / (t * Math.log(1 + t) * variance(t - 1)))
    above *= 1 + Math.min(bet, 0.5 / expected) * (value - expected)
    below *= 1 - Math.min(bet, 0.5 / (1 - expected)) * (value - expected)
  }
  return Math.max(above, below)
}

const observations = fc.array(fc.constantFrom(0, 0.5, 1), { maxLength: 60 })

describe('hedgedBettingCS', () => {
  it('agrees with the paper’s formulas, with and without replacement', () => {
    fc.assert(
      fc.property(observations, fc.option(fc.integer({ min: 60, max: 90 })), fc.constantFrom(0.05, 0.2), (x, population, alpha) => {
        const { capitalAtEnd, lowerAtEnd, upperAtEnd } = hedgedBettingCS({ x, alpha, N: population, m: [0.05, 0.5, 0.8], gridSize: 20 })
        for (const m of [0.05, 0.5, 0.8]) {
          const expected = slowCapital(x, m, alpha, population)
          expect(capitalAtEnd[m]).toEqual(expected === Number.POSITIVE_INFINITY ? 'Infinity' : nearly(expected, 1e-10))
        }
        const standing = Array.from({ length: 21 }, (_, step) => step / 20).filter((m) => slowCapital(x, m, alpha, population) <= 1 / alpha)
        const total = x.reduce<number>((sum, value) => sum + value, 0)
        const certain = population === null ? [0, 1] : [total / population, 1 - (x.length - total) / population]
        expect(lowerAtEnd).toBeCloseTo(Math.max(certain[0] as number, (standing[0] ?? 0) - 0.05), 12)
        expect(upperAtEnd).toBeCloseTo(Math.min(certain[1] as number, (standing.at(-1) ?? 1) + 0.05), 12)
      }),
    )
  })

  it('knows the mean once every one of N was seen', () => {
    const x = [1, 0, 0.5, 1]
    const { lowerAtEnd, upperAtEnd } = hedgedBettingCS({ x, alpha: 0.05, N: 4 })
    expect([lowerAtEnd, upperAtEnd]).toEqual([0.625, 0.625])
  })

  it('names what is out of range', () => {
    expect(() => hedgedBettingCS({ x: [0.5, 1.5], alpha: 0.05 })).toThrow('x[1] must be between 0 and 1, got 1.5')
    expect(() => hedgedBettingCS({ x: [1, 1], alpha: 0.05, N: 1 })).toThrow('x must hold at most N (1) observations')
    expect(() => hedgedBettingCS({ x: [], alpha: 1 })).toThrow('alpha must be above 0 and below 1, got 1')
    expect(() => hedgedBettingCS({ x: [], alpha: 0.1, m: [2] })).toThrow('m must hold means between 0 and 1, got 2')
  })
})

describe('createBettingConfidenceSequence', () => {
  it('gives after each observation what the whole gives at once', () => {
    const random = createRandom(33)
    const x = Array.from({ length: 80 }, () => random.nextInt(3) / 2)
    const sequence = createBettingConfidenceSequence({ alpha: 0.05, N: 200 })
    expect(sequence.interval()).toEqual({ lower: 0, upper: 1 })
    for (const [index, value] of x.entries()) {
      sequence.add(value)
      if (index % 20 !== 19) continue
      const { lowerAtEnd, upperAtEnd } = hedgedBettingCS({ x: x.slice(0, index + 1), alpha: 0.05, N: 200 })
      expect(sequence.interval()).toEqual({ lower: lowerAtEnd, upper: upperAtEnd })
      expect(sequence.n()).toBe(index + 1)
    }
  })

  it.each([null, 300])('holds the true mean at all times together as often as promised (N = %s)', (population) => {
    const runs = 300
    const length = 250
    const excluded = shareOf(runs, 70, (random) => {
      const values = Array.from({ length: 300 }, () => (random.next() < 0.06 ? 1 : random.next() < 0.04 ? 0 : 0.5))
      const order =
        population === null ? Array.from({ length }, () => values[random.nextInt(300)] as number) : random.shuffle(values).slice(0, length)
      const truth = values.reduce<number>((sum, value) => sum + value, 0) / 300
      const sequence = createBettingConfidenceSequence({ alpha: 0.1, N: population, gridSize: 100 })
      return order.some((value) => {
        sequence.add(value)
        const { lower, upper } = sequence.interval()
        return lower > truth + 1e-9 || upper < truth - 1e-9
      })
    })
    expect(excluded).toBeLessThanOrEqual(0.1 + monteCarloError(0.1, runs))
  })

  it('separates a better candidate, the sooner the larger the gain', () => {
    const stoppingTime = (gain: number) => {
      const random = createRandom(90)
      const sequence = createBettingConfidenceSequence({ alpha: 0.05, gridSize: 200 })
      while (sequence.interval().lower <= 0.5 && sequence.n() < 5000) {
        const u = random.next()
        sequence.add(u < 0.05 + gain ? 1 : u < 0.1 + gain ? 0 : 0.5)
      }
      return sequence.n()
    }
    expect(stoppingTime(0.3)).toBeLessThan(stoppingTime(0.12))
    expect(stoppingTime(0.12)).toBeLessThan(5000)
  })

  it('names options out of range', () => {
    expect(() => createBettingConfidenceSequence({ alpha: 0 })).toThrow('alpha must be above 0 and below 1, got 0')
    expect(() => createBettingConfidenceSequence({ alpha: 0.1, N: 0 })).toThrow('N must be a whole number of at least 1, got 0')
    expect(() => createBettingConfidenceSequence({ alpha: 0.1, gridSize: 1 })).toThrow(
      'gridSize must be a whole number of at least 2, got 1',
    )
  })
})

describe('replayLockIn', () => {
  const rules = fc.oneof(
    fc.record({ kind: fc.constant('netAtLeast' as const), value: fc.integer({ min: -8, max: 8 }) }),
    fc.record({ kind: fc.constant('brokenAtMost' as const), value: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ kind: fc.constant('mcnemarMidP' as const), alpha: fc.constantFrom(0.01, 0.05, 0.3) }),
  )

  const holds = (rule: LockInRule, n10: number, n01: number) => {
    if (rule.kind === 'netAtLeast') return n10 - n01 >= rule.value
    if (rule.kind === 'brokenAtMost') return n01 <= rule.value
    return n10 > n01 && mcnemar({ n10, n01 }).midP <= rule.alpha
  }

  it('agrees with trying every way the remaining cases can land', () => {
    fc.assert(
      fc.property(fc.nat(25), fc.nat(25), fc.nat(12), rules, (n10, n01, remaining, rule) => {
        const outcomes = new Set<boolean>()
        for (let k = 0; k <= remaining; k += 1) for (let j = 0; k + j <= remaining; j += 1) outcomes.add(holds(rule, n10 + k, n01 + j))
        const expected = outcomes.size === 2 ? null : outcomes.has(true) ? 'pass' : 'fail'
        expect(replayLockIn({ n10, n01, remaining, rule }).certain).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('names an unknown rule', () => {
    expect(() => replayLockIn({ n10: 0, n01: 0, remaining: 1, rule: { kind: 'always' } as unknown as LockInRule })).toThrow('got "always"')
    expect(() => replayLockIn({ n10: 0, n01: 0, remaining: -1, rule: { kind: 'netAtLeast', value: 0 } })).toThrow('remaining')
  })
})
