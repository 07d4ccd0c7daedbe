/**
 * Words of any language, without word lists: letters, digits and marks make a word, an emoji is one, punctuation separates. Scripts that
 * write no spaces are segmented by Intl.Segmenter.
 */

export type Token = {
  /** Lower case, compatibility forms folded, apostrophes dropped. `*` counts as a letter, since masked words are written with it. */
  text: string
  /** `text` without common endings, so that `cockroaches` and `cockroach` meet. */
  stem: string
  /** The word that digits and symbols may stand for (`f4gg0t` → `faggot`); null when there is none. */
  unmasked: string | null
}

const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const words = /\p{Extended_Pictographic}|[\p{L}\p{N}\p{M}*@$]+/gu
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
const maskedLetters: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' }

/** Texts longer than this are read up to here: a classifier that runs on every key press has to be quick on any text. */
const longestText = 20_000

export function writesWithoutSpaces(text: string): boolean {
  return withoutSpaces.test(text)
}

/** Case, compatibility forms and apostrophes folded; invisible format characters taken out. */
export function foldText(text: string): string {
  const short = text.length > longestText ? text.slice(0, longestText) : text
  return short
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘ʼ\u00AD\u200B-\u200F\u2060\uFE0F]/g, '')
}

export function stemOf(text: string): string {
  const length = text.length
  if (length > 6 && text.endsWith('ing')) return text.slice(0, -3)
  if (length > 5 && (text.endsWith('es') || text.endsWith('ed'))) return text.slice(0, -2)
  if (length > 3 && text.endsWith('s') && !text.endsWith('ss')) return text.slice(0, -1)
  if (length > 5 && text.endsWith('e')) return text.slice(0, -1)
  return text
}

function unmask(text: string): string | null {
  let masked = false
  let letters = false
  let plain = ''
  for (const letter of text) {
    const stands = maskedLetters[letter]
    if (stands !== undefined) masked = true
    else if (letter < '0' || letter > '9') letters = true
    plain += stands ?? letter
  }
  return masked && letters ? plain : null
}

/** Tokens of a text that {@link foldText} made. Linear. */
export function tokenizeFolded(folded: string): Token[] {
  const tokens: Token[] = []
  const push = (text: string) => {
    tokens.push({ text, stem: stemOf(text), unmasked: /[0-9@$]/.test(text) ? unmask(text) : null })
  }
  for (const [word] of folded.matchAll(words)) {
    if (word.length > 1 && withoutSpaces.test(word)) for (const part of segmenter.segment(word)) push(part.segment)
    else push(word)
  }
  return tokens
}

export const tokenize = (text: string): Token[] => tokenizeFolded(foldText(text))
