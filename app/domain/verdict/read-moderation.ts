import { parseJson } from './find-json'
import type { SchemeMatcher } from './match-scheme'
import type { AnswerReading } from './verdict'

/**
 * The moderation endpoint's response: `{"results": [{"flagged": true, "categories": {"hate": true, …}, …}]}`. Flagged is violating; the rules
 * are the flagged categories that the policy has a rule of that id or name for. The confidence is from the highest score: that of being flagged.
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
  const score = highestScore('category_scores' in result ? result.category_scores : null)
  return {
    status: 'verdict',
    verdict: {
      label: result.flagged ? matcher.positive : matcher.allowed,
      rules: [...new Set(rules.filter((id) => id !== null))],
      ...(score === null ? {} : { confidence: result.flagged ? score : 1 - score }),
    },
  }
}

function highestScore(scores: unknown): number | null {
  if (typeof scores !== 'object' || scores === null) return null
  const numbers = Object.values(scores).filter((score): score is number => typeof score === 'number' && score >= 0 && score <= 1)
  return numbers.length === 0 ? null : numbers.reduce((most, score) => Math.max(most, score))
}
