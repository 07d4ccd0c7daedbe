import { parsePolicyText } from './policy-text'
import type { PolicyRule } from './policy-text'

type RulePart = 'title' | 'definition' | 'signals' | 'exceptions' | 'examples'
type ChangedRule = { id: string; parts: RulePart[] }

/** Rules by id; every list in the order of the text that has them (`changed`: of the text after). */
export type RuleChanges = { added: string[]; removed: string[]; changed: ChangedRule[] }

const normalise = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** What of a rule a model can notice, part by part; where it stands in the text is not among it. */
const partsOf: Record<RulePart, (rule: PolicyRule) => string> = {
  title: (rule) => normalise(rule.title),
  definition: (rule) => normalise(rule.definition),
  signals: (rule) => JSON.stringify(rule.signals.map(normalise)),
  exceptions: (rule) => JSON.stringify(rule.exceptions.map((exception) => normalise(exception.text))),
  examples: (rule) => JSON.stringify(rule.examples.map((example) => [normalise(example.text), example.label, normalise(example.why)])),
}

/** Which rules an edit of a policy text touched, and in what: for grouping flips by what was edited. Moving a rule is no change. */
export function diffRules(before: string, after: string): RuleChanges {
  const old = new Map(parsePolicyText(before).rules.map((rule) => [rule.id, rule]))
  const now = new Map(parsePolicyText(after).rules.map((rule) => [rule.id, rule]))
  const changed: ChangedRule[] = []
  for (const [id, rule] of now) {
    const previous = old.get(id)
    if (!previous) continue
    const parts = (Object.keys(partsOf) as RulePart[]).filter((part) => partsOf[part](previous) !== partsOf[part](rule))
    if (parts.length) changed.push({ id, parts })
  }
  return { added: [...now.keys()].filter((id) => !old.has(id)), removed: [...old.keys()].filter((id) => !now.has(id)), changed }
}

/** The ids of all rules that an edit added, removed or changed, a changed sub-rule's rule included. */
export function touchedRules(before: string, after: string): string[] {
  const { added, removed, changed } = diffRules(before, after)
  const ids = [...added, ...removed, ...changed.map((rule) => rule.id)]
  return [...new Set(ids.flatMap((id) => (id.includes('.') ? [id, id.slice(0, id.indexOf('.'))] : [id])))]
}

/** Lines from 1; `endLine` is the last of them, below `line` where there are none. */
export type LineRange = { line: number; endLine: number }

/** The rules that these lines of a policy text define, each with the rule that it is part of, in the order of the text. */
export function rulesOfLines({ rules }: { rules: readonly PolicyRule[] }, { line, endLine }: LineRange): string[] {
  const found = rules.filter(({ spans }) => spans.some((span) => span.line <= endLine && span.endLine >= line))
  return [...new Set(found.flatMap(({ id, parentId }) => (parentId === undefined ? [id] : [parentId, id])))]
}
