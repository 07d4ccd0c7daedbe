import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQuotationSearch, findLeakage } from '~/domain/golden-set/leakage'

const prompts = [
  { name: 'v1', text: 'H1. No insults.\n- "You people should all go home!" → violates\nSay hello to users.' },
  { name: 'v2', text: 'H1. No insults.\n- "You people should all\n  go  home" → violates\n例：「あなたたちは全員国に帰るべきだ」' },
]
const leakedIn = (content: string) => findLeakage([{ id: 'c', content }], prompts).leaked[0]?.prompts ?? []

describe('findLeakage', () => {
  it('finds a quotation whatever its punctuation, case and line ends', () => {
    expect(leakedIn('you people should ALL go home...')).toEqual(['v1', 'v2'])
    expect(leakedIn('You people should all go home, and your children')).toEqual([])
  })

  it('finds a quotation in a script without spaces', () => {
    expect(leakedIn('あなたたちは全員国に帰るべきだ。')).toEqual(['v2'])
  })

  it('never takes a short common phrase for a quotation, but counts it', () => {
    expect(
      findLeakage(
        [
          { id: 'c', content: 'hello' },
          { id: 'd', content: '!!!' },
        ],
        prompts,
      ),
    ).toEqual({ leaked: [], tooShort: 2 })
  })

  it('does not take common words of a long prompt for a quotation', () => {
    expect(leakedIn('No users should say insults to people, all go home to you')).toEqual([])
  })

  it('finds nothing without prompts, and refuses a threshold that is no share', () => {
    expect(findLeakage([{ id: 'c', content: 'You people should all go home' }], [])).toEqual({ leaked: [], tooShort: 0 })
    expect(() => findLeakage([], [], { threshold: 2 })).toThrow('got 2')
  })

  it('finds what a search without any short cut finds', () => {
    const words = ['go', 'home', 'people', 'ÜBEL', 'ＷＩＤＥ', '😀', '—', "don't", '例', '例例例例例', 'naïve', 'ﬁn', '𝒳𝓎', '\u200d', '42']
    const text = (maxLength: number) => fc.array(fc.constantFrom(...words), { minLength: 1, maxLength }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(text(60), text(14), fc.nat(20), fc.constantFrom(0.3, 0.8, 1), (prompt, content, cut, threshold) => {
        // Half of the contents are a piece of the prompt with something added.
        const candidates = [
          content,
          `${prompt.slice(cut, cut + 60)} ${content.slice(0, 6)}`,
          `${content} ${content} ${prompt.slice(0, cut)}`,
        ]
        const search = createQuotationSearch([prompt], { threshold })
        for (const candidate of candidates) {
          const found = search(candidate)
          expect(found !== null && found !== 'too short').toBe(isQuotedByDefinition(candidate, prompt, threshold))
        }
      }),
      { numRuns: 500 },
    )
  })
})

function isQuotedByDefinition(content: string, prompt: string, threshold: number): boolean {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
      .trim()
  const words = plain(content)
  const size = (words.match(/\p{Script=Han}/gu)?.length ?? 0) * 2 > words.length ? 5 : 12
  if (words.length <= size) return false
  const cut = (text: string) => new Set(Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size)))
  const [mine, held] = [cut(words), cut(plain(prompt))]
  return [...mine].filter((shingle) => held.has(shingle)).length / mine.size >= threshold
}
