import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialProbability, clopperPearson, type Interval, newcombeIndependent, wilsonInterval } from '~/domain/statistics/index'

/** Newcombe 1998, Stat Med 17:857, table I. */
const published: [number, number, [number, number], [number, number]][] = [
  [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
  [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
  [0, 20, [0, 0.1611], [0, 0.1684]],
  [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
]

const rounded = ({ lower, upper }: Interval) => [Number(lower.toFixed(4)), Number(upper.toFixed(4))]
const counts = fc.integer({ min: 1, max: 3000 }).chain((n) => fc.record({ n: fc.constant(n), successes: fc.nat(n) }))
const confidences = fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.999)

describe('intervals of one share', () => {
  it.each(published)('%d of %d as Newcombe printed it', (successes, n, wilson, exact) => {
    expect(rounded(wilsonInterval({ successes, n }))).toEqual(wilson)
    expect(rounded(clopperPearson({ successes, n }))).toEqual(exact)
  })

  it('knows nothing without cases, and touches 0 and 1 exactly', () => {
    for (const interval of [wilsonInterval, clopperPearson]) {
      expect(interval({ successes: 0, n: 0 })).toEqual({ lower: 0, upper: 1 })
      expect(interval({ successes: 0, n: 7 }).lower).toBe(0)
      expect(interval({ successes: 7, n: 7 }).upper).toBe(1)
    }
  })

  it('follows the rule of three where nothing was missed', () => {
    for (const n of [10, 100, 1000]) {
      const { upper } = clopperPearson({ successes: 0, n, confidence: 0.9 })
      expect(upper).toBeCloseTo(1 - 0.05 ** (1 / n), 12)
    }
  })

  it.each([wilsonInterval, clopperPearson])('$name holds the share, mirrors, widens with confidence, narrows with n', (interval) => {
    fc.assert(
      fc.property(counts, confidences, ({ successes, n }, confidence) => {
        const { lower, upper } = interval({ successes, n, confidence })
        expect(lower).toBeGreaterThanOrEqual(0)
        expect(upper).toBeLessThanOrEqual(1)
        expect(lower).toBeLessThanOrEqual(successes / n)
        expect(upper).toBeGreaterThanOrEqual(successes / n)
        const mirrored = interval({ successes: n - successes, n, confidence })
        expect(mirrored.lower).toBeCloseTo(1 - upper, 11)
        const wider = interval({ successes, n, confidence: (1 + confidence) / 2 })
        expect(wider.lower).toBeLessThanOrEqual(lower)
        expect(wider.upper).toBeGreaterThanOrEqual(upper)
        const more = interval({ successes: successes * 4, n: n * 4, confidence })
        expect(more.upper - more.lower).toBeLessThan(upper - lower)
      }),
    )
  })

  /** Exact coverage: the binomial probability of the counts whose interval holds p. */
  const coverage = (interval: typeof wilsonInterval, n: number, p: number) => {
    let covered = 0
    for (let successes = 0; successes <= n; successes += 1) {
      const { lower, upper } = interval({ successes, n })
      if (lower <= p && p <= upper) covered += binomialProbability(successes, n, p)
    }
    return covered
  }
  const grid = Array.from({ length: 99 }, (_, index) => (index + 1) / 100)

  it('covers at least as often as promised (exact interval), or so on average (Wilson)', () => {
    expect(Math.min(...grid.map((p) => coverage(clopperPearson, 30, p)))).toBeGreaterThanOrEqual(0.95)
    const wilson = grid.map((p) => coverage(wilsonInterval, 30, p))
    expect(wilson.reduce((sum, value) => sum + value, 0) / wilson.length).toBeGreaterThan(0.945)
    expect(Math.min(...wilson)).toBeGreaterThan(0.83)
  })

  it('takes a fractional effective sample size', () => {
    const whole = wilsonInterval({ successes: 45, n: 50 })
    const fewer = wilsonInterval({ successes: 22.5, n: 25 })
    expect(fewer.lower).toBeLessThan(whole.lower)
  })

  it.each([
    [{ successes: -1, n: 3 }, 'successes'],
    [{ successes: 4, n: 3 }, 'successes must be at most n (3), got 4'],
    [{ successes: 1, n: Number.NaN }, 'n must be'],
    [{ successes: 1, n: 3, confidence: 1 }, 'confidence must be above 0 and below 1, got 1'],
  ])('refuses %j', (input, message) => {
    expect(() => wilsonInterval(input)).toThrow(message)
    expect(() => clopperPearson(input)).toThrow(message)
  })
})

describe('newcombeIndependent', () => {
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('%d/%d against %d/%d as Newcombe 1998b printed it', (x1, n1, x2, n2, lower, upper) => {
    const interval = newcombeIndependent({ x1, n1, x2, n2 })
    expect(interval.diff).toBeCloseTo(x1 / n1 - x2 / n2, 14)
    expect([Number(interval.lower?.toFixed(4)), Number(interval.upper?.toFixed(4))]).toEqual([lower, upper])
  })

  it('mirrors when the sets change places, and needs both', () => {
    const there = newcombeIndependent({ x1: 5, n1: 9, x2: 3, n2: 11 })
    const back = newcombeIndependent({ x1: 3, n1: 11, x2: 5, n2: 9 })
    expect(back.lower).toBeCloseTo(-(there.upper ?? Number.NaN), 14)
    expect(newcombeIndependent({ x1: 0, n1: 0, x2: 3, n2: 11 })).toEqual({ diff: null, lower: null, upper: null })
    expect(() => newcombeIndependent({ x1: 3, n1: 2, x2: 3, n2: 11 })).toThrow('x1 must be at most n1 (2), got 3')
  })
})
