import { parseJson } from './find-json'
import type { SchemeMatcher } from './match-scheme'
import type { AnswerReading } from './verdict'

/**
 * The moderation endpoint's response: `{"results": [{"flagged": true, "categories": {"hate": true, …}, …}]}`. Flagged is violating; the rules
 * are the flagged categories that the policy has a rule of that id or name for.
 */
export function readModerationAnswer(text: string, matcher: SchemeMatcher): AnswerReading {
  const unreadable: AnswerReading = { status: 'unscored', reason: 'unparseable', detail: 'not a response of the moderation endpoint' }
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null) return unreadable
  const result: unknown = 'results' in body && Array.isArray(body.results) ? body.results[0] : body
  if (typeof result !== 'object' || result === null || !('flagged' in result) || typeof result.flagged !== 'boolean') return unreadable
  const categories =
    'categories' in result && typeof result.categories === 'object' && result.categories !== null ? Object.entries(result.categories) : []
  const rules = categories.filter(([, flagged]) => flagged === true).map(([category]) => matcher.rule(category))
  return {
    status: 'verdict',
    verdict: { label: result.flagged ? matcher.positive : matcher.allowed, rules: [...new Set(rules.filter((id) => id !== null))] },
  }
}
