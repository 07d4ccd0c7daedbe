import type { VerdictScheme } from '../policy/verdict-scheme'

type JsonSchema = {
  type?: string | string[]
  description?: string
  enum?: Array<string | null>
  items?: JsonSchema
}

export type AnswerSchema = {
  type: 'object'
  properties: Record<string, JsonSchema>
  required: string[]
  additionalProperties: false
}

/**
 * The JSON schema of a verdict for structured output, within what OpenAI's strict mode accepts: every property required, none additional,
 * "may be absent" written as null. `rationale` comes first so that a model reasons before it decides. `rules` and `severity` are left out
 * where the scheme has none.
 */
export function buildAnswerSchema(scheme: VerdictScheme): AnswerSchema {
  const properties: Record<string, JsonSchema> = {
    rationale: { type: 'string', description: 'One or two sentences: which words of the content decide, and under which rule.' },
    label: { type: 'string', enum: scheme.labels.map((label) => label.id), description: 'The verdict.' },
  }
  if (scheme.rules.length)
    properties.rules = {
      type: 'array',
      items: { type: 'string', enum: scheme.rules.map((rule) => rule.id) },
      description: 'The ids of all rules that the content breaks; empty when it breaks none.',
    }
  if (scheme.severities.length)
    properties.severity = {
      type: ['string', 'null'],
      enum: [...scheme.severities, null],
      description: 'How grave the violation is, from mild to grave; null when there is none.',
    }
  properties.confidence = { type: 'number', description: 'How sure you are of the label, from 0 to 1.' }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
