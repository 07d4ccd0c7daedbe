import { parsePolicyText } from '../policy/policy-text'
import type { PolicyExample, PolicyRule, PolicyText } from '../policy/policy-text'
import { indexPhrases } from './phrase-index'
import type { Phrase, PhraseIndex } from './phrase-index'
import { tokenize } from './tokens'

/** What a phrase found in a case speaks for. */
export type PhraseRole =
  | { role: 'signal'; rule: number }
  | { role: 'exception'; rule: number; exceptionId: string }
  | { role: 'escalate' }
  | { role: 'violating' }
  | { role: 'allowed' }

export type PreparedRule = {
  id: string
  kind: 'violating' | 'allowed'
  /** Weight of each word of the definition, by stem. */
  words: Map<string, number>
  /** The rule has neither signs nor examples: its definition is all there is to go by. */
  onlyWords: boolean
}

export type PreparedExample = {
  kind: 'violating' | 'allowed' | 'escalate'
  rule: number | null
  text: string
  weights: Map<string, number>
  norm: number
}

/** A prompt text, read once for all its cases. */
export type PreparedRehearsal = {
  rules: PreparedRule[]
  phrases: PhraseIndex<PhraseRole>
  examples: PreparedExample[]
  examplesByStem: Map<string, number[]>
  inverseFrequency: (stem: string) => number
  usesContext: boolean
  /** Swearing words alone decide nothing where the prompt says to be lenient, more where it says to be firm: from −0.2 to 0.2. */
  leaning: number
}

const speaksOfContext =
  /\b(?:context|parent (?:message|comment|post)s?|thread|replies|reply|answers|conversation|messages? (?:before|above)|surface)\b/i
const speaksOfMasks = /\b(?:mask(?:ed|s)?|misspel\w*|leet\w*|obfuscat\w*|digits?|spaced[- ]out|disguised?|codes?)\b/i
const lenient = /\b(?:when in doubt,? (?:allow|keep)|err on the side of (?:allowing|keeping|free)|benefit of the doubt|be lenient)\b/gi
const firm =
  /\b(?:when in doubt,? (?:remove|violates|flag)|err on the side of (?:removing|caution|safety)|zero tolerance|be strict|be firm)\b/gi

/** Words seen in many sentences of the prompt say little; a word of one sentence says most. From 0 to 1. */
function measureFrequencies(promptText: string): (stem: string) => number {
  const counts = new Map<string, number>()
  let sentences = 0
  for (const sentence of promptText.split(/\n+|(?<=[.!?;])\s+/)) {
    if (sentence.trim() === '') continue
    sentences++
    for (const stem of new Set(tokenize(sentence).map((token) => token.stem))) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  }
  const scale = Math.log(2 + sentences)
  return (stem) => Math.log((2 + sentences) / (1 + (counts.get(stem) ?? 0))) / scale
}

function weighWords(text: string, inverseFrequency: (stem: string) => number): Map<string, number> {
  const weights = new Map<string, number>()
  for (const token of tokenize(text)) {
    // Short words are mostly grammar, in every language that writes with an alphabet.
    const content = token.text.length > 3 || /[^\u0000-\u024F]/.test(token.text) ? 1 : 0.2
    weights.set(token.stem, inverseFrequency(token.stem) * content)
  }
  return weights
}

function collectPhrases(policy: PolicyText, promptText: string): Array<Phrase<PhraseRole>> {
  const phrases: Array<Phrase<PhraseRole>> = []
  const masksEverywhere = speaksOfMasks.test(policy.rules.length ? (promptText.split(/^#+\s.*rules\b/im)[0] ?? '') : promptText)
  policy.rules.forEach((rule, index) => {
    const masksCount = masksEverywhere || speaksOfMasks.test(rule.definition)
    for (const text of rule.signals) phrases.push({ text, reference: { role: 'signal', rule: index }, masksCount })
    for (const text of quotedInDefinition(rule)) phrases.push({ text, reference: { role: 'signal', rule: index }, masksCount })
    for (const exception of rule.exceptions)
      for (const text of exception.quotedPhrases)
        phrases.push({ text, reference: { role: 'exception', rule: index, exceptionId: exception.id }, masksCount: false })
  })
  const lines = promptText.split(/\r\n|\n|\r/)
  const exampleTexts = new Set(policy.examples.map((example) => example.text))
  for (const phrase of policy.quotedPhrases) {
    if (phrase.ruleId !== null || exampleTexts.has(phrase.text)) continue
    const role = roleOfLine(lines[phrase.line - 1] ?? '')
    if (role) phrases.push({ text: phrase.text, reference: role, masksCount: masksEverywhere })
  }
  return phrases
}

/** Quotations inside a definition are signs too, where the definition is not about what is allowed. */
function quotedInDefinition(rule: PolicyRule): string[] {
  const known = new Set(rule.signals)
  return rule.definition
    .split('\n')
    .filter((line) => !/\b(?:allowed|not apply|except|unless|fine)\b/i.test(line))
    .flatMap((line) => [...line.matchAll(/["“„«]([^"“”„«»\n]{2,60})["”“»]/g)].map((match) => match[1]!.trim()))
    .filter((phrase) => !known.has(phrase))
}

function roleOfLine(line: string): PhraseRole | null {
  if (/\bescalate\b/i.test(line)) return { role: 'escalate' }
  if (/\b(?:allow(?:ed)?|keep|safe|permitted|not (?:hateful|a violation))\b/i.test(line)) return { role: 'allowed' }
  if (/\b(?:violat\w*|remove|hateful|prohibited|forbidden|not allowed|signs?|signals?|keywords?)\b/i.test(line))
    return { role: 'violating' }
  return null
}

function prepareExample(example: PolicyExample, rule: number | null, inverseFrequency: (stem: string) => number): PreparedExample | null {
  if (example.kind === null) return null
  const weights = weighWords(example.text, inverseFrequency)
  const norm = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight * weight, 0))
  return norm === 0 ? null : { kind: example.kind, rule, text: example.text, weights, norm }
}

/** Reads a prompt text: its rules with their signs, exceptions and examples. Done once per prompt. */
export function prepareRehearsal(promptText: string): PreparedRehearsal {
  const policy = parsePolicyText(promptText)
  const inverseFrequency = measureFrequencies(promptText)
  const examples: PreparedExample[] = []
  const keep = (example: PreparedExample | null) => {
    if (example) examples.push(example)
  }
  policy.rules.forEach((rule, index) => rule.examples.forEach((example) => keep(prepareExample(example, index, inverseFrequency))))
  for (const example of policy.examples) keep(prepareExample(example, null, inverseFrequency))
  const examplesByStem = new Map<string, number[]>()
  examples.forEach((example, index) => {
    for (const stem of example.weights.keys()) {
      const list = examplesByStem.get(stem)
      if (list) list.push(index)
      else examplesByStem.set(stem, [index])
    }
  })
  return {
    rules: policy.rules.map((rule) => ({
      id: rule.id,
      kind: rule.kind === 'allowed' ? 'allowed' : 'violating',
      words: weighWords(`${rule.title} ${rule.definition}`, inverseFrequency),
      onlyWords: rule.signals.length === 0 && rule.examples.length === 0,
    })),
    phrases: indexPhrases(collectPhrases(policy, promptText)),
    examples,
    examplesByStem,
    inverseFrequency,
    usesContext: speaksOfContext.test(promptText),
    leaning: Math.max(-0.2, Math.min(0.2, 0.1 * ((promptText.match(firm)?.length ?? 0) - (promptText.match(lenient)?.length ?? 0)))),
  }
}
