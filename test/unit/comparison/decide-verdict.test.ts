import { describe, expect, it } from 'vitest'
import { casesToSettle, decideVerdict, estimateDifference, smallestShift, testDifference } from '~/domain/comparison/decide-verdict'
import { createRandom } from '~/domain/statistics'

describe('decideVerdict', () => {
  it('calls two replays of one version better or worse no more often than α: 5% random noise on each side', { timeout: 60_000 }, () => {
    const random = createRandom(20_260_101)
    const runs = 1_500
    for (const n of [40, 150, 600]) {
      const called = { better: 0, worse: 0, 'not-worse': 0, inconclusive: 0 }
      for (let run = 0; run < runs; run++) {
        let fixed = 0
        let regressed = 0
        for (let index = 0; index < n; index++) {
          const [before, after] = [random.next() < 0.05, random.next() < 0.05]
          if (before && !after) fixed++
          if (!before && after) regressed++
        }
        called[decideVerdict({ fixed, regressed, n }, 0.02, 0.95)]++
      }
      expect((called.better + called.worse) / runs).toBeLessThanOrEqual(0.05)
      expect(called.worse / runs).toBeLessThanOrEqual(0.03)
    }
  })

  it('finds a real loss about as often as it was planned for', { timeout: 60_000 }, () => {
    const random = createRandom(7)
    const runs = 600
    // 12% regress and 4% are fixed: about 153 pairs give 80% power.
    const n = 153
    let found = 0
    for (let run = 0; run < runs; run++) {
      let fixed = 0
      let regressed = 0
      for (let index = 0; index < n; index++) {
        const draw = random.next()
        if (draw < 0.12) regressed++
        else if (draw < 0.16) fixed++
      }
      if (decideVerdict({ fixed, regressed, n }, 0.02, 0.95) === 'worse') found++
    }
    expect(found / runs).toBeGreaterThan(0.66)
    expect(found / runs).toBeLessThan(0.9)
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
    const more = (fixed: number, regressed: number, n: number, margin = 0.02) => casesToSettle({ fixed, regressed, n }, margin, 0.95)!
    expect(more(10, 10, 100, 0.05)).toBeLessThan(more(10, 10, 100, 0.02))
    expect(more(3, 9, 100)).toBeLessThan(more(7, 9, 100))
    expect(more(0, 0, 5)).toBeGreaterThanOrEqual(15)
  })

  it('tell the smallest shift that could have been seen', () => {
    expect(smallestShift({ fixed: 5, regressed: 5, n: 100 }, 0.95)).toBeCloseTo(0.0875534889, 8)
    expect(smallestShift({ fixed: 0, regressed: 0, n: 100 }, 0.95)).toBeNull()
  })
})
