import type { LabelKind } from './verdict-scheme'

/** Words with which policies say a verdict, and what they mean wherever a policy does not say otherwise. */
const verdictWords: ReadonlyArray<readonly [RegExp, LabelKind]> = [
  [/^(?:does not violate|no violation|not (?:a )?violat\w*|non-?violat\w*|not spam|non-?spam|not invalid)\b/i, 'allowed'],
  [/^(?:violat\w*|invalid|unsafe|remove[ds]?|block(?:ed)?|reject(?:ed)?|prohibited|forbidden|not allowed|disallowed)\b/i, 'violating'],
  [/^(?:allow(?:ed|s)?|valid|safe|keep|kept|permitted|approved?|acceptable|ok)\b/i, 'allowed'],
  [/^(?:escalate[ds]?|needs? review|human review)\b/i, 'escalate'],
]

/** What kind of verdict a text starts with; null when it starts with none. */
export function kindOfWords(text: string): LabelKind | null {
  const words = text.slice(0, 60).replace(/^[^\p{L}\p{N}]+/u, '')
  return verdictWords.find(([pattern]) => pattern.test(words))?.[1] ?? null
}

/** The first word or code of a text, as a policy's own name of a verdict: `violates`, `VALID`, `D-S2`. */
export const firstWord = (text: string): string => /[\p{L}\p{N}][\p{L}\p{N}._#-]*/u.exec(text.slice(0, 200))?.[0] ?? ''

const quotes = /["“”„«»]([^"“”„«»\n]{1,500})["“”„«»]/g

/** The phrases that stand between double quotes in one line, in order. */
export const quotedIn = (line: string): string[] =>
  [...line.matchAll(quotes)].map((match) => (match[1] ?? '').trim()).filter((phrase) => phrase !== '')

export const stripEmphasis = (text: string): string => text.replace(/\*\*|__|`/g, '').trim()

/** `Credible threats & doxxing!` → `credible-threats-doxxing`; letters of every script are kept. */
export function slugOf(text: string): string {
  const slug = stripEmphasis(text.slice(0, 300))
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return slug.split('-').slice(0, 8).join('-') || 'section'
}

/** Gives out ids, each once: the wanted one, else that of its parent in front, else with a number behind. */
export function createIdRegister(): (wanted: string, parent?: string) => string {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return (wanted, parent) => {
    let id = wanted
    if (taken.has(id) && parent !== undefined && parent !== '') id = `${parent}.${wanted}`
    const base = id
    for (let count = counts.get(base) ?? 2; taken.has(id); count++) {
      id = `${base}-${count}`
      counts.set(base, count + 1)
    }
    taken.add(id)
    return id
  }
}
