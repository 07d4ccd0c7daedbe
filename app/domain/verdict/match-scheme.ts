import { allowedLabel, positiveLabel } from '../policy/verdict-scheme'
import type { VerdictScheme } from '../policy/verdict-scheme'

/** What two spellings of the same id have in common: case, white space, also around a slash, and the characters that join words do not count. */
const foldWords = (text: string): string =>
  text
    .trim()
    .replace(/^["'`*]+|["'`*.]+$/g, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/ ?\/ ?/g, '/')
    .trim()

/** Words that say the same in every scheme, for models with a vocabulary of their own. A scheme's own labels go before. */
const commonWords: Record<string, 'violating' | 'allowed' | 'escalate'> = {
  violates: 'violating',
  violating: 'violating',
  violation: 'violating',
  unsafe: 'violating',
  safe: 'allowed',
  allowed: 'allowed',
  'no violation': 'allowed',
  'not violating': 'allowed',
  'non violating': 'allowed',
  'does not violate': 'allowed',
  escalate: 'escalate',
}

export type SchemeMatcher = {
  /** The id of the label that a text names, the whole text and nothing but; null when it names none. */
  label(text: string): string | null
  /** The id of the rule that a text names. A sub-rule that the scheme does not have (`H2.a`) is its rule (`H2`). Null: none. */
  rule(text: string): string | null
  severity(text: string): string | null
  readonly positive: string
  readonly allowed: string
  readonly scheme: VerdictScheme
}

const matchers = new WeakMap<VerdictScheme, SchemeMatcher>()

/** The matcher of a scheme, built once: answers are read by the hundred thousand. */
export function matcherOf(scheme: VerdictScheme): SchemeMatcher {
  const known = matchers.get(scheme)
  if (known) return known
  const made = createMatcher(scheme)
  matchers.set(scheme, made)
  return made
}

function createMatcher(scheme: VerdictScheme): SchemeMatcher {
  const table = (entries: ReadonlyArray<{ id: string; name?: string }>) => {
    const ids = new Map<string, string>()
    for (const entry of entries) if (entry.name !== undefined) ids.set(foldWords(entry.name), entry.id)
    for (const entry of entries) ids.set(foldWords(entry.id), entry.id)
    return ids
  }
  const labels = table(scheme.labels)
  const rules = table(scheme.rules)
  const severities = table(scheme.severities.map((id) => ({ id })))
  const longestWord = 200
  return {
    scheme,
    positive: positiveLabel(scheme),
    allowed: allowedLabel(scheme),
    label(text) {
      if (text.length > longestWord) return null
      // Nearly every answer is spelt as it was asked for.
      const exact = labels.get(text)
      if (exact !== undefined) return exact
      const folded = foldWords(text)
      const own = labels.get(folded)
      if (own !== undefined) return own
      const kind = Object.hasOwn(commonWords, folded) ? commonWords[folded] : undefined
      return scheme.labels.find((label) => label.kind === kind)?.id ?? null
    },
    rule(text) {
      if (text.length > longestWord) return null
      const folded = foldWords(text)
      for (let part = folded; part !== '';) {
        const id = rules.get(part)
        if (id !== undefined) return id
        const dot = part.lastIndexOf('.')
        if (dot <= 0) break
        part = part.slice(0, dot)
      }
      // "H2: Dehumanisation", "H2 — …": an id in front of its own title.
      const lead = /^([^\s:]+)(?:\s*:|\s+[–—-])/.exec(text.trim())?.[1]
      return lead === undefined ? null : (rules.get(foldWords(lead)) ?? null)
    },
    severity: (text) => (text.length > longestWord ? null : (severities.get(foldWords(text)) ?? null)),
  }
}
