import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffCase } from '~/domain/golden-set/case-diff'
import { diffTexts, type TextDiffPart } from '~/domain/golden-set/text-diff'
import { goldenCase } from '../../support/golden-cases'

const side = (parts: readonly TextDiffPart[], without: TextDiffPart['kind']) =>
  parts
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join('')

describe('diffTexts', () => {
  it.each([
    ['words', 'they are all fine', 'they are not fine', [' all ', ' not ']],
    ['Chinese by its words', '我喜欢苹果', '我喜欢香蕉', ['苹果', '香蕉']],
    ['joined emoji whole', 'hi 👩‍👩‍👧', 'hi 👩‍👩‍👦', ['👩‍👩‍👧', '👩‍👩‍👦']],
    ['combining marks whole', 'cafe\u0301', 'cafe', ['cafe\u0301', 'cafe']],
    ['Arabic', 'أنا أحبك', 'أنا أكرهك', ['أحبك', 'أكرهك']],
  ])('reads %s', (_name, before, after, [removed, added]) => {
    const parts = diffTexts(before, after)
    expect(parts.filter(({ kind }) => kind === 'removed').map(({ text }) => text.trim())).toEqual([removed?.trim()])
    expect(parts.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim())).toEqual([added?.trim()])
  })

  it('gives both texts back, whatever they are, and nothing but what is the same for equal ones', () => {
    const text = fc.array(fc.constantFrom('a', 'b ', 'ü', 'u\u0308', '中', '文', '👍🏽', '\u200d', '\u202e', '\n', 'שלום', '.'), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [before, after] = [one.join(''), other.join('')]
        const parts = diffTexts(before, after)
        expect([side(parts, 'added'), side(parts, 'removed')]).toEqual([before, after])
        expect(parts.every(({ text: words }) => words !== '')).toBe(true)
        expect(diffTexts(before, before).every(({ kind }) => kind === 'same')).toBe(true)
      }),
    )
  })

  it('finds one word among thousands, and gives up on texts that share nothing', () => {
    const words = Array.from({ length: 5_000 }, (_, index) => `word${index}`)
    const parts = diffTexts(words.join(' '), words.with(2_500, 'other').join(' '))
    expect(parts.map(({ kind }) => kind)).toEqual(['same', 'removed', 'added', 'same'])
    const [removed, added] = diffTexts(words.join(''), words.toReversed().join(' '))
    expect([removed?.kind, added?.kind]).toEqual(['removed', 'added'])
  })
})

describe('diffCase', () => {
  it('names each field that differs, with its value before and after', () => {
    const before = goldenCase({ tags: ['b', 'a'], meta: { source: 'x' }, context: { parents: ['hello'] } })
    const after = goldenCase({
      content: 'You people always learn.',
      expected: { label: 'allowed', rules: { H1: false } },
      tags: ['a', 'b'],
      annotations: [{ annotator: 'ana', label: 'allowed', rules: { H1: false }, note: 'praise' }],
      mustPass: true,
      context: { parents: ['hello'], locale: 'de' },
    })
    expect(diffCase(before, after)).toEqual([
      { field: 'content', before: 'You people never learn.', after: 'You people always learn.', text: true },
      { field: 'label', before: 'violates', after: 'allowed', text: false },
      { field: 'meta source', before: 'x', after: null, text: false },
      { field: 'locale', before: null, after: 'de', text: false },
      { field: 'rule H1', before: null, after: 'does not apply', text: false },
      { field: 'must pass', before: null, after: 'yes', text: false },
      { field: 'annotation of ana', before: null, after: 'allowed, not H1, “praise”', text: false },
    ])
    expect(diffCase(before, before)).toEqual([])
    expect(diffCase(null, before)[0]).toEqual({ field: 'content', before: null, after: 'You people never learn.', text: true })
  })
})
