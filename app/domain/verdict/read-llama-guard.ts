import type { SchemeMatcher } from './match-scheme'
import type { AnswerReading } from './verdict'

const idsOnly = /^[A-Za-z]{1,3}\d{1,2}(?:\s*,\s*[A-Za-z]{1,3}\d{1,2})*,?$/

/**
 * Llama Guard: `safe`, or `unsafe` and on the next line the ids of the violated categories, separated by commas; some versions give each a
 * line. Ids that the policy does not have are left out. Anything more than that is not its form.
 * Source: Llama Guard 3 model card, "Your task": first line safe or unsafe, second line a comma-separated list of violated categories.
 */
export function readLlamaGuardAnswer(text: string, matcher: SchemeMatcher): AnswerReading {
  const lines = text
    .slice(0, 4_000)
    // Servers with another template than the model's leave its marks in.
    .replace(/<\|(?:eot_id|end_of_text|eom_id)\|>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const first = lines[0]?.toLowerCase()
  if (first === 'safe' && lines.length === 1) return { status: 'verdict', verdict: { label: matcher.allowed, rules: [] } }
  if (first !== 'unsafe' || (lines.length > 2 && !lines.slice(1).every((line) => idsOnly.test(line))))
    return {
      status: 'unscored',
      reason: 'unparseable',
      detail: first === undefined ? 'the answer is empty' : "the answer is not Llama Guard's: 'safe', or 'unsafe' and a line of categories",
    }
  const rules = lines
    .slice(1)
    .flatMap((line) => line.split(','))
    .map((id) => matcher.rule(id))
  return { status: 'verdict', verdict: { label: matcher.positive, rules: [...new Set(rules.filter((id) => id !== null))] } }
}
