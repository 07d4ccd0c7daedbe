import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binomialProbability,
  casesNeeded,
  mcnemar,
  mcnemarPower,
  mcnemarSampleSize,
  nonInferiorityPaired,
  smallestDetectableShift,
} from '~/domain/statistics/index'
import { drawDiscordant, monteCarloError, shareOf } from './_support/simulation'

/** The power by its definition: every (n10, n01), weighed by the trinomial. */
function slowPower(p10: number, p01: number, n: number, alpha: number, test: 'exact' | 'midP') {
  let ahead = 0
  let any = 0
  for (let m = 0; m <= n; m += 1) {
    for (let n10 = 0; n10 <= m; n10 += 1) {
      if (mcnemar({ n10, n01: m - n10 })[test] > alpha) continue
      const weight = binomialProbability(m, n, p10 + p01) * binomialProbability(n10, m, p10 / (p10 + p01))
      any += weight
      if (n10 > m - n10 === p10 >= p01) ahead += weight
    }
  }
  return { ahead, any }
}

describe('mcnemarPower', () => {
  it.each([
    [0.1, 0.05, 60, 0.05, 'exact'],
    [0.1, 0.05, 60, 0.05, 'midP'],
    [0.03, 0.2, 50, 0.01, 'midP'],
    [0.2, 0.2, 40, 0.1, 'exact'],
    [0, 0.05, 80, 0.05, 'exact'],
  ] as const)('with %d and %d on %d cases at alpha %d (%s) is the sum over every table', (p10, p01, n, alpha, test) => {
    const { powerRightDirection, rejectAny } = mcnemarPower({ p10, p01, n, alpha, test })
    const slow = slowPower(p10, p01, n, alpha, test)
    expect(powerRightDirection).toBeCloseTo(slow.ahead, 12)
    expect(rejectAny).toBeCloseTo(slow.any, 12)
  })

  it('never lets the exact test reject equal versions more often than alpha', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (n, p) => {
        const { rejectAny, powerRightDirection } = mcnemarPower({ p10: p, p01: p, n })
        expect(rejectAny).toBeLessThanOrEqual(0.05)
        expect(powerRightDirection).toBeCloseTo(rejectAny / 2, 12)
      }),
    )
  })

  it('is what simulated replays show', () => {
    const runs = 3000
    const { powerRightDirection } = mcnemarPower({ p10: 0.08, p01: 0.03, n: 400, test: 'midP' })
    const seen = shareOf(runs, 14, (random) => {
      const sample = drawDiscordant(random, 400, 0.08, 0.03)
      return sample.n10 > sample.n01 && mcnemar(sample).midP <= 0.05
    })
    expect(Math.abs(seen - powerRightDirection)).toBeLessThan(monteCarloError(powerRightDirection, runs))
  })

  it('takes shares that add up to 1 but for rounding', () => {
    expect(mcnemarPower({ p10: 0.49 + 0.21 + 1e-15, p01: 0.3, n: 40 }).rejectAny).toBeCloseTo(
      slowPower(0.7, 0.3, 40, 0.05, 'exact').any,
      10,
    )
  })

  it('names impossible shares', () => {
    expect(() => mcnemarPower({ p10: 0.6, p01: 0.6, n: 10 })).toThrow('p10 + p01 must be at most 1, got 1.2')
    expect(() => mcnemarPower({ p10: -0.1, p01: 0.6, n: 10 })).toThrow('p10 must be between 0 and 1, got -0.1')
    expect(() => mcnemarPower({ p10: 0.1, p01: 0.6, n: 10, alpha: 2 })).toThrow('alpha must be above 0 and below 1, got 2')
  })
})

describe('mcnemarSampleSize', () => {
  it('is the formula of Miettinen and Connor', () => {
    // z = 1.96 and 0.8416: ((1.96 √0.3 + 0.8416 √0.29) / 0.1)².
    expect(mcnemarSampleSize({ p10: 0.2, p01: 0.1 }).pairsCeil).toBe(234)
    expect(mcnemarSampleSize({ p10: 0.1, p01: 0.1 })).toEqual({ pairs: 'Infinity', pairsCeil: 'Infinity' })
    expect(mcnemarSampleSize({ p10: 0.1, p01: 0.2 })).toEqual(mcnemarSampleSize({ p10: 0.2, p01: 0.1 }))
  })

  it('plans studies that find what they were planned for', () => {
    const runs = 3000
    const n = mcnemarSampleSize({ p10: 0.09, p01: 0.04, power: 0.8 }).pairsCeil as number
    const seen = shareOf(runs, 15, (random) => mcnemar(drawDiscordant(random, n, 0.09, 0.04)).midP <= 0.05)
    expect(Math.abs(seen - 0.8)).toBeLessThan(0.02 + monteCarloError(0.8, runs))
  })

  it('undoes itself: the detectable shift at n needs n cases', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 50_000 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.constantFrom(0.5, 0.8, 0.95),
        (n, psi, power) => {
          const { mde } = mcnemarSampleSize({ n, psi, power })
          const oneWay = mcnemarSampleSize({ p10: psi, p01: 0, power }).pairs as number
          fc.pre(Math.abs(oneWay / n - 1) > 1e-9)
          expect(mde === null).toBe(oneWay > n)
          const shift = mde ?? psi
          expect(shift).toBeLessThanOrEqual(psi)
          const { pairs } = mcnemarSampleSize({ p10: (psi + shift) / 2, p01: (psi - shift) / 2, power })
          expect((pairs as number) / (mde === null ? oneWay : n)).toBeCloseTo(1, 8)
          expect(smallestDetectableShift({ n, discordance: psi, power })).toBe(mde)
        },
      ),
    )
  })

  it('shows smaller shifts with more cases, and none with too few', () => {
    expect(smallestDetectableShift({ n: 4000, discordance: 0.1 })).toBeLessThan(
      smallestDetectableShift({ n: 1000, discordance: 0.1 }) as number,
    )
    expect(smallestDetectableShift({ n: 10, discordance: 0.05 })).toBeNull()
    expect(smallestDetectableShift({ n: 0, discordance: 0.05 })).toBeNull()
    expect(smallestDetectableShift({ n: 100, discordance: 0 })).toBeNull()
    // 5 < z² = 6.6: even 5 of 5 flipped one way are not significant, though the squared equation has a root.
    expect(smallestDetectableShift({ n: 5, discordance: 1, alpha: 0.01, power: 0.9 })).toBeNull()
    expect(() => smallestDetectableShift({ n: 100, discordance: 1.5 })).toThrow('discordance must be between 0 and 1, got 1.5')
  })
})

describe('casesNeeded', () => {
  it('is exact where no case differs: the interval needs z²(1 − margin)/margin cases', () => {
    const z = 1.6448536269514722
    const total = Math.ceil((z * z * 0.98) / 0.02)
    expect(casesNeeded({ n10: 0, n01: 0, n: 50, margin: 0.02 })).toBe(total - 50)
    expect(nonInferiorityPaired({ n10: 0, n01: 0, n: total, margin: 0.02 }).verdict).toBe('not worse')
    expect(nonInferiorityPaired({ n10: 0, n01: 0, n: total - 1, margin: 0.02 }).verdict).toBe('inconclusive')
  })

  it('leads to a verdict as often as planned, if the shares stay', () => {
    const runs = 2000
    const settled = (n10: number, n01: number, wanted: string[], seed: number) => {
      const n = 300 + (casesNeeded({ n10, n01, n: 300, margin: 0.02 }) as number)
      return shareOf(runs, seed, (random) =>
        wanted.includes(nonInferiorityPaired({ ...drawDiscordant(random, n, n10 / 300, n01 / 300), margin: 0.02 }).verdict),
      )
    }
    for (const share of [settled(12, 10, ['not worse', 'better'], 61), settled(6, 20, ['worse'], 62)]) {
      expect(Math.abs(share - 0.8)).toBeLessThan(0.03 + monteCarloError(0.8, runs))
    }
  })

  it('asks for none where there are enough, and cannot say at exactly the margin or without cases', () => {
    expect(casesNeeded({ n10: 90, n01: 10, n: 1000, margin: 0.02 })).toBe(0)
    expect(casesNeeded({ n10: 0, n01: 2, n: 100, margin: 0.02 })).toBeNull()
    expect(casesNeeded({ n10: 3, n01: 3, n: 100, margin: 0 })).toBeNull()
    expect(casesNeeded({ n10: 0, n01: 0, n: 0, margin: 0.02 })).toBeNull()
    expect(() => casesNeeded({ n10: 0, n01: 0, n: 5, margin: -0.1 })).toThrow('margin must be at least 0 and below 1, got -0.1')
  })
})
