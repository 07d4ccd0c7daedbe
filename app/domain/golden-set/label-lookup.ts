import { allowedLabel, positiveLabel, type VerdictScheme } from '../policy/verdict-scheme'
import type { CaseMapping } from './case-mapping'
import { guessLabel } from './guess-label'

const fold = (text: string) => text.normalize('NFC').trim().toLowerCase()

/** Finds a scheme's label, rule or severity by what a file calls it. */
export type SchemeLookup = {
  /**
   * By the values that the person mapped; else by id or name, whatever the case; else, where a positive value was stated, every other value
   * is the allowed label; else, where guessing was asked for, by what the word means. '': no label. Null: unknown.
   */
  label(text: string): string | null
  severity(text: string): string | null
  /** The id of a known rule, spelt as in the scheme; null for one that the scheme does not have. */
  rule(text: string): string | null
  /** What `label` would find, for an error message. */
  labelNames: string
  /** No severities in the scheme: any is accepted and becomes part of it. */
  openSeverities: boolean
  severityNames: string
  /** A stated positive value that no label had, once all were looked up, with some of those there were: a mistake that would turn all cases into allowed ones. */
  missedPositive(): { value: string; seen: string[] } | null
  /** Values that were looked up so far with their labels, the first hundreds. */
  seen(): Array<[value: string, label: string | null]>
}

export function lookUpScheme(
  scheme: VerdictScheme,
  stated: Pick<CaseMapping, 'positive' | 'labels'> & Partial<Pick<CaseMapping, 'guessLabels' | 'expected'>> = { positive: [], labels: {} },
): SchemeLookup {
  const positive = new Set(stated.positive)
  const thresholds = stated.positive.flatMap((value) => readThreshold(value) ?? [])
  const mapped = new Map(Object.entries(stated.labels))
  const folded = new Map(Object.entries(stated.labels).map(([value, label]) => [fold(value), label]))
  const matched = new Set<string>()
  const known = new Map<string, string | null>()
  const resolve = (text: string): string | null => {
    const label = mapped.get(text) ?? folded.get(fold(text))
    if (label !== undefined) return label === '' ? '' : (labels.get(fold(label)) ?? null)
    if (positive.has(text)) {
      matched.add(text)
      return positiveLabel(scheme)
    }
    if (thresholds.length > 0) return byThreshold(text)
    const known = labels.get(fold(text))
    if (known !== undefined) return known
    if (positive.size > 0) return allowedLabel(scheme)
    return stated.guessLabels ? guessLabel(text, scheme.labels, stated.expected) : null
  }
  const byThreshold = (text: string): string | null => {
    const score = text === '' ? Number.NaN : Number(text)
    if (Number.isNaN(score)) return null
    return thresholds.some(({ reaches }) => reaches(score)) ? positiveLabel(scheme) : allowedLabel(scheme)
  }
  // A score that nothing reaches is a finding of the file, not a slip of the pen.
  for (const { value } of thresholds) matched.add(value)
  const labels = index(scheme.labels)
  const rules = index(scheme.rules)
  const severities = index(scheme.severities.map((id) => ({ id })))
  return {
    label(text) {
      const value = text.trim()
      let label = known.get(value)
      if (label === undefined) {
        label = resolve(value)
        // Free text in the wrong column must not grow this without end.
        if (known.size < 1000) known.set(value, label)
      }
      return label
    },
    rule: (text) => rules.get(fold(text)) ?? null,
    severity: (text) => severities.get(fold(text)) ?? null,
    labelNames: scheme.labels.map((label) => label.id).join(', '),
    openSeverities: scheme.severities.length === 0,
    severityNames: scheme.severities.join(', '),
    missedPositive() {
      const value = stated.positive.find((candidate) => !matched.has(candidate))
      return value === undefined || known.size === 0 ? null : { value, seen: [...known.keys()].slice(0, 8) }
    },
    seen: () => [...known],
  }
}

function index(entries: ReadonlyArray<{ id: string; name?: string | undefined }>): Map<string, string> {
  const byName = new Map<string, string>()
  for (const entry of entries) if (entry.name) byName.set(fold(entry.name), entry.id)
  for (const entry of entries) byName.set(fold(entry.id), entry.id)
  return byName
}

/** `>=0.5`: every number from there on is meant. */
function readThreshold(value: string): { value: string; reaches: (score: number) => boolean } | null {
  const [, sign, number] = /^\s*(>=|>|<=|<|≥|≤)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(value) ?? []
  if (sign === undefined) return null
  const limit = Number(number)
  if (sign === '>=' || sign === '≥') return { value, reaches: (score) => score >= limit }
  if (sign === '>') return { value, reaches: (score) => score > limit }
  return { value, reaches: sign === '<' ? (score) => score < limit : (score) => score <= limit }
}
