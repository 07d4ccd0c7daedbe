import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flipKinds } from '~/domain/comparison/comparison'
import { createComparison } from '~/domain/comparison/compare'
import { known } from '../../support/known'
import { casesOf, compare, right, setup, wrong } from './_support/cases'

describe('slices', () => {
  const cases = [
    ...casesOf({ regressed: 20, stillRight: 30 }, { facets: [{ by: 'tag', value: 'sarcasm' }] }),
    ...casesOf({ fixed: 20, stillRight: 30 }, { facets: [{ by: 'tag', value: 'negation' }] }),
    ...casesOf(
      { stillRight: 50 },
      {
        facets: [
          { by: 'tag', value: 'plain' },
          { by: 'locale', value: 'en' },
        ],
      },
    ),
    ...casesOf({ unscored: 2 }, { facets: [{ by: 'tag', value: 'refused' }] }),
  ]

  it('have both sides, difference, adjusted p and the smallest shift, the most harmful first', () => {
    const { slices } = compare(cases)
    expect(slices.map(({ by, value, n }) => [by, value, n])).toEqual([
      ['tag', 'sarcasm', 50],
      ['locale', 'en', 50],
      ['tag', 'plain', 50],
      ['tag', 'negation', 50],
      ['tag', 'refused', 0],
    ])
    expect(slices[0]).toMatchObject({
      baseline: { accuracy: 1, n: 50 },
      candidate: { accuracy: 0.6 },
      flips: { regressed: 20, stillRight: 30 },
      difference: { estimate: -0.4 },
    })
    const [worst] = slices
    expect(known(worst?.pAdjusted)).toBeGreaterThan(known(worst?.pValue))
    expect(worst?.smallestDetectableShift).toBeGreaterThan(0)
    expect(slices[4]).toMatchObject({ pValue: null, pAdjusted: null, difference: { estimate: null }, smallestDetectableShift: null })
  })

  it('are cut only by what was asked for, by facet or by handle alike', () => {
    expect(compare(cases, { by: ['locale'] }).slices.map((slice) => slice.by)).toEqual(['locale'])
    const comparison = createComparison(setup())
    const handle = comparison.sliceHandle('tag', 'a')
    comparison.add({ caseId: '1', baseline: right, candidate: wrong, slices: [handle] })
    comparison.add({ caseId: '2', baseline: right, candidate: right, facets: [{ by: 'tag', value: 'a' }] })
    expect(comparison.finish().slices).toMatchObject([{ by: 'tag', value: 'a', n: 2, flips: { regressed: 1, stillRight: 1 } }])
  })

  it('leave out a column that has a value for every case, and say so where it was asked for', () => {
    const cases = Array.from({ length: 600 }, (_, index) => ({
      caseId: `${index}`,
      baseline: right,
      candidate: right,
      facets: [{ by: 'row', value: `${index}` }],
    }))
    expect(compare(cases)).toMatchObject({ slices: [], warnings: [] })
    expect(compare(cases, { by: ['row'] })).toMatchObject({ slices: [], warnings: ['Not sliced by row: too many different values.'] })
  })

  it('say when nothing has what was asked for', () => {
    expect(compare(cases, { by: ['tag', 'nonsense'] }).warnings).toEqual(['Not sliced by nonsense: no case has a value for it.'])
  })

  it('add up to the whole where they part the cases', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...flipKinds)), { maxLength: 80 }), (rows) => {
        const comparison = compare(rows.flatMap(([value, kind]) => casesOf({ [kind]: 1 }, { facets: [{ by: 'tag', value }] })))
        for (const kind of flipKinds)
          expect(comparison.slices.reduce((sum, slice) => sum + (slice.flips[kind] ?? 0), 0)).toBe(comparison.flips[kind] ?? 0)
        expect(comparison.slices.reduce((sum, slice) => sum + slice.n, 0)).toBe(comparison.n)
      }),
    )
  })
})
