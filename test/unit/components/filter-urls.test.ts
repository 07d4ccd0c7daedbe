import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyChange,
  describeFlipFilter,
  readFlipFilter,
  sliceFilter,
  writeFlipFilter,
  type FlipFilter,
} from '~/components/comparison/flip-filter-url'
import { flipsSearch, readView, viewSearch } from '~/components/comparison/links'
import {
  caseHistories,
  casesHref,
  describeCaseFilter,
  readCaseFilter,
  writeCaseFilter,
  type CaseFilter,
} from '~/components/golden-set/case-filter-url'
import { readTrialFilter, trialsSearch, writeTrialFilter } from '~/components/replays/trial-filter-url'
import { flipKinds } from '~/domain/comparison/comparison'
import { outcomes } from '~/domain/verdict/verdict'

const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() === text && !/\p{Surrogate}/u.test(text))
const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/)
const facets = fc.uniqueArray(fc.record({ by: word, value: word }), {
  minLength: 1,
  maxLength: 4,
  selector: ({ by, value }) => `${by}\n${value}`,
})

const caseFilter: fc.Arbitrary<CaseFilter> = fc.record(
  { text: word, label: fc.option(label), facets, mustPass: fc.constant(true), history: fc.constantFrom(...caseHistories) },
  { requiredKeys: [] },
)
const flipFilter: fc.Arbitrary<FlipFilter> = fc.record(
  {
    flip: fc.subarray([...flipKinds], { minLength: 1 }),
    anyRule: fc.constant(['H1', 'H2, a']),
    noRule: fc.constant(['H3']),
    rule: word,
    tag: word,
    facets,
    expectedLabel: label,
    baselineLabel: label,
    candidateLabel: label,
    text: word,
    noise: fc.boolean(),
    mustPass: fc.constant(true),
    baselineOutcome: fc.constantFrom(...outcomes),
    candidateOutcome: fc.constantFrom(...outcomes),
  },
  { requiredKeys: [] },
)
const throughAddress = (params: URLSearchParams) => new URL(`http://localhost/?${params}`).searchParams

/** Facets of one column keep their order; columns may be grouped. */
const sorted = <Filter extends { facets?: Array<{ by: string; value: string }> }>(filter: Filter): Filter =>
  filter.facets ? { ...filter, facets: filter.facets.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) } : filter

describe('a filter in a URL', () => {
  test('of a golden set comes back as it was', () => {
    fc.assert(
      fc.property(caseFilter, (filter) => {
        expect(sorted(readCaseFilter(throughAddress(writeCaseFilter(new URLSearchParams(), filter))))).toEqual(sorted(filter))
      }),
    )
  })

  test('of a comparison comes back as it was', () => {
    fc.assert(
      fc.property(flipFilter, (filter) => {
        expect(sorted(readFlipFilter(throughAddress(writeFlipFilter(new URLSearchParams(), filter))))).toEqual(sorted(filter))
      }),
    )
  })

  test('of a replay comes back as it was', () => {
    const filter = { outcome: 'refused', ruleOutcome: 'wrong', expectedLabel: 'violates', label: 'allowed' } as const
    expect(readTrialFilter(throughAddress(writeTrialFilter(new URLSearchParams(), filter)))).toEqual(filter)
    expect(trialsSearch({})).toBe('?')
  })

  test('replaces the filter before it and nothing else', () => {
    const before = new URLSearchParams('margin=0.05&view=slices&case=a&flip=fixed&rule=H1&is.locale=en&q=x')
    const after = writeFlipFilter(before, { tag: 'sarcasm', flip: ['regressed', 'fixed'] })
    expect([...after]).toEqual([
      ['margin', '0.05'],
      ['view', 'slices'],
      ['case', 'a'],
      ['tag', 'sarcasm'],
    ])
    expect([...writeCaseFilter(new URLSearchParams('revision=3&is.tag=a&label=-'), {})]).toEqual([['revision', '3']])
  })

  test('leaves out what it does not understand', () => {
    expect(readCaseFilter(new URLSearchParams('history=sometimes&mustPass=yes&is.=x&is.tag=&q=%20'))).toEqual({})
    expect(readFlipFilter(new URLSearchParams('flip=broken&noise=maybe&outcomeAfter=fine'))).toEqual({ flip: ['regressed', 'fixed'] })
    expect(readTrialFilter(new URLSearchParams('outcome=fine&rule=right'))).toEqual({})
  })

  test('tells every case from those that changed, which a plain address means', () => {
    expect(readFlipFilter(new URLSearchParams())).toEqual({ flip: ['regressed', 'fixed'] })
    expect(readFlipFilter(new URLSearchParams('flip=all'))).toEqual({})
    expect(writeFlipFilter(new URLSearchParams(), {}).toString()).toBe('flip=all')
  })

  test('says unlabelled apart from any label', () => {
    expect(readCaseFilter(new URLSearchParams('label=-'))).toEqual({ label: null })
    expect(readCaseFilter(new URLSearchParams())).toEqual({})
  })
})

describe('the conditions in words', () => {
  test('each take away just themselves', () => {
    const filter: CaseFilter = {
      text: 'the',
      label: null,
      mustPass: true,
      facets: [
        { by: 'tag', value: 'a' },
        { by: 'tag', value: 'b' },
      ],
    }
    const chips = describeCaseFilter(filter)
    expect(chips.map((chip) => chip.text)).toEqual(['holds “the”', 'unlabelled', 'must pass', 'tag: a', 'tag: b'])
    expect(readCaseFilter(writeCaseFilter(new URLSearchParams(), chips[3]!.without))).toEqual({
      ...filter,
      facets: [{ by: 'tag', value: 'b' }],
    })
  })

  test('name the sides of a comparison', () => {
    const chips = describeFlipFilter(
      { baselineLabel: 'allowed', candidateOutcome: 'refused', noise: false },
      { baseline: 'v7', candidate: 'v8' },
    )
    expect(chips.map((chip) => chip.text)).toEqual(['v7 said: allowed', 'v8: refused', 'without A/A noise'])
  })
})

describe('links', () => {
  test('from a figure go to the flips and keep the options of the comparison', () => {
    expect(flipsSearch(new URLSearchParams('margin=0.05&view=figures&case=x&rule=H1'), { flip: ['regressed'] })).toBe(
      '?margin=0.05&flip=regressed',
    )
    expect(viewSearch(new URLSearchParams('rule=H1'), 'slices')).toBe('?rule=H1&view=slices')
    expect(viewSearch(new URLSearchParams('view=slices'), 'flips')).toBe('?')
    expect(readView(new URLSearchParams('view=nonsense'))).toBe('flips')
  })

  test('to a case escape whatever its id holds', () => {
    const href = casesHref('a b', 'set/1', { facets: [{ by: 'rule', value: 'H2&x' }] }, { caseId: '?#/%', revision: 2 })
    const url = new URL(href, 'http://localhost')
    expect(url.pathname).toBe('/policies/a%20b/golden/set%2F1')
    expect(url.searchParams.get('case')).toBe('?#/%')
    expect(readCaseFilter(url.searchParams)).toEqual({ facets: [{ by: 'rule', value: 'H2&x' }] })
  })

  test('to a slice use the condition that the slice has', () => {
    expect(sliceFilter('rule', 'H1')).toEqual({ rule: 'H1' })
    expect(sliceFilter('tag', 'x')).toEqual({ tag: 'x' })
    expect(sliceFilter('functionality', 'slur_h')).toEqual({ facets: [{ by: 'functionality', value: 'slur_h' }] })
  })
})

test('a condition that is changed before the page shows the last change keeps that one', () => {
  const drawn: FlipFilter = { flip: ['fixed'], rule: 'H1' }
  const newest: FlipFilter = { flip: ['fixed'], rule: 'H1', expectedLabel: 'allowed' }
  expect(applyChange(newest, drawn, { ...drawn, candidateLabel: 'violates' })).toEqual({ ...newest, candidateLabel: 'violates' })
  expect(applyChange(newest, drawn, { flip: ['fixed'] })).toEqual({ flip: ['fixed'], expectedLabel: 'allowed' })
  expect(applyChange(newest, drawn, {})).toEqual({ expectedLabel: 'allowed' })
})
