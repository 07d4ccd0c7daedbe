import { diffRules } from '../policy/changed-rules'
import type { GoldenCase } from './golden-case'
import type { CaseToCheck } from './health-suspects'

export type DatedPrompt = { name: string; text: string; createdAt: number }
/** When the text of a rule last changed, and in which version. */
export type RuleChange = { changedAt: number; version: string }

/** What of a rule changes what it covers; a new title or example does not make a label old. */
const meaning: ReadonlySet<string> = new Set(['definition', 'signals', 'exceptions'])

/** For each rule that the newest text has: the last version, after the first, that gave it another meaning. `versions` oldest first. */
export function lastRuleChanges(versions: readonly DatedPrompt[]): Map<string, RuleChange> {
  const changes = new Map<string, RuleChange>()
  for (const [index, { name, text, createdAt }] of versions.entries()) {
    const before = versions[index - 1]
    if (!before) continue
    const { added, removed, changed } = diffRules(before.text, text)
    for (const rule of removed) changes.delete(rule)
    const touched = changed.filter(({ parts }) => parts.some((part) => meaning.has(part))).map(({ id }) => id)
    for (const rule of [...added, ...touched]) changes.set(rule, { changedAt: createdAt, version: name })
  }
  return changes
}

/** Cases whose verdict is older than the text of a rule that it says something about. `labelledAt` in milliseconds since the epoch. */
export function findStaleLabels(
  cases: Iterable<GoldenCase>,
  labelledAt: ReadonlyMap<string, number>,
  changes: ReadonlyMap<string, RuleChange>,
): CaseToCheck[] {
  if (changes.size === 0) return []
  const found: CaseToCheck[] = []
  for (const { id, expected } of cases) {
    const at = labelledAt.get(id)
    if (!expected || at === undefined) continue
    const stale = Object.keys(expected.rules).flatMap((rule) => {
      const change = changes.get(rule)
      return change && change.changedAt > at ? [`${rule} changed in ${change.version}`] : []
    })
    if (stale.length > 0) found.push({ caseId: id, detail: stale.join(', ') })
  }
  return found
}
