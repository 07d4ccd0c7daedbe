import { makeWellFormed } from '../prompt/fence'
import { findJsonObjects, parseJson } from './find-json'
import type { SchemeMatcher } from './match-scheme'
import type { AnswerReading, Verdict } from './verdict'

const labelKeys = ['label', 'verdict', 'decision', 'classification', 'judgement', 'judgment']
const violationKeys = ['violation', 'violates', 'violating', 'isviolation', 'isviolating', 'flagged']
const ruleKeys = [
  'rules',
  'rule',
  'ruleids',
  'ruleid',
  'violatedrules',
  'rulesviolated',
  'policycategory',
  'category',
  'categories',
  'violatedcategories',
]
const rationaleKeys = ['rationale', 'reason', 'reasoning', 'explanation', 'justification', 'why']
const flagHolders = ['flags', 'categories', 'category', 'rules', 'results']
const longestRationale = 4_000
const mostRules = 64

type Fields = Map<string, unknown>

/** Keys folded, so that `rule_ids`, `ruleIds` and `Rule IDs` are one. The first of two keys that fold alike counts. */
function readFields(value: object): Fields {
  const fields: Fields = new Map()
  for (const [key, field] of Object.entries(value)) {
    if (key.length > 100) continue
    const folded = key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
    if (!fields.has(folded)) fields.set(folded, field)
  }
  return fields
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** 0, 1, true, false, "yes", "no", also as text; undefined for anything else. */
function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 0 || value === 1) return value === 1
  if (typeof value !== 'string' || value.length > 10) return undefined
  const word = value.trim().toLowerCase()
  if (word === '1' || word === 'true' || word === 'yes') return true
  if (word === '0' || word === 'false' || word === 'no') return false
  return undefined
}

/** Rule id → flag, of an object that has rule ids for keys and nothing but flags for them; null when it is not one. */
function readRuleFlags(value: unknown, matcher: SchemeMatcher): Map<string, boolean> | null {
  if (!isObject(value)) return null
  const flags = new Map<string, boolean>()
  for (const [key, field] of Object.entries(value)) {
    const rule = matcher.rule(key)
    if (rule === null) continue
    const flag = readFlag(field)
    if (flag === undefined) return null
    flags.set(rule, flag || (flags.get(rule) ?? false))
  }
  return flags.size ? flags : null
}

function readRules(value: unknown, matcher: SchemeMatcher): string[] {
  const flags = readRuleFlags(value, matcher)
  if (flags) return [...flags].filter(([, applies]) => applies).map(([rule]) => rule)
  const named: string[] = []
  for (const entry of Array.isArray(value) ? value.slice(0, 1_000) : [value]) {
    const text = isObject(entry) ? (entry.id ?? entry.rule ?? entry.name) : entry
    if (typeof text !== 'string' && typeof text !== 'number') continue
    const whole = String(text).slice(0, 2_000)
    const known = matcher.rule(whole)
    named.push(...(known === null ? whole.split(/[,;\n]/) : [whole]))
  }
  const known = named.map((name) => (matcher.scheme.rules.length ? matcher.rule(name) : name.trim().slice(0, 64)))
  return [...new Set(known.filter((id): id is string => id !== null && id !== '' && !/^(none|null|n\/a|-)$/i.test(id)))].slice(0, mostRules)
}

function readConfidence(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*[01]?(\.\d{1,15})?\s*$/.test(value) && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number <= 1 ? number : undefined
}

function readLabelField(value: unknown, matcher: SchemeMatcher): string | null {
  if (typeof value === 'string') return matcher.label(value) ?? labelOfFlag(readFlag(value), matcher)
  return labelOfFlag(readFlag(value), matcher)
}

const labelOfFlag = (flag: boolean | undefined, matcher: SchemeMatcher): string | null =>
  flag === undefined ? null : flag ? matcher.positive : matcher.allowed

type ObjectReading = { verdict: Verdict } | { problem: string } | null

/** The verdict in one object; null when it has no field that a verdict has. */
function readObject(value: unknown, matcher: SchemeMatcher): ObjectReading {
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
  if (!isObject(single)) return null
  const fields = readFields(single)
  const labelKey = labelKeys.find((key) => fields.has(key))
  const violationKey = violationKeys.find((key) => fields.has(key))
  const fromLabel = labelKey === undefined ? null : readLabelField(fields.get(labelKey), matcher)
  const fromViolation = violationKey === undefined ? null : labelOfFlag(readFlag(fields.get(violationKey)), matcher)

  if (labelKey !== undefined && fromLabel === null) {
    const nested = fields.get(labelKey)
    if (isObject(nested)) return readObject(nested, matcher)
    return { problem: `"${labelKey}" is ${quote(nested)}, which is no label of the policy` }
  }
  if (violationKey !== undefined && fromViolation === null && fromLabel === null)
    return { problem: `"${violationKey}" is ${quote(fields.get(violationKey))}, where 0, 1, true or false was expected` }
  if (fromLabel !== null && fromViolation !== null && (fromViolation === matcher.positive) !== (fromLabel === matcher.positive))
    return {
      problem: `the answer contradicts itself: "${labelKey}" says ${fromLabel}, "${violationKey}" says ${quote(fields.get(violationKey ?? ''))}`,
    }

  const verdict: Verdict = { label: fromLabel ?? fromViolation ?? '', rules: [] }
  if (verdict.label === '') {
    const flags =
      readRuleFlags(single, matcher) ??
      flagHolders.map((key) => readRuleFlags(fields.get(key), matcher)).find((holder) => holder !== null) ??
      null
    if (!flags) return null
    verdict.rules = [...flags].filter(([, applies]) => applies).map(([rule]) => rule)
    verdict.label = verdict.rules.length ? matcher.positive : matcher.allowed
  } else {
    verdict.rules = [...new Set(ruleKeys.filter((key) => fields.has(key)).flatMap((key) => readRules(fields.get(key), matcher)))].slice(
      0,
      mostRules,
    )
  }
  const severity = fields.get('severity')
  const knownSeverity = typeof severity === 'string' ? matcher.severity(severity) : null
  if (knownSeverity !== null) verdict.severity = knownSeverity
  const confidence = readConfidence(fields.get('confidence'))
  if (confidence !== undefined) verdict.confidence = confidence
  const rationale = rationaleKeys
    .map((key) => fields.get(key))
    .find((text): text is string => typeof text === 'string' && text.trim() !== '')
  if (rationale !== undefined) verdict.rationale = makeWellFormed(rationale.slice(0, longestRationale).trim())
  return { verdict }
}

function quote(value: unknown): string {
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? 'a list'
          : 'an object'
        : String(value)
  return `"${makeWellFormed(text.length > 60 ? `${text.slice(0, 60)}…` : text)}"`
}

/**
 * What comes after a model's thinking: after the last `</think>`, or after Harmony's `final` channel marker. Undefined: it never stopped
 * thinking.
 */
function afterThinking(text: string): string | undefined {
  const final = text.lastIndexOf('<|channel|>final<|message|>')
  if (final >= 0) return text.slice(final + '<|channel|>final<|message|>'.length).replace(/<\|(?:end|return)\|>\s*$/, '')
  const closed = text.lastIndexOf('</think>')
  if (closed >= 0) return text.slice(closed + '</think>'.length)
  return /^\s*<think>/.test(text) ? undefined : text
}

const apology = /^(?:i['’]?m (?:very |really )?sorry|i am sorry|sorry|i apologi[sz]e|as an ai\b)/i
const declining = /^(?:i (?:can(?:no|['’])t|am (?:unable|not able)|won['’]t|will not|must decline)|i['’]m (?:unable|not able))\b/i

/**
 * Reads JSON answers: alone, in code fences, in prose (the last object that is a verdict), with the usual other names for the fields,
 * flags per category, or a bare label, 0 or 1 that is the whole answer. Words inside broken JSON or prose are never taken for a verdict.
 */
export function readJsonAnswer(text: string, matcher: SchemeMatcher): AnswerReading {
  const answer = afterThinking(text)
  if (answer === undefined)
    return { status: 'unscored', reason: 'unparseable', detail: 'the answer ends before the model has stopped thinking' }
  const trimmed = answer.trim().replace(/^\uFEFF/, '')
  if (trimmed === '') return { status: 'unscored', reason: 'unparseable', detail: 'the answer is empty' }

  const whole = parseJson(trimmed)
  const bareLabel =
    trimmed.length <= 200
      ? (matcher.label(trimmed) ?? (/^["']?[01]["']?$/.test(trimmed) ? labelOfFlag(trimmed.includes('1'), matcher) : null))
      : null
  if (bareLabel !== null) return { status: 'verdict', verdict: { label: bareLabel, rules: [] } }

  const objects = whole === undefined ? findJsonObjects(trimmed) : [whole]
  let problem: string | null = null
  let sawJson = false
  for (const candidate of objects) {
    sawJson = true
    const reading = readObject(candidate, matcher)
    if (reading && 'verdict' in reading) return { status: 'verdict', verdict: reading.verdict }
    if (reading) problem ??= reading.problem
  }
  if (problem !== null) return { status: 'unscored', reason: 'unparseable', detail: problem }
  if (sawJson)
    return { status: 'unscored', reason: 'unparseable', detail: 'the JSON has neither a label nor a flag for any rule of the policy' }
  const start = trimmed.slice(0, 300)
  if (apology.test(start) || declining.test(start)) return { status: 'unscored', reason: 'refused', detail: makeWellFormed(start) }
  return {
    status: 'unscored',
    reason: 'unparseable',
    detail: trimmed.includes('{') ? 'the JSON in the answer is broken' : 'the answer holds no JSON object',
  }
}
