import { explicitId } from './policy-lines'
import type { PolicyText } from './policy-text'
import { kindOfWords } from './policy-words'
import type { VerdictScheme } from './verdict-scheme'

/** Something in a policy text that a model or a reviewer will stumble over. `line` counts from 1; null: the whole text. */
export type PolicyProblem = {
  kind:
    | 'undefined-rule'
    | 'duplicate-rule'
    | 'missing-level'
    | 'mixed-vocabulary'
    | 'rule-not-in-scheme'
    | 'rule-not-in-text'
    | 'label-not-in-scheme'
  line: number | null
  message: string
}

const lettersOf = (id: string): string => id.replace(/\d.*$/, '')
const numberOf = (id: string): number => Number(/\d+/.exec(id)?.[0] ?? NaN)

/**
 * What is wrong with a policy text, in the order of its lines: ids that are used and defined nowhere, ids defined twice, a level left out
 * of a scale that the text tells to move along, more than one vocabulary for the verdict; and, given the scheme, rules that only one of
 * the two has and verdict words that the scheme lacks. `text` is what `policy` was parsed from.
 */
export function findPolicyProblems(policy: PolicyText, text: string, scheme?: VerdictScheme): PolicyProblem[] {
  const problems = [
    ...findUndefinedIds(policy, text),
    ...findDuplicates(policy),
    ...findMissingLevels(policy, text),
    ...findMixedVocabulary(policy),
  ]
  if (scheme) problems.push(...compareWithScheme(policy, scheme))
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

function findUndefinedIds(policy: PolicyText, text: string): PolicyProblem[] {
  const defined = new Set(policy.rules.flatMap((rule) => [rule.id, ...rule.exceptions.map((exception) => exception.id)]))
  const families = new Set(policy.rules.filter((rule) => rule.explicit).map((rule) => lettersOf(rule.id)))
  const asVerdict = new Set(policy.verdictMentions.map((mention) => mention.word))
  const known = (id: string) => defined.has(id) || defined.has(id.replace(/\.\d+$/, ''))
  const firstSeen = new Map<string, number>()
  const mention = new RegExp(`(?<![\\p{L}\\p{N}_.-])${explicitId}(?![\\p{L}\\p{N}_])`, 'gu')
  text.split(/\r\n|\n|\r/).forEach((line, index) => {
    for (const [id] of line.slice(0, 4_000).matchAll(mention)) {
      const tail = id.replace(/^[A-Z]{1,3}-/, '')
      if (known(id) || known(tail) || firstSeen.has(id)) continue
      if (families.has(lettersOf(id)) || (asVerdict.has(id) && defined.size > 0)) firstSeen.set(id, index + 1)
    }
  })
  return [...firstSeen].map(([id, line]) => {
    const tail = id.replace(/^[A-Z]{1,3}-/, '')
    const alike = policy.rules.find(
      (rule) =>
        rule.parentId === undefined &&
        numberOf(rule.id) === numberOf(tail) &&
        lettersOf(rule.id).startsWith(lettersOf(tail)) &&
        lettersOf(tail) !== lettersOf(rule.id),
    )
    return { kind: 'undefined-rule', line, message: `${id} is used, but no rule has this id${alike ? `; is ${alike.id} meant?` : '.'}` }
  })
}

function findDuplicates(policy: PolicyText): PolicyProblem[] {
  const problems: PolicyProblem[] = []
  for (const rule of policy.rules) {
    for (const form of ['section', 'item', 'table'] as const) {
      const spans = rule.spans.filter((span) => span.form === form)
      for (const span of spans.slice(1))
        problems.push({
          kind: 'duplicate-rule',
          line: span.line,
          message: `${rule.id} is defined twice, on line ${rule.line} and here.`,
        })
    }
    const seen = new Map<string, number>()
    for (const exception of rule.exceptions) {
      const first = seen.get(exception.id.replace(/-\d+$/, ''))
      if (first !== undefined && /-\d+$/.test(exception.id))
        problems.push({
          kind: 'duplicate-rule',
          line: exception.line,
          message: `Exception ${exception.id.replace(/-\d+$/, '')} stands on line ${first} and here.`,
        })
      seen.set(exception.id, exception.line)
    }
  }
  return problems
}

/** A gap in the numbers matters only where the text tells the reader to go up or down a level. */
function findMissingLevels(policy: PolicyText, text: string): PolicyProblem[] {
  const lines = text.split(/\r\n|\n|\r/)
  const at = lines.findIndex((line) =>
    /\b(?:downgrade|upgrade|raise|lower)\b.{0,60}\bby (?:1|one)\b|\b(?:one|1) (?:level|step|tier) (?:up|down|higher|lower)\b/i.test(
      line.slice(0, 4_000),
    ),
  )
  if (at < 0) return []
  const levels = new Map<string, number[]>()
  for (const rule of policy.rules) {
    if (!/^[A-Z][A-Za-z]*\d+$/.test(rule.id)) continue
    levels.set(lettersOf(rule.id), [...(levels.get(lettersOf(rule.id)) ?? []), numberOf(rule.id)])
  }
  const problems: PolicyProblem[] = []
  for (const [letters, unsorted] of levels) {
    const numbers = unsorted.toSorted((a, b) => a - b)
    for (let index = 1; index < numbers.length; index++) {
      const [below = 0, above = 0] = numbers.slice(index - 1, index + 1)
      if (above - below === 1 || above - below > 5) continue
      const missing = Array.from({ length: above - below - 1 }, (_, step) => `${letters}${below + 1 + step}`)
      problems.push({
        kind: 'missing-level',
        line: at + 1,
        message: `The text moves verdicts by one level, but there is no ${missing.join(', ')} between ${letters}${below} and ${letters}${above}.`,
      })
    }
  }
  return problems
}

/** Words that answer the same question in different vocabularies. */
function vocabularyOf(word: string): string | null {
  if (/^(?:IN)?VALID$/i.test(word)) return 'VALID / INVALID'
  if (/^(?:UN)?SAFE$/i.test(word)) return 'SAFE / UNSAFE'
  if (/^(?:violat\w*|allow\w*)$/i.test(word)) return 'violates / allowed'
  if (/^(?:remove|keep)$/i.test(word)) return 'remove / keep'
  if (/^(?:approve|reject)\w*$/i.test(word)) return 'approve / reject'
  if (/^[A-Z]-[A-Z]{1,4}(?:#|\d+)$/.test(word)) return 'codes such as D-S2'
  return null
}

function findMixedVocabulary(policy: PolicyText): PolicyProblem[] {
  const first = new Map<string, { word: string; line: number }>()
  for (const mention of policy.verdictMentions) {
    const vocabulary = vocabularyOf(mention.word)
    if (vocabulary !== null && !first.has(vocabulary)) first.set(vocabulary, mention)
  }
  if (first.size < 2) return []
  const uses = [...first.values()].map(({ word, line }) => `"${word}" on line ${line}`)
  const line = [...first.values()].at(1)?.line ?? null
  return [{ kind: 'mixed-vocabulary', line, message: `The verdict is asked for in ${first.size} vocabularies: ${uses.join(', ')}.` }]
}

function compareWithScheme(policy: PolicyText, scheme: VerdictScheme): PolicyProblem[] {
  const problems: PolicyProblem[] = []
  const inText = new Set(policy.rules.map((rule) => rule.id))
  const inScheme = new Set(scheme.rules.map((rule) => rule.id))
  const named = new Set(scheme.rules.map((rule) => rule.name?.toLowerCase()))
  for (const rule of scheme.rules.length ? policy.rules : []) {
    if (
      !rule.explicit ||
      rule.parentId !== undefined ||
      rule.kind === 'allowed' ||
      inScheme.has(rule.id) ||
      named.has(rule.title.toLowerCase())
    )
      continue
    problems.push({
      kind: 'rule-not-in-scheme',
      line: rule.line,
      message: `${rule.id} is a rule of this text, but not of the policy: no verdict can name it.`,
    })
  }
  for (const rule of scheme.rules) {
    if (inText.has(rule.id) || policy.rules.some((candidate) => candidate.title.toLowerCase() === rule.name?.toLowerCase())) continue
    problems.push({
      kind: 'rule-not-in-text',
      line: null,
      message: `The policy's rule ${rule.id}${rule.name ? ` (${rule.name})` : ''} is not defined in this text.`,
    })
  }
  const words = new Set(scheme.labels.flatMap((label) => [label.id.toLowerCase(), label.name?.toLowerCase()]))
  const seen = new Set<string>()
  for (const { word, line } of policy.verdictMentions) {
    const kind = kindOfWords(word)
    if (kind === null || words.has(word.toLowerCase()) || seen.has(word.toLowerCase())) continue
    seen.add(word.toLowerCase())
    problems.push({
      kind: 'label-not-in-scheme',
      line,
      message: `"${word}" is no label of the policy (${scheme.labels.map((label) => label.id).join(', ')}).`,
    })
  }
  return problems
}
