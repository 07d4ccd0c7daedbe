import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** Every `n` words in a row: lower case, without punctuation. */
export function wordRuns(text: string, n: number): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return Array.from({ length: Math.max(0, words.length - n + 1) }, (_, start) => words.slice(start, start + n).join(' '))
}

/** What a prompt version puts between double quotes: signs of rules and exceptions, examples. */
export function quotedIn(text: string): string[] {
  return [...text.matchAll(/"([^"\n]+)"/g)].flatMap(([, quote]) => (quote === undefined ? [] : [quote]))
}

function characterRuns(text: string): Set<string> {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ')
  return new Set(Array.from({ length: Math.max(1, plain.length - 2) }, (_, start) => plain.slice(start, start + 3)))
}

/** Pairs of ids whose contents share more than `limit` of their runs of three characters (Jaccard). */
export function findNearDuplicates(cases: GoldenCase[], limit: number): string[] {
  const all = cases.map((golden) => ({ id: golden.id, runs: characterRuns(golden.content) }))
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => {
      const shared = [...one.runs].filter((run) => other.runs.has(run)).length
      return shared / (one.runs.size + other.runs.size - shared) > limit ? [`${one.id} ${other.id}`] : []
    }),
  )
}
