import type { CaseContext } from '../golden-set/golden-case'
import { allowedLabel, positiveLabel } from '../policy/verdict-scheme'
import type { VerdictScheme } from '../policy/verdict-scheme'
import type { Verdict } from '../verdict/verdict'
import { findPhrases } from './phrase-index'
import type { PhraseMatch } from './phrase-index'
import type { PhraseRole, PreparedRehearsal } from './prepare-rehearsal'
import { foldText, tokenizeFolded } from './tokens'
import type { Token } from './tokens'

/** From here on a rule is taken as broken. */
const threshold = 0.8
/** An example has to be this near to have a vote: cosine of word weights. */
const nearEnough = 0.35

type Evidence = { score: number; signals: string[]; exceptions: string[]; examples: string[]; words: number }

const newEvidence = (): Evidence => ({ score: 0, signals: [], exceptions: [], examples: [], words: 0 })
const signalWeight = (match: PhraseMatch<PhraseRole>): number => (match.tokenCount > 1 ? 1.2 : match.phrase.text.length > 2 ? 1 : 0.85)
const quote = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(', ')

/**
 * The verdict of the rehearsal classifier on one case: which quoted signs of which rule occur, which exceptions' signs take them back,
 * and how the nearest quoted examples vote. Deterministic. A lexical match, not a judgement: its figures are a rehearsal's.
 */
export function rehearseVerdict(
  prepared: PreparedRehearsal,
  item: { content: string; context: CaseContext },
  scheme: VerdictScheme,
): Verdict & { rationale: string; confidence: number } {
  const folded = foldText(item.content)
  const tokens = tokenizeFolded(folded)
  const evidence = prepared.rules.map(newEvidence)
  const general = { escalate: [] as string[], violating: [] as string[], allowed: [] as string[] }

  for (const match of findPhrases(prepared.phrases, folded, tokens)) addMatch(evidence, general, match, 1)
  if (prepared.usesContext && item.context.parents.length) {
    const context = foldText(item.context.parents.join('\n'))
    const seen = new Set(evidence.flatMap((rule) => rule.signals))
    for (const match of findPhrases(prepared.phrases, context, tokenizeFolded(context)))
      // What others said before never breaks a rule by itself, but it adds to what the content says, and it can explain it.
      if (match.phrase.reference.role !== 'signal' || !seen.has(match.phrase.text)) addMatch(evidence, general, match, 0.35)
  }
  addWords(prepared, evidence, tokens)
  const freeVotes = addExamples(prepared, evidence, tokens)
  return decide(prepared, evidence, general, freeVotes, scheme)
}

function addMatch(
  evidence: Evidence[],
  general: { escalate: string[]; violating: string[]; allowed: string[] },
  match: PhraseMatch<PhraseRole>,
  share: number,
): void {
  const { reference, text } = match.phrase
  if (reference.role === 'escalate' || reference.role === 'violating' || reference.role === 'allowed') {
    general[reference.role].push(text)
    return
  }
  const rule = evidence[reference.rule]!
  if (reference.role === 'signal') {
    rule.score += signalWeight(match) * share * (rule.signals.length ? 0.6 : 1)
    rule.signals.push(text)
  } else {
    rule.score -= 1.1
    rule.exceptions.push(reference.exceptionId)
  }
}

function addWords(prepared: PreparedRehearsal, evidence: Evidence[], tokens: readonly Token[]): void {
  const stems = new Set<string>()
  for (const token of tokens) stems.add(token.stem)
  for (let index = 0; index < prepared.rules.length; index++) {
    const rule = prepared.rules[index]!
    const found = evidence[index]!
    let sum = 0
    for (const stem of stems) {
      const weight = rule.words.get(stem)
      if (weight !== undefined) sum += weight
    }
    found.words = rule.onlyWords ? Math.min(1.2, 0.45 * sum) : Math.min(0.3, 0.1 * sum)
    found.score += found.words
  }
}

/** The two nearest examples of each verdict vote for their rule, or, where they belong to none, for the whole. Returns the latter votes. */
function addExamples(prepared: PreparedRehearsal, evidence: Evidence[], tokens: readonly Token[]): { violating: number; escalate: number } {
  const votes = { violating: 0, escalate: 0 }
  if (prepared.examples.length === 0 || tokens.length === 0) return votes
  const weights = new Map<string, number>()
  let square = 0
  const dots = new Map<number, number>()
  for (const token of tokens) {
    if (weights.has(token.stem)) continue
    const weight = prepared.inverseFrequency(token.stem) * (token.text.length > 3 || token.text.charCodeAt(0) > 0x24f ? 1 : 0.2)
    weights.set(token.stem, weight)
    square += weight * weight
    for (const index of prepared.examplesByStem.get(token.stem) ?? [])
      dots.set(index, (dots.get(index) ?? 0) + weight * prepared.examples[index]!.weights.get(token.stem)!)
  }
  if (square === 0) return votes
  const near = [...dots]
    .map(([index, dot]) => ({ index, nearness: dot / (Math.sqrt(square) * prepared.examples[index]!.norm) }))
    .filter(({ nearness }) => nearness >= nearEnough)
    .sort((left, right) => right.nearness - left.nearness || left.index - right.index)
    .slice(0, 2)
  for (const { index, nearness } of near) {
    const example = prepared.examples[index]!
    if (example.kind === 'escalate') votes.escalate += nearness
    else if (example.rule === null) votes.violating += example.kind === 'violating' ? 1.3 * nearness : -1.3 * nearness
    else {
      const found = evidence[example.rule]!
      found.score += example.kind === 'violating' ? 1.3 * nearness : -1.1 * nearness
      found.examples.push(example.text)
    }
  }
  return votes
}

function decide(
  prepared: PreparedRehearsal,
  evidence: readonly Evidence[],
  general: { escalate: string[]; violating: string[]; allowed: string[] },
  votes: { violating: number; escalate: number },
  scheme: VerdictScheme,
): Verdict & { rationale: string; confidence: number } {
  let allowing = 0
  let allowingRule: string | null = null
  evidence.forEach((found, index) => {
    if (prepared.rules[index]!.kind === 'allowed' && found.score >= threshold && found.score > allowing) {
      allowing = found.score
      allowingRule = prepared.rules[index]!.id
    }
  })
  const shift = prepared.leaning + Math.min(0, votes.violating) - 0.5 * general.allowed.length - allowing
  const generalScore = Math.max(0, votes.violating) + (general.violating.length ? 0.9 + 0.3 * (general.violating.length - 1) : 0) + shift
  const broken: Array<{ id: string; found: Evidence; score: number }> = []
  let nearest: { id: string; found: Evidence; score: number } | null = null
  evidence.forEach((found, index) => {
    const { id, kind } = prepared.rules[index]!
    if (kind === 'allowed') return
    const score = found.score + shift
    if (score >= threshold) broken.push({ id, found, score })
    if (nearest === null || score > nearest.score) nearest = { id, found, score }
  })
  broken.sort((left, right) => right.score - left.score)
  const best = Math.max(broken[0]?.score ?? -1, generalScore, (nearest as { score: number } | null)?.score ?? 0)
  const violates = broken.length > 0 || generalScore >= threshold
  const confidence = Math.round((0.5 + 0.45 * (1 - Math.exp(-1.5 * Math.abs(best - threshold)))) * 100) / 100

  const escalating = scheme.labels.find((label) => label.kind === 'escalate')
  const hints = general.escalate.length + (votes.escalate >= 0.5 ? 1 : 0)
  if (escalating && hints > 0 && best < 1.6)
    return {
      label: escalating.id,
      rules: [],
      confidence: 0.6,
      rationale: general.escalate.length
        ? `The prompt escalates on ${quote(general.escalate)}.`
        : 'Nearest to an example that the prompt escalates.',
    }
  if (!violates) return { label: allowedLabel(scheme), rules: [], confidence, rationale: explainAllowed(nearest, allowingRule) }
  const known = new Set(scheme.rules.map((rule) => rule.id))
  const rules = broken.map(({ id }) => id).filter((id) => known.size === 0 || known.has(id))
  const verdict = {
    label: positiveLabel(scheme),
    rules,
    confidence,
    rationale: broken.length ? broken.slice(0, 3).map(explainRule).join(' ') : explainGeneral(general.violating),
  }
  const { severities } = scheme
  if (severities.length === 0) return verdict
  const grade = Math.min(severities.length - 1, Math.max(0, Math.floor(((best - threshold) / 1.4) * severities.length)))
  return { ...verdict, severity: severities[grade]! }
}

function explainRule({ id, found }: { id: string; found: Evidence }): string {
  const reasons = [
    found.signals.length ? `has ${quote(found.signals.slice(0, 4))}` : '',
    found.examples.length ? `is near the example ${quote(found.examples.slice(0, 1))}` : '',
    !found.signals.length && !found.examples.length ? 'shares words with the definition' : '',
  ].filter((reason) => reason !== '')
  return `${id}: ${reasons.join(' and ')}.`
}

const explainGeneral = (phrases: readonly string[]): string =>
  phrases.length ? `Has ${quote(phrases.slice(0, 4))}, which the prompt names.` : 'Nearest to an example that violates.'

function explainAllowed(nearest: { id: string; found: Evidence; score: number } | null, allowingRule: string | null): string {
  if (allowingRule !== null) return `${allowingRule} covers it.`
  if (!nearest || (nearest.found.signals.length === 0 && nearest.found.examples.length === 0)) return 'No sign of any rule.'
  const { id, found } = nearest
  if (found.exceptions.length)
    return `${id}: has ${quote(found.signals.slice(0, 3)) || 'some of its words'}, but ${[...new Set(found.exceptions)].join(', ')} takes it out.`
  if (found.examples.length) return `${id}: near the example ${quote(found.examples.slice(0, 1))}, which leaves it.`
  return `${id}: ${quote(found.signals.slice(0, 3))} is too little.`
}
