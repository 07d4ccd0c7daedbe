import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrastKinds, proposeContrasts } from '~/domain/probes/contrast-pairs'

const kindsOf = (text: string) => Object.fromEntries(proposeContrasts(text).map(({ kind, content }) => [kind, content]))

test('a text is quoted, negated, answered and turned on another target', () => {
  expect(kindsOf('Women are stupid')).toEqual({
    quotation: 'Somebody wrote this under my post: “Women are stupid” I have reported it.',
    negation: 'Women are not stupid',
    counterSpeech: '“Women are stupid” Saying such a thing is wrong, and whoever says it should stop.',
    targetSwap: 'bankers are stupid',
  })
  expect(kindsOf('I hate black people')).toMatchObject({ negation: 'I do not hate black people', targetSwap: 'I hate bankers' })
  expect(kindsOf('You are just a woman to me').targetSwap).toBe('You are just a banker to me')
})

test('what the text gives no hold for is not proposed', () => {
  expect(Object.keys(kindsOf('Scum!'))).toEqual(['quotation', 'counterSpeech'])
  expect(kindsOf('They are not welcome').negation).toBeUndefined()
  expect(proposeContrasts('  ')).toEqual([])
})

test('proposals are of known kinds, each once, never the text itself, and the same every time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const proposals = proposeContrasts(text)
      expect(proposeContrasts(text)).toEqual(proposals)
      expect(contrastKinds.filter((kind) => proposals.some((proposal) => proposal.kind === kind))).toEqual(
        proposals.map(({ kind }) => kind),
      )
      for (const { content } of proposals) expect(content).not.toBe(text.trim())
    }),
  )
})
