import { isAscii } from '../fold-text'

/** Scripts without spaces, by code unit: contents that are mostly such are left to the exact search, which cuts them into shorter shingles. */
const mayBeDense = /[\u0e00-\u0eff\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\ud840-\ud8ff\uf900-\ufaff\uff66-\uffdf]/
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u

const space = 32
const sieveBits = 20
const seenBits = 12
const multiplier = 0x01000193

/**
 * Says fast that a content cannot be quoted in any prompt: too many of its shingles are in none of them, whatever the rest of it holds. True
 * means only that it may be. Reads letters and digits as the exact search does, by a rolling hash (Karp & Rabin 1987) over a sieve of the
 * prompts' shingles, without making a string for any; nearly every content is settled after a fifth of its text.
 *
 * @param texts prompts as letters and digits, words apart by single spaces.
 */
export function createQuotationFilter(
  texts: readonly string[],
  { size, threshold }: { size: number; threshold: number },
): (content: string) => boolean {
  const sieve = new Uint8Array(1 << sieveBits)
  let leading = 1
  for (let power = 1; power < size; power++) leading = Math.imul(leading, multiplier)
  const place = (hash: number) => (hash ^ (hash >>> sieveBits)) & ((1 << sieveBits) - 1)
  for (const text of texts) {
    let hash = 0
    for (let index = 0; index < text.length; index++) {
      if (index >= size) hash = (hash - Math.imul(text.charCodeAt(index - size), leading)) | 0
      hash = (Math.imul(hash, multiplier) + text.charCodeAt(index)) | 0
      if (index >= size - 1) sieve[place(hash)] = 1
    }
  }

  const isWord = createWordTable()
  const isDense = createDenseTable()
  const lastCodes = new Uint16Array(size)
  /**
   * Missing shingles met in this content. Two that fall on one place are taken for one met twice: then as many are missing as are distinct
   * too few, which errs to the safe side.
   */
  const seen = new Uint32Array(1 << seenBits)
  let round = 0
  let length = 0
  let hash = 0
  let missing = 0
  let repeated = 0

  function push(code: number): void {
    const slot = length % size
    if (length >= size) hash = (hash - Math.imul(lastCodes[slot] ?? 0, leading)) | 0
    hash = (Math.imul(hash, multiplier) + code) | 0
    lastCodes[slot] = code
    length++
    if (length < size || sieve[place(hash)] === 1) return
    const mark = (hash ^ (hash >>> seenBits)) & ((1 << seenBits) - 1)
    if (seen[mark] === round) repeated++
    else {
      seen[mark] = round
      missing++
    }
  }

  /** Whether half of its letters and digits may be of a script without spaces: never false where the exact search says so. */
  function isMostlyDense(text: string): boolean {
    let dense = 0
    let letters = 0
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (isWord(code, text, index)) letters++
      if (isDense(code)) dense++
    }
    return dense * 2 > letters
  }

  return (content) => {
    const folded = (isAscii(content) ? content : content.normalize('NFKC')).toLowerCase()
    if (mayBeDense.test(folded) && isMostlyDense(folded)) return true
    // A shingle and one character at least: anything shorter is the exact search's to count.
    if (folded.length <= size) return true
    /** Of so many characters: too many are missing for the rest to make up for. A whole number up to rounding is that number. */
    const isHopeless = (characters: number) => missing > (1 - threshold) * (characters - size + 1 - repeated) + 1e-9
    round = (round + 1) >>> 0
    if (round === 0) {
      seen.fill(0)
      round = 1
    }
    length = 0
    hash = 0
    missing = 0
    repeated = 0
    let gap = false
    for (let index = 0; index < folded.length; index++) {
      const code = folded.charCodeAt(index)
      if (isWord(code, folded, index)) {
        if (gap && length > 0) push(space)
        gap = false
        push(code)
        if (isHopeless(folded.length)) return false
      } else gap = true
    }
    return length <= size || !isHopeless(length)
  }
}

/** Whether a code unit may be of a script without spaces; looked up once for each. */
function createDenseTable(): (code: number) => boolean {
  const known = new Uint8Array(0x10000)
  return (code) => {
    if (known[code] === 0) known[code] = mayBeDense.test(String.fromCharCode(code)) ? 2 : 1
    return known[code] === 2
  }
}

/** Whether a code unit belongs to a letter or digit; looked up once for each, surrogates each time by the pair they stand in. */
function createWordTable(): (code: number, text: string, index: number) => boolean {
  const unknown = 0
  const word = 1
  const other = 2
  const table = new Uint8Array(0x10000)
  const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff
  return (code, text, index) => {
    if (isSurrogate(code)) {
      const first = code >= 0xdc00 ? index - 1 : index
      return letterOrDigit.test(String.fromCodePoint(text.codePointAt(Math.max(0, first)) ?? 0))
    }
    if (table[code] === unknown) table[code] = letterOrDigit.test(String.fromCharCode(code)) ? word : other
    return table[code] === word
  }
}
