/**
 * Fences: `<content-CODE>` … `</content-CODE>`. The code is drawn from the fenced texts and occurs in none of them, so that no text can
 * close its own fence or open another; it is the same for the same texts, so that the same case makes the same messages.
 */

/** 53-bit string hash (cyrb53, public domain, by bryc). Not cryptographic: that the code is absent from the texts is checked, not assumed. */
function hash53(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}

/** A code of 8 characters that occurs in none of the texts, whatever their case. */
export function chooseFenceCode(texts: readonly string[]): string {
  const joined = texts.join('\u0000').toLowerCase()
  for (let seed = 0; ; seed++) {
    const code = hash53(joined, seed).toString(36).padStart(11, '0').slice(-8)
    if (!joined.includes(code)) return code
  }
}

export const fence = (name: string, code: string, text: string): string => `<${name}-${code}>\n${text}\n</${name}-${code}>`

export type FencedPiece = { name: string; text: string }

/** The fenced pieces of a text, outermost only, in order. Linear in the text. */
export function readFences(text: string): FencedPiece[] {
  const pieces: FencedPiece[] = []
  const opening = /<([a-z]+)-([0-9a-z]{8})>\n/g
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const [, name = '', code = ''] = match
    const end = text.indexOf(`\n</${name}-${code}>`, opening.lastIndex - 1)
    if (end < 0) return pieces
    pieces.push({ name, text: text.slice(opening.lastIndex, Math.max(end, opening.lastIndex)) })
    opening.lastIndex = end
  }
  return pieces
}

/** Text that every JSON encoder and tokenizer accepts: lone surrogates and NUL become U+FFFD, nothing else changes. */
export const makeWellFormed = (text: string): string =>
  // Nearly every text is: looking is an order faster than replacing.
  text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')
