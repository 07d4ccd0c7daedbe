import type { ExpectedVerdict } from '../verdict/verdict'
import type { Annotation } from './golden-case'

/**
 * The verdict that all annotators of a case gave; null where they differ or nobody gave a label, for that is for people to settle. Rules
 * and severity are those that nobody contradicts.
 */
export function settleAnnotations(annotations: readonly Annotation[]): ExpectedVerdict | null {
  const labelled = annotations.filter(({ label }) => label !== null)
  const [first] = labelled
  if (!first || labelled.some(({ label }) => label !== first.label)) return null
  const rules: Record<string, boolean> = {}
  const contested = new Set<string>()
  for (const annotation of labelled)
    for (const [rule, applies] of Object.entries(annotation.rules)) {
      if (Object.hasOwn(rules, rule) && rules[rule] !== applies) contested.add(rule)
      rules[rule] = applies
    }
  const severities = new Set(labelled.flatMap(({ severity }) => severity ?? []))
  const [severity] = severities
  return {
    label: first.label,
    rules: Object.fromEntries(Object.entries(rules).filter(([rule]) => !contested.has(rule))),
    ...(severity !== undefined && severities.size === 1 ? { severity } : {}),
  }
}
