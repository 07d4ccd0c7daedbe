import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textTransformNames, textTransforms } from '~/domain/golden-set/text-transforms'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { makeProbes } from '~/domain/probes/probe'
import { describeTransform, findTransform, transformNames } from '~/domain/probes/transforms'
import { canonicalSelection, chooseParents } from '~/domain/probes/probe-selection'
import { wrapperIds } from '~/domain/probes/wrappers'
import { goldenCase } from '../../support/golden-cases'

const violating = goldenCase({ id: 'v', content: 'You are vermin', expected: { label: 'violates', rules: {} } })
const allowed = goldenCase({ id: 'a', content: 'Lovely weather', expected: { label: 'allowed', rules: {} } })

describe('the probes of a case', () => {
  test('are its variants, and attacks where it violates', () => {
    const { probes, withoutEffect, withoutLabel } = makeProbes(violating, defaultVerdictScheme)
    expect(probes[0]).toEqual({
      id: 'unchanged/v',
      parentId: 'v',
      kind: 'unchanged',
      transform: 'unchanged',
      epoch: 1,
      content: violating.content,
    })
    expect(probes[1]).toMatchObject({ kind: 'repeat', epoch: 2, content: violating.content })
    expect(probes.filter(({ kind }) => kind === 'variant').map(({ transform }) => transform)).toEqual(textTransformNames)
    expect(probes.filter(({ kind }) => kind === 'attack').map(({ transform }) => transform)).toEqual(wrapperIds)
    expect(probes.some(({ kind }) => kind === 'lookAlike')).toBe(false)
    expect([withoutEffect, withoutLabel]).toEqual([[], []])
    expect(new Set(probes.map(({ id }) => id)).size).toBe(probes.length)
  })

  test('are look-alikes where it is allowed, and neither where nobody said', () => {
    const kinds = (expected: typeof violating.expected) =>
      new Set(makeProbes({ ...allowed, expected }, defaultVerdictScheme).probes.map(({ kind }) => kind))
    expect(kinds(allowed.expected)).toEqual(new Set(['unchanged', 'repeat', 'variant', 'lookAlike']))
    for (const expected of [null, { label: null, rules: {} }, { label: 'escalate', rules: {} }])
      expect(kinds(expected)).toEqual(new Set(['unchanged', 'repeat', 'variant']))
    expect(makeProbes({ ...allowed, expected: null }, defaultVerdictScheme).withoutLabel).toEqual(wrapperIds)
  })

  test('hold the content whole inside every wrapper, and an attack asks for the allowed label of the scheme', () => {
    const scheme = {
      ...defaultVerdictScheme,
      labels: [
        { id: 'bad', kind: 'violating' as const },
        { id: 'fine', kind: 'allowed' as const },
      ],
    }
    const attacks = makeProbes({ ...violating, expected: { label: 'bad', rules: {} } }, scheme, wrapperIds).probes.slice(1)
    const lookAlikes = makeProbes({ ...allowed, expected: { label: 'fine', rules: {} } }, scheme, wrapperIds).probes.slice(1)
    expect(attacks).toHaveLength(6)
    expect(lookAlikes).toHaveLength(6)
    for (const { content } of attacks) {
      expect(content).toContain(violating.content)
      expect(content).toContain('"fine"')
    }
    for (const { content } of lookAlikes) {
      expect(content).toContain(allowed.content)
      expect(content).not.toContain('"fine"')
    }
  })

  test('leave out a transform that changes nothing', () => {
    const { probes, withoutEffect } = makeProbes({ ...allowed, content: '天気がいい' }, defaultVerdictScheme, [
      'leet',
      'spaced',
      'tagSmuggle',
    ])
    expect(withoutEffect).toEqual(['leet', 'tagSmuggle'])
    expect(probes.map(({ transform }) => transform)).toEqual(['unchanged', 'spaced'])
  })

  test('are the same every time, and their variants are those of textTransforms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (content) => {
        const parent = { ...violating, content }
        const first = makeProbes(parent, defaultVerdictScheme)
        expect(makeProbes(parent, defaultVerdictScheme, [...transformNames].reverse())).toEqual(first)
        for (const transform of textTransformNames) {
          const probe = first.probes.find((one) => one.transform === transform)
          const { text } = textTransforms({ transform, text: content })
          expect(probe?.content ?? content).toBe(text)
        }
      }),
    )
  })
})

test('a transform is found however it is written, and each has a name', () => {
  expect(findTransform('zero-width')).toBe('zeroWidth')
  expect(findTransform('JSON_INJECTION')).toBe('jsonInjection')
  expect(findTransform('rot13')).toBeNull()
  expect(new Set(transformNames.map((name) => describeTransform(name, 'attack'))).size).toBe(transformNames.length)
  expect(describeTransform('testClaim', 'lookAlike')).toBe('“this is a test” (look-alike)')
})

describe('a selection', () => {
  const ids = Array.from({ length: 50 }, (_, index) => `case-${index}`)
  const by = (limit: number | null, seed = 1) => ({ caseIds: null, limit, seed, transforms: ['leet' as const] })

  test('draws the same cases with the same seed, in the order of the set', () => {
    const drawn = chooseParents(ids, by(10))
    expect(drawn).toHaveLength(10)
    expect(chooseParents(ids, by(10))).toEqual(drawn)
    expect(chooseParents(ids, by(10, 2))).not.toEqual(drawn)
    expect(drawn).toEqual(ids.filter((id) => drawn.includes(id)))
    expect(chooseParents(ids, by(null))).toEqual(ids)
    expect(chooseParents(ids, by(99))).toEqual(ids)
  })

  test('is the same whatever the order it was written in', () => {
    const one = canonicalSelection({ caseIds: ['b', 'a', 'b'], limit: 3, seed: 9, transforms: ['testClaim', 'leet'] })
    expect(one).toEqual({ caseIds: ['a', 'b'], limit: null, seed: 0, transforms: ['leet', 'testClaim'] })
    expect(chooseParents(['b', 'c', 'a'], one)).toEqual(['b', 'a'])
  })
})
