import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDuplicates, type DuplicateCase } from '~/domain/golden-set/duplicates'
import { ShingleAlphabet, jaccardOfKeys } from '~/domain/golden-set/duplicates-candidates'
import { normalizeForSimilarity, shingleJaccard } from '~/domain/golden-set/similarity'

const text = (id: string, content: string, changes: Partial<DuplicateCase> = {}): DuplicateCase => ({
  id,
  content,
  parents: [],
  expected: { label: 'violates', rules: {} },
  ...changes,
})

describe('findDuplicates', () => {
  it('takes case, compatibility characters and white space for the same text', () => {
    const [cluster, ...rest] = findDuplicates([text('1', 'Buy  NOW'), text('2', 'something else entirely'), text('3', 'ｂｕｙ\tnow ')])
    expect(cluster).toEqual({ kind: 'exact', forms: [['1', '3']], caseIds: ['1', '3'], contradictory: [], splits: [] })
    expect(rest).toEqual([])
  })

  it('joins near duplicates onward, and tells which cases are of one text', () => {
    const cases = [
      text('1', 'the quick brown fox jumps over the lazy dog'),
      text('2', 'the quick brown fox jumps over the lazy dogs'),
      text('3', 'the quick brown fox jumps over the lazy dogs!!'),
      text('4', 'The quick brown fox jumps over the lazy dog'),
      text('5', 'a wholly different sentence'),
    ]
    const [cluster, ...rest] = findDuplicates(cases)
    expect(cluster).toMatchObject({ kind: 'near', forms: [['1', '4'], ['2'], ['3']], caseIds: ['1', '4', '2', '3'] })
    expect(rest).toEqual([])
  })

  it('finds contradictory verdicts, but not where the messages before differ', () => {
    const allowed = { expected: { label: 'allowed', rules: {} } }
    const [same, apart, rules] = findDuplicates([
      text('1', 'go back where you came from'),
      text('2', 'Go back where you came from', allowed),
      text('3', 'you should be ashamed'),
      text('4', 'you should be ashamed', { ...allowed, parents: ['I kicked the dog'] }),
      text('5', 'one rule says yes', { expected: { label: 'violates', rules: { H1: true } } }),
      text('6', 'one rule says yes', { expected: { label: 'violates', rules: { H1: false } } }),
      text('7', 'unlabelled never contradicts', { expected: null }),
      text('8', 'unlabelled never contradicts'),
    ])
    expect(same?.contradictory).toEqual(['1', '2'])
    expect(apart?.contradictory).toEqual([])
    expect(rules?.contradictory).toEqual(['5', '6'])
  })

  it('names the splits that a cluster lies across', () => {
    const [cluster] = findDuplicates([
      text('1', 'same words', { split: 'train' }),
      text('2', 'same words', { split: 'holdout' }),
      text('3', 'same words'),
    ])
    expect(cluster?.splits).toEqual(['holdout', 'train'])
  })

  it('finds by MinHash what all pairs find, and the same each time', () => {
    const words = ['never', 'trust', 'those', 'people', 'they', 'always', 'lie', 'about', 'money', 'and', 'power', 'again']
    const cases = Array.from({ length: 600 }, (_, index) => {
      const base = words.map((word, place) => `${word}${(Math.floor(index / 3) * 7 + place * 13) % 97}`).join(' ')
      return text(`${index}`, index % 3 === 0 ? base : `${base} ${'xyz'[index % 3]}`)
    })
    const all = findDuplicates(cases, { pairwiseBelow: Infinity })
    expect(all.length).toBeGreaterThan(50)
    expect(findDuplicates(cases, { pairwiseBelow: 0 })).toEqual(all)
  })

  it('measures similarity exactly as shingleJaccard does', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '語', '😀'), maxLength: 20 }),
        (a, b) => {
          const alphabet = new ShingleAlphabet()
          const mine = jaccardOfKeys(alphabet.keysOf(normalizeForSimilarity(a)), alphabet.keysOf(normalizeForSimilarity(b)))
          expect(mine).toBe(shingleJaccard({ a, b }).jaccard)
        },
      ),
    )
  })

  it('refuses a threshold that is no similarity', () => {
    expect(() => findDuplicates([], { threshold: 0 })).toThrow('got 0')
  })
})
