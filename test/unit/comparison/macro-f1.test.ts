import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMacroF1Accumulator } from '~/domain/comparison/macro-f1'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { classificationMetrics, pairedRandomizationExact } from '~/domain/statistics'
import { casesOf, compare, says, violating } from './_support/cases'

type Row = readonly [expected: string, before: string, after: string]
function measure(rows: readonly Row[]) {
  const accumulator = createMacroF1Accumulator(defaultVerdictScheme, 1)
  for (const row of rows) accumulator.add(...row)
  return accumulator.finish(0.95)
}
const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row)
const label = fc.constantFrom('violates', 'allowed', 'escalate')

describe('macro-F1 of the same cases', () => {
  it('is that of both sides case by case, and its p that of swapping the answers case by case', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label, label), { minLength: 2, maxLength: 14 }), (rows) => {
        const [truth, predA, predB] = [
          rows.map(([expected]) => expected),
          rows.map(([, before]) => before),
          rows.map(([, , after]) => after),
        ]
        const labels = [...new Set(rows.flat())]
        const { n, baseline, candidate, difference, pValue } = measure(rows)
        expect(n).toBe(rows.length)
        expect(baseline).toBeCloseTo(Number(classificationMetrics({ truth, predicted: predA, labels }).macroF1), 12)
        expect(candidate).toBeCloseTo(Number(classificationMetrics({ truth, predicted: predB, labels }).macroF1), 12)
        expect(difference.estimate).toBeCloseTo(Number(candidate) - Number(baseline), 12)
        expect(pValue.value).toBeCloseTo(Number(pairedRandomizationExact({ truth, predA, predB, labels, metric: 'macroF1' }).pTwoSided), 12)
        expect(pValue.method).toBe('exact randomisation')
      }),
      { numRuns: 12 },
    )
  }, 20_000)

  it('shows what accuracy hides: a rare label that is lost', () => {
    const rows = [...times(200, ['allowed', 'allowed', 'allowed']), ...times(12, ['violates', 'violates', 'allowed'])]
    const { baseline, candidate, difference, pValue } = measure(rows)
    expect([baseline, candidate]).toEqual([1, expect.closeTo(0.4854, 4)])
    expect(difference.upper).toBeLessThan(0)
    expect(pValue.value).toBeCloseTo(2 / 2 ** 12, 12)
    expect(difference.method).toBe('BCa bootstrap')
  })

  it('has no interval without two cases, a point where nothing changed, and an estimated p where there are too many arrangements', () => {
    expect(measure([])).toMatchObject({ n: 0, baseline: null, candidate: null, difference: { estimate: null, lower: null, upper: null } })
    expect(measure(times(1, ['violates', 'violates', 'allowed'])).difference).toMatchObject({ lower: null, upper: null })
    expect(measure(times(9, ['violates', 'violates', 'violates']))).toMatchObject({
      difference: { estimate: 0, lower: 0, upper: 0, method: 'percentile bootstrap' },
      pValue: { value: 1 },
    })
    const many = [...times(400, ['violates', 'violates', 'allowed']), ...times(400, ['allowed', 'violates', 'allowed'])]
    const { pValue } = measure(many)
    expect(pValue.method).toBe('randomisation')
    expect(pValue.value).toBeGreaterThan(0)
  })

  it('stands in a comparison that asks for it, over the cases scored on both sides', () => {
    const cases = casesOf({ fixed: 3, regressed: 2, stillRight: 20, unscored: 4, added: 1, relabelled: 2 })
    expect(compare(cases).macroF1).toBeUndefined()
    expect(compare(cases, { withMacroF1: true }).macroF1).toMatchObject({ n: 25, resamples: 10_000, seed: 1 })
    const unlabelled = { caseId: 'u', baseline: says({ label: null, rules: {} }, 'violates'), candidate: says(violating, 'violates') }
    expect(compare([...cases, unlabelled], { withMacroF1: true }).macroF1?.n).toBe(25)
  })
})
