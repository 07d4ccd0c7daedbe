import type { RuleHeader } from './policy-lines'
import type { PolicyExample, PolicyRule } from './policy-outline'
import { kindOfWords, quotedIn, slugOf, stripEmphasis } from './policy-words'

/** What the lines of a rule are, from one marker to the next. */
export type Mode = 'definition' | 'signals' | 'appliesTo' | 'exceptions' | 'examples' | 'other'

export const ruleHolders = /^(?:the\s+)?(?:rules?|criteria|categories|prohibited(?: content)?|violations|what is not allowed)\b/i
export const exampleHolders = /^(?:examples?|edge.?cases?|boundary)\b/i
export const verdictHolders = /^(?:verdicts?|labels?|label format|output|answer)\b/i
export const blockMarkers: ReadonlyArray<readonly [Mode, RegExp]> = [
  ['signals', /^(?:signals?|signs?|keywords?|indicators?|phrases?)$/i],
  ['exceptions', /^(?:exceptions?|allowed|safe|does not apply(?: to)?|not covered|permitted|unless)$/i],
  ['examples', /^(?:(?:boundary )?examples?|edge.?cases?)$/i],
  ['appliesTo', /^(?:applies to|covers|includes|violates|violations?|prohibited)$/i],
  ['definition', /^(?:definition|description|rule)$/i],
]

/** `**Signals:** …`, `**Exceptions**`, `Examples:` → what the following lines are, and the rest of the line. */
export function readMarker(text: string): { mode: Mode; rest: string } | null {
  const match = /^(?:\*\*|__)([^*_:]{3,30}):?(?:\*\*|__):?\s*(.*)$/.exec(text) ?? /^([A-Za-z][A-Za-z -]{2,29}):\s*(.*)$/.exec(text)
  if (!match) return null
  const [, words = '', rest = ''] = match
  const mode = blockMarkers.find(([, pattern]) => pattern.test(words.trim()))?.[0]
  return mode === undefined ? null : { mode, rest }
}

/** `"text" → violates (H2): why`; null when the line does not start with a quotation. */
export function readExample(text: string, line: number): PolicyExample | null {
  const plain = text.replace(/^(?:\*\*[^*]{1,30}:?\*\*:?|[A-Za-z]{3,20}:)\s*(?=["“„«])/, '')
  const verdict = /^["“„«](.*)["”“»]\s*(?:→|->|=>|⇒|⟶|–|—|:)\s*(.*)$/.exec(plain)
  const alone = verdict ? null : /^["“„«](.*)["”“»][.\s]*$/.exec(plain)
  const quoted = (verdict ?? alone)?.[1]?.trim()
  if (quoted === undefined || quoted === '') return null
  const says = stripEmphasis(verdict?.[2] ?? '')
  const named = /^([^:(–—.]{1,60})(?:\(([^)]{1,40})\))?\s*[:–—.]?\s*(.*)$/.exec(says)
  const label = named?.[1]?.trim() ?? ''
  return {
    text: quoted,
    label: label === '' ? null : label,
    kind: kindOfWords(label),
    why: named?.[3]?.trim() ?? '',
    ...(named?.[2] ? { ruleId: named[2].trim() } : {}),
    line,
  }
}

/** `Example 4 – HR = 1, SH = 0` → the rules and whether they apply. */
export function readFlags(text: string): Array<{ id: string; applies: boolean }> | null {
  const flags = [...text.slice(0, 300).matchAll(/([A-Za-z][A-Za-z0-9.]{0,15})\s*=\s*([01])/g)].map((match) => ({
    id: match[1] ?? '',
    applies: match[2] === '1',
  }))
  return flags.length ? flags : null
}

export function addDefinition(rule: PolicyRule, text: string): void {
  const words = stripEmphasis(text)
  rule.definition = rule.definition === '' ? words : `${rule.definition}\n${words}`
}

export function addException(rule: PolicyRule, text: string, header: RuleHeader | null, line: number): void {
  const own = header && header.id.startsWith(`${rule.id}.`) ? header.id : null
  const words = stripEmphasis(
    own === null
      ? text
      : stripEmphasis(text)
          .slice(own.length)
          .replace(/^\s*[:–—-]\s*/, ''),
  )
  const wanted = own ?? `${rule.id}.${slugOf(words)}`
  const taken = rule.exceptions.filter((exception) => exception.id === wanted || exception.id.startsWith(`${wanted}-`)).length
  const id = taken ? `${wanted}-${taken + 1}` : wanted
  rule.exceptions.push({ id, text: words, quotedPhrases: quotedIn(text), line })
}

/** A line that goes on with the exception above it; the first one of a list without bullets. */
export function addToException(rule: PolicyRule, text: string, line: number): void {
  const last = rule.exceptions.at(-1)
  if (last) last.text += ` ${stripEmphasis(text)}`
  else addException(rule, text, null, line)
}

/** `❌ Output: INVALID` → what stands behind it; null for any other line. */
export const readOutput = (text: string): string | null => /^[^\p{L}]*output\s*:\s*(.+)$/iu.exec(text)?.[1] ?? null
