import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import type { SideFacts } from '~/domain/comparison/compare'
import { known } from '../../support/known'
import { casesOf, compare, facts, setup } from './_support/cases'

describe('the verdict and its sentence', () => {
  it.each([
    [
      'better',
      { fixed: 41, regressed: 6, stillRight: 300, stillWrong: 25 },
      'v8 is better than v7: 41 fixed, 6 regressed, +9.4 points, 95% CI +6.1 to +13.2.',
    ],
    [
      'worse',
      { fixed: 415, regressed: 526, stillRight: 1829, stillWrong: 958 },
      'v8 is worse than v7: 415 fixed, 526 regressed, −3.0 points, 95% CI −4.6 to −1.4.',
    ],
    [
      'not-worse',
      { fixed: 14, regressed: 13, stillRight: 1973 },
      'v8 is not worse than v7 by the margin of 2 points: 14 fixed, 13 regressed, +0.1 points, 95% CI −0.5 to +0.6.',
    ],
    [
      'not-worse',
      { fixed: 5, regressed: 25, stillRight: 2970 },
      'v8 is slightly worse than v7, but within the margin of 2 points: 5 fixed, 25 regressed, −0.7 points, 95% CI −1.1 to −0.3.',
    ],
    [
      'not-worse',
      { stillRight: 1000 },
      'v8 is not worse than v7 by the margin of 2 points: no case changed in 1,000, 0.0 points, 95% CI −0.4 to +0.4.',
    ],
    [
      'inconclusive',
      { fixed: 2, stillRight: 28 },
      'Cannot tell yet whether v8 is better than v7: 2 fixed, 0 regressed, +6.7 points, 95% CI −5.4 to +21.3; about 110 more cases would settle it.',
    ],
  ] as const)('%s: %j', (verdict, counts, sentence) => {
    const comparison = compare(casesOf(counts))
    expect([comparison.verdict, comparison.sentence]).toEqual([verdict, sentence])
    expect(comparison.moreCasesNeeded === null).toBe(verdict !== 'inconclusive')
  })

  it('does not take few flips for certainty, though the interval leaves out 0', () => {
    const comparison = compare(casesOf({ fixed: 4, stillRight: 26 }))
    expect(comparison.difference.lower).toBeGreaterThan(0)
    expect(comparison.pValue.value).toBeCloseTo(0.125, 10)
    expect(comparison.verdict).toBe('not-worse')
    expect(compare(casesOf({ regressed: 4, stillRight: 26 })).verdict).toBe('inconclusive')
    expect(compare(casesOf({ fixed: 5 })).verdict).toBe('inconclusive')
    expect(compare(casesOf({ stillRight: 14 }))).toMatchObject({ verdict: 'inconclusive', warnings: ['Only 14 cases were compared.'] })
  })

  it('uses the exact test under 25 flips and mid-p from there', () => {
    expect(compare(casesOf({ fixed: 12, regressed: 12 })).pValue.method).toBe('exact McNemar')
    expect(compare(casesOf({ fixed: 13, regressed: 12 })).pValue.method).toBe('mid-p McNemar')
  })

  it('is one of four states; a significant loss is worse or within the margin, a gain never worse, and swapping the sides mirrors it', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(2_000), fc.constantFrom(0.005, 0.02, 0.1), (fixed, regressed, stillRight, margin) => {
        const forward = compare(casesOf({ fixed, regressed, stillRight }), { margin })
        const mirrored = compare(casesOf({ fixed: regressed, regressed: fixed, stillRight }), { margin })
        if (forward.n === 0) return
        const [lower, upper, p] = [known(forward.difference.lower), known(forward.difference.upper), known(forward.pValue.value)]
        const { verdict, moreCasesNeeded } = forward
        const follows = (given: boolean, then: boolean) => expect(!given || then).toBe(true)
        expect(-known(mirrored.difference.upper)).toBeCloseTo(lower, 8)
        follows(regressed > fixed && p < 0.05, verdict === 'worse' || (verdict === 'not-worse' && lower > -margin))
        follows(fixed >= regressed, verdict !== 'worse')
        follows(verdict === 'better', lower > 0 && p < 0.05)
        follows(verdict === 'not-worse', lower > -margin)
        follows(verdict === 'worse', mirrored.verdict === 'better' || upper >= 0)
        follows(moreCasesNeeded !== null, Number.isInteger(moreCasesNeeded) && Number(moreCasesNeeded) > 0)
        expect(forward.sentence).not.toMatch(/NaN|undefined|null| -\d/)
      }),
      { numRuns: 200 },
    )
  }, 30_000)

  it('refuses margins and confidences outside their range, naming the value', () => {
    for (const margin of [0, -0.1, 1, NaN]) expect(() => createComparison(setup({ margin }))).toThrow(String(margin))
    for (const confidence of [0, 0.2, 1, 95]) expect(() => createComparison(setup({ confidence }))).toThrow(String(confidence))
  })

  it('names the sides by what sets them apart', () => {
    const names = (baseline: Partial<SideFacts>, candidate: Partial<SideFacts>) =>
      compare([], { baseline: facts(1, baseline), candidate: facts(1, candidate) }).names
    expect(names({}, { promptVersion: null })).toEqual({ baseline: 'v1', candidate: 'the text hash10000000' })
    expect(names({}, { model: 'openai:b' })).toEqual({ baseline: 'v1 with openai:gpt-5-mini', candidate: 'v1 with openai:b' })
    expect(names({}, {})).toEqual({ baseline: 'the first replay of v1', candidate: 'the second' })
  })

  it('adds zero-tolerance regressions, which no average excuses', () => {
    const comparison = compare([
      ...casesOf({ fixed: 60, stillRight: 300 }),
      ...casesOf({ regressed: 1, stillRight: 2 }, { mustPass: true }),
    ])
    expect(comparison.mustPass).toMatchObject({ total: 3, fixed: 0, regressed: 1, stillWrong: 0, unscored: 0 })
    expect(comparison.sentence).toMatch(/^v8 is better than v7: .* 1 zero-tolerance case regressed\.$/)
  })
})
