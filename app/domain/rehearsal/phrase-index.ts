import { foldText, tokenizeFolded, writesWithoutSpaces } from './tokens'
import type { Token } from './tokens'

/** A quoted phrase of the prompt, and what it is a sign of. */
export type Phrase<Reference> = { text: string; reference: Reference; /** Digits and symbols may stand for letters. */ masksCount: boolean }

type IndexedPhrase<Reference> = Phrase<Reference> & { stems: string[]; exact: string[] }

export type PhraseMatch<Reference> = { phrase: Phrase<Reference>; tokenCount: number }

/** Phrases found by their first word, so that the time for a text does not grow with the number of phrases. */
export type PhraseIndex<Reference> = {
  byFirstStem: Map<string, Array<IndexedPhrase<Reference>>>
  /** Phrases whose first word is masked (`p*ki`), by the length of that word. */
  byMaskedLength: Map<number, Array<IndexedPhrase<Reference> & { pattern: RegExp }>>
  /** Phrases in scripts without spaces are looked for in the text itself. */
  substrings: Array<Phrase<Reference> & { folded: string }>
}

const escapePattern = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
const maskPattern = (text: string) => new RegExp(`^${text.split('*').map(escapePattern).join('.')}$`, 'u')

function addTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

export function indexPhrases<Reference>(phrases: Iterable<Phrase<Reference>>): PhraseIndex<Reference> {
  const index: PhraseIndex<Reference> = { byFirstStem: new Map(), byMaskedLength: new Map(), substrings: [] }
  for (const phrase of phrases) {
    const folded = foldText(phrase.text).trim()
    if (folded === '') continue
    if (writesWithoutSpaces(folded)) {
      index.substrings.push({ ...phrase, folded })
      continue
    }
    const tokens = tokenizeFolded(folded)
    const first = tokens[0]
    if (!first) {
      index.substrings.push({ ...phrase, folded })
      continue
    }
    const indexed = { ...phrase, stems: tokens.map((token) => token.stem), exact: tokens.map((token) => token.text) }
    addTo(index.byFirstStem, first.stem, indexed)
    if (/[^*]\*|\*[^*]/.test(first.text)) addTo(index.byMaskedLength, first.text.length, { ...indexed, pattern: maskPattern(first.text) })
  }
  return index
}

function restMatches(stems: readonly string[], tokens: readonly Token[], at: number): boolean {
  for (let offset = 1; offset < stems.length; offset++) if (tokens[at + offset]?.stem !== stems[offset]) return false
  return true
}

/** Every phrase that occurs in the text, each once. `folded` and `tokens` are of the same text. */
export function findPhrases<Reference>(
  index: PhraseIndex<Reference>,
  folded: string,
  tokens: readonly Token[],
): Array<PhraseMatch<Reference>> {
  const found: Array<PhraseMatch<Reference>> = []
  const seen = new Set<string>()
  const add = (phrase: IndexedPhrase<Reference>, at: number) => {
    const key = phrase.stems.join(' ')
    if (!restMatches(phrase.stems, tokens, at)) return
    if (
      found.length &&
      seen.has(key) &&
      found.some((match) => match.phrase.reference === phrase.reference && match.phrase.text === phrase.text)
    )
      return
    seen.add(key)
    found.push({ phrase, tokenCount: phrase.stems.length })
  }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    const candidates = index.byFirstStem.get(token.stem)
    // A short word has to be the same word: "as" is not "a".
    if (candidates)
      for (const phrase of candidates)
        if (phrase.stems.length > 1 || token.text.length > 3 || phrase.exact[0] === token.text) add(phrase, at)
    if (token.unmasked !== null) {
      const unmasked = index.byFirstStem.get(token.unmasked)
      if (unmasked) for (const phrase of unmasked) if (phrase.masksCount) add(phrase, at)
    }
    if (index.byMaskedLength.size) {
      const masked = index.byMaskedLength.get(token.text.length)
      if (masked) for (const phrase of masked) if (phrase.exact[0] !== token.text && phrase.pattern.test(token.text)) add(phrase, at)
    }
  }
  for (const phrase of index.substrings) if (folded.includes(phrase.folded)) found.push({ phrase, tokenCount: 2 })
  return found
}
