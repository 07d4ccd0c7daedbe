import { createQuotationFilter } from './quotation-filter'

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

/** What is known of one content: in which prompts it stands (their places in the list) and how much of it at most. */
export type Quotation = { prompts: number[]; containment: number }

/**
 * Looks for contents in prompts: a content is quoted where at least `threshold` of its shingles (12 characters, 5 in scripts without spaces;
 * letters and digits only) stand in the prompt. Content shorter than one shingle and one character ("hello") is never a finding.
 *
 * Most contents are settled after a fifth of their text: see quotation-filter.ts.
 *
 * @throws RangeError for a threshold outside (0, 1].
 */
export function createQuotationSearch(
  prompts: readonly string[],
  { threshold = leakageThreshold }: { threshold?: number } = {},
): (content: string) => Quotation | 'too short' | null {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold must be above 0 and at most 1, got ${threshold}`)
  const indexes = new Map<number, PromptIndex>()
  const texts = prompts.map(wordsOnly)
  const indexFor = (size: number): PromptIndex => {
    const known = indexes.get(size)
    if (known) return known
    const index = indexPrompts(texts, size)
    indexes.set(size, index)
    return index
  }
  const mayBeQuoted = createQuotationFilter(texts, { size: shingleSize.alphabetic, threshold })
  return (content) => {
    if (!mayBeQuoted(content)) return null
    const words = wordsOnly(content)
    const size = sizeFor(words)
    return words.length <= size ? 'too short' : searchPrompts(words, size, indexFor(size), threshold)
  }
}

/** The cases whose content is quoted in a prompt, by {@link createQuotationSearch}, and how many are too short to tell. */
export function findLeakage(
  cases: Iterable<CaseToSearch>,
  prompts: readonly PromptToSearch[],
  options: { threshold?: number } = {},
): LeakageReport {
  const search = createQuotationSearch(
    prompts.map(({ text }) => text),
    options,
  )
  const leaked: LeakedCase[] = []
  let tooShort = 0
  for (const { id, content } of cases) {
    const found = search(content)
    if (found === 'too short') tooShort += 1
    else if (found)
      leaked.push({ caseId: id, prompts: found.prompts.map((place) => prompts[place]?.name ?? ''), containment: found.containment })
  }
  return { leaked, tooShort }
}

type PromptIndex = { all: ReadonlySet<string>; byPrompt: ReadonlyArray<ReadonlySet<string>> }

function indexPrompts(texts: readonly string[], size: number): PromptIndex {
  const byPrompt = texts.map((words) => new Set(shinglesOf(words, size)))
  const all = new Set<string>()
  for (const shingles of byPrompt) for (const shingle of shingles) all.add(shingle)
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

function searchPrompts(words: string, size: number, index: PromptIndex, threshold: number): Quotation | null {
  const distinct = likelyShingles(words, size, index, threshold)
  if (!distinct) return null
  const prompts: number[] = []
  let containment = 0
  for (const [place, held] of index.byPrompt.entries()) {
    let shared = 0
    for (const shingle of distinct) if (held.has(shingle)) shared += 1
    const share = shared / distinct.size
    if (share < threshold) continue
    prompts.push(place)
    containment = Math.max(containment, share)
  }
  return prompts.length > 0 ? { prompts, containment } : null
}
