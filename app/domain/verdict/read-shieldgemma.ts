import { makeWellFormed } from '../prompt/fence'
import type { SchemeMatcher } from './match-scheme'
import type { AnswerReading } from './verdict'

/**
 * ShieldGemma: an answer that starts with Yes (the content violates) or No; the rest is its reasoning. A policy of one rule was asked about
 * that rule.
 * Source: ShieldGemma model card, "Your answer must start with 'Yes' or 'No'".
 */
export function readShieldGemmaAnswer(text: string, matcher: SchemeMatcher): AnswerReading {
  const match = /^[\s"'*]*(yes|no)(?![\p{L}\p{N}])["'*.,:;\s-]*/iu.exec(text.slice(0, 200))
  if (!match)
    return {
      status: 'unscored',
      reason: 'unparseable',
      detail: text.trim() === '' ? 'the answer is empty' : "the answer starts with neither 'Yes' nor 'No'",
    }
  const violates = match[1]?.toLowerCase() === 'yes'
  const rationale = makeWellFormed(text.slice(match[0].length, match[0].length + 4_000).trim())
  const [onlyRule, ...others] = matcher.scheme.rules
  const rules = violates && onlyRule && others.length === 0 ? [onlyRule.id] : []
  return {
    status: 'verdict',
    verdict: { label: violates ? matcher.positive : matcher.allowed, rules, ...(rationale === '' ? {} : { rationale }) },
  }
}
