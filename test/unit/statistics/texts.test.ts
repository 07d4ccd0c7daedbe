import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  characterShingles,
  createRandom,
  minhashBands,
  shingleJaccard,
  stripObfuscation,
  type TextTransform,
  textTransformNames,
  textTransforms,
} from '~/domain/statistics/index'

describe('shingleJaccard', () => {
  it('does not see case, spacing and compatibility characters', () => {
    expect(shingleJaccard({ a: ' Cafe\u0301  NOIR ', b: 'café\u00a0noir' }).jaccard).toBe(1)
    expect(shingleJaccard({ a: '\uff28\uff41\uff54\uff45', b: 'hate' }).jaccard).toBe(1)
  })

  it('takes for white space what Unicode does, and the separators among the control characters', () => {
    for (const space of ['\t', '\u001f', '\u0085', '\u2003', '\u2028', '\u3000'])
      expect(shingleJaccard({ a: `a${space}b`, b: 'a b' }).jaccard).toBe(1)
    expect(shingleJaccard({ a: 'a\ufeffb', b: 'a b' }).jaccard).toBe(0)
  })

  it('counts shared shingles over all', () => {
    expect(shingleJaccard({ a: 'abcd', b: 'bcde' }).jaccard).toBeCloseTo(1 / 3, 14)
    expect(shingleJaccard({ a: 'abab', b: 'abababab', k: 2 }).jaccard).toBe(1)
    expect(shingleJaccard({ a: 'ab', b: 'ab' }).jaccard).toBe(1)
    expect(shingleJaccard({ a: '', b: 'ab' }).jaccard).toBe(0)
    expect([...characterShingles('a😀bc', 3)]).toEqual(['a😀b', '😀bc'])
  })

  it('is 1 with itself, does not care about the order, and stays between 0 and 1', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (a, b, k) => {
        const { jaccard } = shingleJaccard({ a, b, k })
        expect(shingleJaccard({ a, b: a, k }).jaccard).toBe(1)
        expect(shingleJaccard({ a: b, b: a, k }).jaccard).toBe(jaccard)
        expect(jaccard).toBeGreaterThanOrEqual(0)
        expect(jaccard).toBeLessThanOrEqual(1)
      }),
    )
    expect(() => shingleJaccard({ a: '', b: '', k: 0 })).toThrow('k must be a whole number of at least 1, got 0')
  })
})

describe('minhashBands', () => {
  it('is the table of Mining of Massive Datasets, figure 3.8', () => {
    const chances = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((s) => Number(minhashBands({ bands: 20, rows: 5, s }).pCandidate.toFixed(4)))
    expect(chances).toEqual([0.0064, 0.0475, 0.186, 0.4701, 0.8019, 0.9748, 0.9996])
    expect(minhashBands({ bands: 16, rows: 4, s: 0 }).threshold).toBeCloseTo(0.5, 14)
    expect([0, 1].map((s) => minhashBands({ bands: 3, rows: 2, s }).pCandidate)).toEqual([0, 1])
    expect(() => minhashBands({ bands: 3, rows: 2, s: 1.1 })).toThrow('s must be between 0 and 1, got 1.1')
    expect(() => minhashBands({ bands: 0, rows: 2, s: 1 })).toThrow('bands must be a whole number of at least 1, got 0')
  })

  it('is the chance that random signatures share a band', () => {
    const random = createRandom(18)
    const runs = 4000
    let candidates = 0
    for (let run = 0; run < runs; run += 1) {
      let found = false
      for (let band = 0; band < 6; band += 1) {
        let same = true
        for (let row = 0; row < 3; row += 1) if (random.next() >= 0.6) same = false
        if (same) found = true
      }
      if (found) candidates += 1
    }
    expect(candidates / runs).toBeCloseTo(minhashBands({ bands: 6, rows: 3, s: 0.6 }).pCandidate, 1)
  })
})

describe('textTransforms', () => {
  const text = 'Cops see it'
  it.each<[TextTransform, string]>([
    ['leet', 'C0p5 533 17'],
    ['homoglyph', 'C\u043e\u0440s s\u0435\u0435 it'],
    ['zeroWidth', 'C\u200bo\u200bp\u200bs s\u200be\u200be i\u200bt'],
    ['spaced', 'C o p s   s e e   i t'],
    ['fullwidth', '\uff23\uff4f\uff50\uff53 \uff53\uff45\uff45 \uff49\uff54'],
    ['dotted', 'C.o.p.s s.e.e i.t'],
    ['swapCase', 'cOPS SEE IT'],
    ['tagSmuggle', `${text}${Array.from(text, (character) => String.fromCodePoint(0xe0000 + (character.codePointAt(0) ?? 0))).join('')}`],
  ])('%s', (transform, expected) => {
    expect(textTransforms({ transform, text }).text).toBe(expected)
  })

  it('leaves what it does not know as it was, half characters too', () => {
    for (const transform of textTransformNames) {
      expect(textTransforms({ transform, text: '' }).text).toBe('')
      expect(textTransforms({ transform, text: '😀' }).text).toBe('😀')
    }
    expect(() => textTransforms({ transform: 'rot13' as TextTransform, text })).toThrow('got "rot13"')
  })
})

describe('stripObfuscation', () => {
  it.each(['homoglyph', 'zeroWidth', 'fullwidth', 'tagSmuggle'] as const)('undoes %s', (transform) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z!?']{1,8}( [A-Za-z!?']{1,8}){0,4}$/), (text) => {
        const hidden = textTransforms({ transform, text }).text
        const { clean, removed } = stripObfuscation({ text: hidden })
        expect(clean).toBe(text)
        const added = Array.from(hidden).length - Array.from(text).length
        expect(removed).toBe(added)
      }),
    )
  })

  it('counts what is not seen: soft hyphens, joiners, selectors, fillers, bidirectional marks', () => {
    const invisible = ['\u00ad', '\u200d', '\ufe0f', '\u{e0101}', '\u034f', '\u3164', '\u202e', '\ufeff']
    expect(stripObfuscation({ text: `a${invisible.join('b')}c` })).toEqual({ clean: 'abbbbbbbc', removed: invisible.length })
    expect(stripObfuscation({ text: '  a \t\n b  ' })).toEqual({ clean: 'a b', removed: 0 })
  })
})
