import { describe, expect, it } from 'vitest'
import { casesToSettle, decideVerdict, estimateDifference, smallestShift, testDifference } from '~/domain/comparison/decide-verdict'
import { binomialProbability } from '~/domain/statistics'
import { known } from '../../support/known'

/**
 * How often each verdict is given, exactly and not by chance: over every number of flips m ~ Bin(n, p10 + p01) and of fixed ones among them
 * ~ Bin(m, p10 / (p10 + p01)).
 */
function verdictRates(n: number, p10: number, p01: number, margin = 0.02) {
  const rates = { better: 0, 'not-worse': 0, worse: 0, inconclusive: 0 }
  for (let flips = 0; flips <= n; flips++) {
    const chance = binomialProbability(flips, n, p10 + p01)
    if (chance < 1e-7) continue
    for (let fixed = 0; fixed <= flips; fixed++) {
      const probability = chance * binomialProbability(fixed, flips, p10 / (p10 + p01))
      if (probability > 1e-9) rates[decideVerdict({ fixed, regressed: flips - fixed, n }, margin, 0.95)] += probability
    }
  }
  return rates
}

describe('decideVerdict', () => {
  // Each side is right with the same chance, by itself: that chance times its rest flip each way. 5% random noise: 0.95 · 0.05.
  it.each([
    [20, 0.95],
    [47, 0.95],
    [150, 0.95],
    [400, 0.95],
    [20, 0.5],
    [60, 0.5],
    [47, 0.02],
    [400, 0.02],
    [400, 0.999],
    [2000, 0.999],
  ])(
    'calls two replays of one version "worse" no more often than α, and better or worse together about α: n = %i, right with %d',
    { timeout: 60_000 },
    (n, right) => {
      const rates = verdictRates(n, right * (1 - right), right * (1 - right))
      expect(rates.worse).toBeLessThanOrEqual(0.0275)
      expect(rates.better).toBeCloseTo(rates.worse, 2)
      expect(rates.better + rates.worse).toBeLessThanOrEqual(0.0525)
    },
  )

  it(
    'finds a real difference as often as was planned for: 405 pairs show 9% regressed against 4% fixed with 80% power',
    { timeout: 60_000 },
    () => {
      const { worse } = verdictRates(405, 0.04, 0.09)
      expect(worse).toBeGreaterThan(0.76)
      expect(worse).toBeLessThan(0.84)
      expect(verdictRates(405, 0.09, 0.04).better).toBeCloseTo(worse, 2)
    },
  )

  it('says not worse of a version that loses more than the margin no more often than α / 2', { timeout: 60_000 }, () => {
    const rates = verdictRates(600, 0.03, 0.05)
    expect(rates.better + rates['not-worse']).toBeLessThanOrEqual(0.03)
  })
})

describe('estimates', () => {
  it('are null when nothing was compared', () => {
    const nothing = { fixed: 0, regressed: 0, n: 0 }
    expect(estimateDifference(nothing, 0.95)).toEqual({ estimate: null, lower: null, upper: null, confidence: 0.95, method: 'tango' })
    expect(testDifference(nothing).value).toBeNull()
    expect(casesToSettle(nothing, 0.02, 0.95)).toBeNull()
    expect(smallestShift(nothing, 0.95)).toBeNull()
  })

  it('ask for fewer cases the wider the margin and the larger the difference', () => {
    const more = (fixed: number, regressed: number, n: number, margin = 0.02) => known(casesToSettle({ fixed, regressed, n }, margin, 0.95))
    expect(more(10, 10, 100, 0.05)).toBeLessThan(more(10, 10, 100, 0.02))
    expect(more(3, 9, 100)).toBeLessThan(more(7, 9, 100))
    expect(more(0, 0, 5)).toBeGreaterThanOrEqual(15)
  })

  it('tell the smallest shift that could have been seen', () => {
    expect(smallestShift({ fixed: 5, regressed: 5, n: 100 }, 0.95)).toBeCloseTo(0.0875534889, 8)
    expect(smallestShift({ fixed: 0, regressed: 0, n: 100 }, 0.95)).toBeNull()
  })
})
