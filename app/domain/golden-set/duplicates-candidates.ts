/** Sorted, distinct shingle keys of one text: exact stand-ins for its character 3-grams. */
export type ShingleKeys = Float64Array

/** The cube of this fits into the whole numbers that a double holds exactly. */
const characterRadix = 208_063
const bandCount = 24
const rowsPerBand = 6
/** Texts of one band that a text is compared with, the nearest before it: bounds a set made to make everything look alike. */
const comparedPerBand = 100
const rememberedKeys = 20_000

/** Numbers the characters of a collection of texts, so that three of them are one exact number. */
export class ShingleAlphabet {
  private readonly numbers = new Map<number, number>()

  /** The same set as `characterShingles(text, 3)` of a text that is normalised already. */
  keysOf(normalised: string): ShingleKeys {
    const characters: number[] = []
    for (const character of normalised) characters.push(this.numberOf(character.codePointAt(0) as number))
    if (characters.length === 0) return new Float64Array()
    // 0 is no character: a short text is one shingle that no longer text has.
    const [first = 0, second = 0, third = 0] = characters
    if (characters.length <= 3) return Float64Array.of(keyOf(first, second, third))
    const keys = new Float64Array(characters.length - 2)
    for (let start = 0; start < keys.length; start += 1)
      keys[start] = keyOf(characters[start] as number, characters[start + 1] as number, characters[start + 2] as number)
    return distinct(keys.sort())
  }

  /** Characters beyond the 208,062nd distinct one, more than any writing system has, share a number. */
  private numberOf(codePoint: number): number {
    const known = this.numbers.get(codePoint)
    if (known !== undefined) return known
    const number = Math.min(this.numbers.size + 1, characterRadix - 1)
    this.numbers.set(codePoint, number)
    return number
  }
}

const keyOf = (first: number, second: number, third: number) => (first * characterRadix + second) * characterRadix + third

function distinct(sorted: Float64Array): Float64Array {
  let count = 0
  for (let index = 0; index < sorted.length; index += 1)
    if (index === 0 || sorted[index] !== sorted[index - 1]) sorted[count++] = sorted[index] as number
  return sorted.slice(0, count)
}

/** |A ∩ B| / |A ∪ B| of two sorted key sets; 1 for two empty ones. */
export function jaccardOfKeys(a: ShingleKeys, b: ShingleKeys): number {
  if (a.length === 0 && b.length === 0) return 1
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [left, right] = [a[i] as number, b[j] as number]
    if (left === right) shared += 1
    if (left <= right) i += 1
    if (right <= left) j += 1
  }
  return shared / (a.length + b.length - shared)
}

/** Which of the texts `0 … n − 1` belong together, joined pair by pair; the root of a group is its lowest number. */
export class Groups {
  private readonly parent: Int32Array

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, index) => index)
  }

  rootOf(index: number): number {
    let root = index
    while (this.parent[root] !== root) root = this.parent[root] as number
    while (this.parent[index] !== root) {
      const next = this.parent[index] as number
      this.parent[index] = root
      index = next
    }
    return root
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)]
    this.parent[Math.max(first, second)] = Math.min(first, second)
  }
}

export type CandidateProgress = (done: number, total: number) => void

/** Joins every pair of texts whose Jaccard similarity reaches `threshold`. All pairs are looked at, but for those of too unequal size. */
export function joinAllPairs(texts: readonly string[], threshold: number, groups: Groups): void {
  const alphabet = new ShingleAlphabet()
  const keys = texts.map((text) => alphabet.keysOf(text))
  const bySize = keys.map((_, index) => index).sort((a, b) => sizeOf(keys, a) - sizeOf(keys, b) || a - b)
  for (const [place, index] of bySize.entries()) {
    for (let next = place + 1; next < bySize.length; next += 1) {
      const other = bySize[next] as number
      if (sizeOf(keys, index) < threshold * sizeOf(keys, other)) break
      if (groups.rootOf(index) === groups.rootOf(other)) continue
      if (jaccardOfKeys(keys[index] as ShingleKeys, keys[other] as ShingleKeys) >= threshold) groups.join(index, other)
    }
  }
}

const sizeOf = (keys: readonly ShingleKeys[], index: number) => (keys[index] as ShingleKeys).length

/**
 * Joins pairs that locality-sensitive hashing proposes (MinHash, Broder 1997; 24 bands of 6 rows: a pair of similarity 0.8 is proposed with
 * probability 0.9993) and whose exact Jaccard similarity reaches `threshold`. The hash functions are fixed, so that the same texts in the
 * same order give the same groups. Memory is 576 bytes a text besides the texts.
 */
export function joinLikelyPairs(texts: readonly string[], threshold: number, groups: Groups, onProgress?: CandidateProgress): void {
  const alphabet = new ShingleAlphabet()
  const hashes = bandCount * rowsPerBand
  const signatures = new Uint32Array(texts.length * hashes)
  const steps = texts.length + bandCount * Math.ceil(texts.length / 10)
  for (const [index, text] of texts.entries()) {
    sign(alphabet.keysOf(text), signatures.subarray(index * hashes, (index + 1) * hashes))
    if (index % 1_000 === 0) onProgress?.(index, steps)
  }
  const remembered = new Map<number, ShingleKeys>()
  const keysOf = (index: number): ShingleKeys => {
    const known = remembered.get(index)
    if (known) return known
    if (remembered.size >= rememberedKeys) remembered.clear()
    const keys = alphabet.keysOf(texts[index] as string)
    remembered.set(index, keys)
    return keys
  }
  for (let band = 0; band < bandCount; band += 1) {
    const buckets = new Map<string, number[]>()
    for (let index = 0; index < texts.length; index += 1) {
      const start = index * hashes + band * rowsPerBand
      let name = ''
      for (let row = 0; row < rowsPerBand; row += 1)
        name += String.fromCharCode((signatures[start + row] as number) >>> 16, (signatures[start + row] as number) & 0xffff)
      const bucket = buckets.get(name)
      if (!bucket) {
        buckets.set(name, [index])
        continue
      }
      for (let place = bucket.length - 1; place >= Math.max(0, bucket.length - comparedPerBand); place -= 1) {
        const other = bucket[place] as number
        if (groups.rootOf(index) === groups.rootOf(other)) continue
        if (jaccardOfKeys(keysOf(index), keysOf(other)) >= threshold) groups.join(index, other)
      }
      bucket.push(index)
    }
    onProgress?.(texts.length + (band + 1) * Math.ceil(texts.length / 10), steps)
  }
}

const seeds = Uint32Array.from({ length: bandCount * rowsPerBand }, (_, index) => mix(Math.imul(index + 1, 0x9e3779b1)))

/** Murmur3's finaliser: every bit of the result depends on every bit of the value. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** The least hash of the keys under each function. */
function sign(keys: ShingleKeys, signature: Uint32Array): void {
  signature.fill(0xffffffff)
  for (const key of keys) {
    const high = Math.floor(key / 0x100000000)
    const base = mix((key - high * 0x100000000) >>> 0) ^ Math.imul(high + 1, 0x85ebca6b)
    for (let index = 0; index < signature.length; index += 1) {
      let hash = Math.imul(base ^ (seeds[index] as number), 0xc2b2ae35)
      hash ^= hash >>> 15
      hash = Math.imul(hash, 0x2c1b3c6d) >>> 0
      if (hash < (signature[index] as number)) signature[index] = hash
    }
  }
}
