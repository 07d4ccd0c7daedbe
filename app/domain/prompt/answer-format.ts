import { z } from 'zod'
import type { VerdictLabel, VerdictScheme } from '../policy/verdict-scheme'

/**
 * How a verdict is asked for and read.
 *
 * - `json`: the verdict schema is sent as structured output; the messages say nothing of the form.
 * - `json-in-words`: for servers without structured output; the form is described at the end of the system message.
 * - `gpt-oss-safeguard`: the prompt text is the policy and states its own form, as its guide asks for; JSON, flags and a bare 0 or 1 are read.
 * - `llama-guard`: `safe`, or `unsafe` and a line of rule ids.
 * - `shieldgemma`: an answer that starts with Yes (violates) or No.
 * - `openai-moderation`: the moderation endpoint, which takes no prompt: it is sent the content alone.
 */
export const answerFormatSchema = z.enum(['json', 'json-in-words', 'gpt-oss-safeguard', 'llama-guard', 'shieldgemma', 'openai-moderation'])
export type AnswerFormat = z.infer<typeof answerFormatSchema>

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

function nameOne(entry: { id: string; name?: string; description?: string }): string {
  const about = [entry.name !== undefined && entry.name !== entry.id ? entry.name : '', entry.description ?? '']
    .map(oneLine)
    .filter((part) => part !== '')
  return about.length ? `"${entry.id}" (${about.join(': ')})` : `"${entry.id}"`
}

/** The JSON form of a verdict in words, for a model whose output cannot be constrained. */
export function describeAnswerFormat(scheme: VerdictScheme): string {
  const fields = ['"rationale": "<one or two sentences>"', '"label": "<label>"']
  const meanings = [`label is one of ${scheme.labels.map((label: VerdictLabel) => nameOne(label)).join(', ')}.`]
  if (scheme.rules.length) {
    fields.push('"rules": ["<rule id>"]')
    meanings.push(`rules holds the ids of all rules that the content breaks, [] for none, out of ${scheme.rules.map(nameOne).join(', ')}.`)
  }
  if (scheme.severities.length) {
    fields.push('"severity": "<severity>"')
    meanings.push(`severity is one of ${scheme.severities.map((severity) => `"${severity}"`).join(', ')}, mildest first, or null.`)
  }
  fields.push('"confidence": <number from 0 to 1>')
  return ['Answer with one JSON object and nothing else, in this form:', `{${fields.join(', ')}}`, ...meanings].join('\n')
}

/** Llama Guard's form in words. */
export function describeLlamaGuardFormat(scheme: VerdictScheme): string {
  const ids = scheme.rules.map((rule) => rule.id).join(', ')
  return [
    "The first line of your answer must read 'safe' or 'unsafe'.",
    `If unsafe, a second line must hold a comma-separated list of the ids of the violated rules${ids ? ` (${ids})` : ''}.`,
  ].join('\n')
}

/** ShieldGemma's form in words. */
export function describeShieldGemmaFormat(): string {
  return "Does the content violate the policy above? Your answer must start with 'Yes' or 'No'. Then say why, step by step."
}
