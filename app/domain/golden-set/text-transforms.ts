import { whitespaceCollapsed } from './similarity'

/** Latin letter → Cyrillic letter that looks the same. */
const homoglyphs: Record<string, string> = { a: '\u0430', c: '\u0441', e: '\u0435', o: '\u043e', p: '\u0440', x: '\u0445', y: '\u0443' }
const latinOfHomoglyph = new Map(Object.entries(homoglyphs).map(([latin, cyrillic]) => [cyrillic, latin]))

const leetDigits: Record<string, string> = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7' }

const zeroWidthSpace = '\u200b'
const fullwidthOffset = 0xfee0
const tagOffset = 0xe0000

/** Between two adjacent ASCII letters. */
const betweenLetters = /(?<=[A-Za-z])(?=[A-Za-z])/g

/** The tag character of an ASCII character; nothing for any other. */
function tagOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? String.fromCodePoint(tagOffset + code) : ''
}

const swapCase = (text: string): string =>
  Array.from(text, (character) => {
    const lower = character.toLowerCase()
    return character === lower ? character.toUpperCase() : lower
  }).join('')

/**
 * Ways in which people hide what they write from a filter, all of which leave its meaning as it was (HateCheck F25–F29, Röttger et al. 2021;
 * Hackett et al. 2025; Boucher et al. 2022): leet digits, Cyrillic look-alikes, zero-width spaces between letters, characters spaced out
 * (words then stand three spaces apart), full-width forms, dots between letters, case swapped, and a copy in invisible tag characters behind
 * the text.
 */
const transforms = {
  leet: (text: string) => text.replace(/[aeiost]/gi, (letter) => leetDigits[letter.toLowerCase()] ?? letter),
  homoglyph: (text: string) => text.replace(/[aceopxy]/g, (letter) => homoglyphs[letter] ?? letter),
  zeroWidth: (text: string) => text.replace(betweenLetters, zeroWidthSpace),
  spaced: (text: string) =>
    text
      .split(' ')
      .map((word) => Array.from(word).join(' '))
      .join('   '),
  fullwidth: (text: string) => text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + fullwidthOffset)),
  dotted: (text: string) => text.replace(betweenLetters, '.'),
  swapCase,
  tagSmuggle: (text: string) => text + Array.from(text, tagOf).join(''),
}

export type TextTransform = keyof typeof transforms
export const textTransformNames = Object.keys(transforms) as TextTransform[]

/**
 * A text obfuscated in one of the ways of `textTransformNames`, its label preserved.
 *
 * @throws RangeError for an unknown transform.
 */
export function textTransforms(input: { transform: TextTransform; text: string }): { text: string } {
  const { transform, text } = input
  if (!Object.hasOwn(transforms, transform))
    throw new RangeError(`transform must be one of ${textTransformNames.join(', ')}, got "${transform}"`)
  return { text: transforms[transform](text) }
}

/** What is not seen: format characters (zero-width, bidirectional), tags, variation selectors, blank fillers. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/**
 * What a text says once its tricks are undone, after the skeletons of UTS #39: NFKC, invisible characters dropped and counted, Cyrillic
 * look-alikes turned back, white space collapsed. For a preview ("this case contains 12 hidden characters"): never store it, for it changes
 * honest text too (emoji held together by U+200D, words in Cyrillic).
 */
export function stripObfuscation(input: { text: string }): { clean: string; removed: number } {
  const normalized = input.text.normalize('NFKC')
  const removed = normalized.match(invisible)?.length ?? 0
  const visible = normalized.replace(invisible, '')
  const latin = Array.from(visible, (character) => latinOfHomoglyph.get(character) ?? character).join('')
  return { clean: whitespaceCollapsed(latin), removed }
}
