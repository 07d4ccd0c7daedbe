/** White space as Unicode has it, and the four separators among the control characters; U+FEFF is none, whatever `\s` says. */
const whitespaceRun = /[\p{White_Space}\u001c-\u001f]+/gu

/** Every run of white space a single space, none at the ends. */
export const whitespaceCollapsed = (text: string): string => text.replace(whitespaceRun, ' ').replace(/^ | $/g, '')

/** One form for texts that differ in compatibility characters, case or white space only. */
export const normalizeForSimilarity = (text: string): string => whitespaceCollapsed(text.normalize('NFKC').toLowerCase())

/**
 * The set of k-character shingles of the normalised text (Broder 1997), characters being code points. A text shorter than k is one shingle;
 * an empty one has none.
 *
 * @throws RangeError for a k that is no whole number ≥ 1.
 */
export function characterShingles(text: string, k: number): Set<string> {
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`k must be a whole number of at least 1, got ${k}`)
  const characters = Array.from(normalizeForSimilarity(text))
  if (characters.length === 0) return new Set()
  if (characters.length <= k) return new Set([characters.join('')])
  const shingles = new Set<string>()
  for (let start = 0; start + k <= characters.length; start += 1) shingles.add(characters.slice(start, start + k).join(''))
  return shingles
}

/** |A ∩ B| / |A ∪ B|; 1 for two empty sets. */
export function jaccardOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  const [smaller, larger] = a.size <= b.size ? [a, b] : [b, a]
  let shared = 0
  for (const shingle of smaller) if (larger.has(shingle)) shared += 1
  return shared / (a.size + b.size - shared)
}

/**
 * How alike two texts are: the Jaccard similarity of their shingles (Broder 1997), 0 to 1. k is 3 unless told; two empty texts are alike.
 *
 * @throws RangeError for a k that is no whole number ≥ 1.
 */
export function shingleJaccard(input: { a: string; b: string; k?: number }): { jaccard: number } {
  const { a, b, k = 3 } = input
  return { jaccard: jaccardOf(characterShingles(a, k), characterShingles(b, k)) }
}

/**
 * The chance that locality-sensitive hashing with `bands` bands of `rows` MinHash values compares two texts of Jaccard similarity s at all,
 * 1 − (1 − s^rows)^bands, and the similarity near which that chance rises, (1/bands)^(1/rows) (Leskovec, Rajaraman & Ullman, ch. 3).
 *
 * @throws RangeError for bands or rows that are no whole numbers ≥ 1, or s outside 0…1.
 */
export function minhashBands(input: { bands: number; rows: number; s: number }): { pCandidate: number; threshold: number } {
  const { bands, rows, s } = input
  for (const [name, value] of [
    ['bands', bands],
    ['rows', rows],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number of at least 1, got ${value}`)
  }
  if (!(s >= 0 && s <= 1)) throw new RangeError(`s must be between 0 and 1, got ${s}`)
  return { pCandidate: -Math.expm1(bands * Math.log1p(-(s ** rows))), threshold: (1 / bands) ** (1 / rows) }
}
