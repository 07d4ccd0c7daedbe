import { describe, expect, it } from 'vitest'
import { known } from '../../support/known'
import { allowed, casesOf, compare, says, violating } from './_support/cases'

describe('beside accuracy', () => {
  it('restates precision at the prevalence of production', () => {
    const cases = [
      ...casesOf({ stillRight: 90, stillWrong: 10 }),
      ...Array.from({ length: 100 }, (_, index) => ({
        caseId: `a${index}`,
        baseline: says(allowed, index < 1 ? 'violates' : 'allowed'),
        candidate: says(allowed, 'allowed'),
      })),
    ]
    const { precisionAtPrevalence } = compare(cases, { productionPrevalence: 0.01 })
    expect(precisionAtPrevalence?.prevalence).toBe(0.01)
    expect(precisionAtPrevalence?.baseline).toBeCloseTo((0.9 * 0.01) / (0.9 * 0.01 + 0.01 * 0.99), 12)
    expect(precisionAtPrevalence?.candidate).toBe(1)
  })

  it('marks flips that are noise', () => {
    const comparison = compare([...casesOf({ fixed: 3, regressed: 2 }, { noise: true }), ...casesOf({ fixed: 5, stillRight: 20 })], {
      noise: { replay: 'again', flips: 5, n: 50 },
    })
    expect(comparison.noise).toEqual({ replay: 'again', flips: 5, n: 50, rate: 0.1, fixedByNoise: 3, regressedByNoise: 2 })
  })

  it('weighs errors: missing a grave violation is dearer than a spoiled joke', () => {
    const grave = { ...violating, severity: 'high' }
    const errorCosts = [
      { expected: 'violates', predicted: 'allowed', cost: 5 },
      { expected: 'violates', predicted: 'allowed', severity: 'high', cost: 25 },
      { expected: 'allowed', predicted: 'violates', cost: 4 },
    ]
    const { cost } = compare(
      [
        { caseId: '1', baseline: says(grave, 'allowed'), candidate: says(grave, 'violates') },
        { caseId: '2', baseline: says(violating, 'violates'), candidate: says(violating, 'allowed') },
        { caseId: '3', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'violates') },
        { caseId: '4', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'escalate') },
      ],
      { errorCosts },
    )
    expect(cost).toMatchObject({ n: 4, baseline: 25 / 4, candidate: 9 / 4, difference: { estimate: -4 } })
    expect(known(cost?.difference.lower)).toBeLessThan(-4)
    expect(known(cost?.difference.upper)).toBeGreaterThan(-4)
  })

  it('warns when a difference does not outlast counting near duplicates as one', () => {
    const oneGroup = casesOf({ fixed: 8, stillRight: 60 }).map((entry) =>
      Object.assign(entry, { cluster: entry.caseId.startsWith('fixed') ? 'same' : entry.caseId }),
    )
    const { verdict, warnings } = compare(oneGroup)
    expect(verdict).toBe('better')
    expect(warnings[0]).toMatch(
      /^Some cases are near duplicates of others\. With each of the 61 groups counted as one, the interval is −.* and holds 0\.$/,
    )
  })

  it('widens the interval where cases are near duplicates', () => {
    const clustered = compare(
      casesOf({ fixed: 20, stillRight: 80 }).map((entry, index) => Object.assign(entry, { cluster: `c${Math.floor(index / 10)}` })),
    )
    expect(clustered.clusters?.clusters).toBe(10)
    expect(known(clustered.clusters?.lower)).toBeLessThan(known(clustered.difference.lower))
    expect(compare(casesOf({ fixed: 20 }).map((entry) => Object.assign(entry, { cluster: entry.caseId }))).clusters).toBeUndefined()
  })
})
