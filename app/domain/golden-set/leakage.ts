/** A prompt text that cases may be quoted in. `name` is how people know it: `v3`. */
export type PromptToSearch = { name: string; text: string }
export type CaseToSearch = { id: string; content: string }

/** A case whose content stands in prompts. */
export type LeakedCase = {
  caseId: string
  prompts: string[]
  /** The greatest share of the content's shingles that one prompt holds. */
  containment: number
}

export type LeakageReport = {
  leaked: LeakedCase[]
  /** Cases whose content is too short to tell a quotation from a common phrase. */
  tooShort: number
}

/** Least share of a content's shingles (Broder's containment, 1997) that makes it a quotation. */
export const leakageThreshold = 0.8

/** Characters of a shingle. A script without spaces says in five characters what an alphabet says in twelve. */
const shingleSize = { alphabetic: 12, dense: 5 } as const
const denseScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu

/** Letters and digits in one form, words apart by single spaces: quotation marks and punctuation do not hide a quotation. */
const wordsOnly = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()

function sizeFor(words: string): number {
  const dense = words.match(denseScript)?.length ?? 0
  return dense * 2 > words.length ? shingleSize.dense : shingleSize.alphabetic
}

/**
 * The cases whose content is quoted in a prompt: at least `threshold` of the content's shingles (12 characters, 5 in scripts without spaces;
 * letters and digits only) stand in it. Content shorter than one shingle and one character ("hello") is never a finding: it is counted.
 *
 * @throws RangeError for a threshold outside (0, 1].
 */
export function findLeakage(
  cases: Iterable<CaseToSearch>,
  prompts: readonly PromptToSearch[],
  options: { threshold?: number } = {},
): LeakageReport {
  const { threshold = leakageThreshold } = options
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold must be above 0 and at most 1, got ${threshold}`)
  const indexes = new Map<number, PromptIndex>()
  const texts = prompts.map(({ name, text }) => ({ name, words: wordsOnly(text) }))
  const indexFor = (size: number): PromptIndex => {
    const known = indexes.get(size)
    if (known) return known
    const index = indexPrompts(texts, size)
    indexes.set(size, index)
    return index
  }
  const leaked: LeakedCase[] = []
  let tooShort = 0
  for (const { id, content } of cases) {
    const words = wordsOnly(content)
    const size = sizeFor(words)
    if (words.length <= size) {
      tooShort += 1
      continue
    }
    const found = searchPrompts(words, size, indexFor(size), threshold)
    if (found) leaked.push({ caseId: id, ...found })
  }
  return { leaked, tooShort }
}

type PromptIndex = { all: ReadonlySet<string>; byPrompt: ReadonlyArray<{ name: string; shingles: ReadonlySet<string> }> }

function indexPrompts(texts: ReadonlyArray<{ name: string; words: string }>, size: number): PromptIndex {
  const byPrompt = texts.map(({ name, words }) => ({ name, shingles: new Set(shinglesOf(words, size)) }))
  const all = new Set<string>()
  for (const { shingles } of byPrompt) for (const shingle of shingles) all.add(shingle)
  return { all, byPrompt }
}

/** In UTF-16 units, which is as good for a comparison and several times faster. */
function* shinglesOf(words: string, size: number): Generator<string> {
  for (let start = 0; start + size <= words.length; start += 1) yield words.slice(start, start + size)
}

/** The distinct shingles, or null as soon as too few of them can be in any prompt: so nearly every case is settled after a fifth of its text. */
function likelyShingles(words: string, size: number, index: PromptIndex, threshold: number): ReadonlySet<string> | null {
  const distinct = new Set<string>()
  let held = 0
  let remaining = words.length - size + 1
  for (const shingle of shinglesOf(words, size)) {
    remaining -= 1
    if (distinct.has(shingle)) continue
    distinct.add(shingle)
    if (index.all.has(shingle)) held += 1
    else if (held + remaining < threshold * (distinct.size + remaining)) return null
  }
  return distinct
}

function searchPrompts(
  words: string,
  size: number,
  index: PromptIndex,
  threshold: number,
): { prompts: string[]; containment: number } | null {
  const distinct = likelyShingles(words, size, index, threshold)
  if (!distinct) return null
  const prompts: string[] = []
  let containment = 0
  for (const { name, shingles: held } of index.byPrompt) {
    let shared = 0
    for (const shingle of distinct) if (held.has(shingle)) shared += 1
    const share = shared / distinct.size
    if (share < threshold) continue
    prompts.push(name)
    containment = Math.max(containment, share)
  }
  return prompts.length > 0 ? { prompts, containment } : null
}
