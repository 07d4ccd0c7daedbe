import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AdjustmentMethod, adjustPValues, createRandom } from '~/domain/statistics/index'

/** Benjamini & Hochberg 1995, section 4: thrombolysis. */
const thrombolysis = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
const methods: AdjustmentMethod[] = ['bh', 'by', 'holm', 'bonferroni']
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })

describe('adjustPValues', () => {
  it('rejects four by the false discovery rate and three by Bonferroni, as the paper says', () => {
    const { bh, bonferroni } = adjustPValues({ p: thrombolysis })
    expect(bh.rejected.filter(Boolean)).toHaveLength(4)
    expect(bonferroni.rejected.filter(Boolean)).toHaveLength(3)
    expect(bh.adjusted[3]).toBeCloseTo(0.035625, 12)
  })

  it('keeps the order of the input, whatever that is', () => {
    fc.assert(
      fc.property(pValues, fc.integer({ min: 0, max: 2 ** 31 }), (p, seed) => {
        const order = createRandom(seed).shuffle(p.map((_, index) => index))
        const straight = adjustPValues({ p })
        const shuffled = adjustPValues({ p: order.map((index) => p[index] as number) })
        for (const method of methods) {
          expect(shuffled[method].adjusted).toEqual(order.map((index) => straight[method].adjusted[index]))
          expect(shuffled[method].rejected).toEqual(order.map((index) => straight[method].rejected[index]))
        }
      }),
    )
  })

  it('never makes a p-value smaller or passes 1, and orders the methods by strictness', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const { bh, by, holm, bonferroni } = adjustPValues({ p })
        for (const [index, value] of p.entries()) {
          const [a, b, c, d] = [bh, by, holm, bonferroni].map(({ adjusted }) => adjusted[index] as number) as [
            number,
            number,
            number,
            number,
          ]
          const ascending = [value, a, c, d].every((each, at, all) => at === 0 || each >= (all[at - 1] as number) * (1 - 1e-12))
          expect(ascending).toBe(true)
          expect(b).toBeGreaterThanOrEqual(a * (1 - 1e-12))
          expect(Math.max(a, b, c, d)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('agrees with the definition of Benjamini and Hochberg', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const ascending = [...p].sort((a, b) => a - b)
        const m = p.length
        const { adjusted } = adjustPValues({ p }).bh
        for (const [index, value] of p.entries()) {
          const bounds = ascending.flatMap((other, at) => (other >= value ? [(other * m) / (at + 1)] : []))
          expect(adjusted[index]).toBeCloseTo(Math.min(1, ...bounds), 12)
        }
      }),
    )
  })

  it('passes over slices that could not be tested', () => {
    const { holm } = adjustPValues({ p: [0.02, null, 0.5] })
    expect(holm).toEqual({ adjusted: [0.04, null, 0.5], rejected: [true, false, false] })
  })

  it('decides a boundary as the unadjusted p does', () => {
    const { bh, by } = adjustPValues({ p: Array.from({ length: 10 }, () => 0.05) })
    expect(bh.rejected).not.toContain(false)
    expect(by.rejected).not.toContain(true)
  })

  it('names what is no p-value', () => {
    expect(() => adjustPValues({ p: [0.1, 1.1] })).toThrow('p[1] must be between 0 and 1, got 1.1')
    expect(() => adjustPValues({ p: [0.1], alpha: 0 })).toThrow('alpha must be above 0 and below 1, got 0')
  })
})
