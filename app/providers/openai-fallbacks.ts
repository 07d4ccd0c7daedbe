import type { ModelConfiguration } from '~/replay/model-configuration'
import { readProviderError } from './provider-errors'

/** Parameters of a configuration that a server may refuse, and what each may be called on the wire. */
const parameterNames = {
  temperature: ['temperature'],
  topP: ['top_p'],
  seed: ['seed'],
  maxOutputTokens: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  reasoningEffort: ['reasoning_effort', 'reasoning.effort', 'reasoning'],
  serviceTier: ['service_tier'],
} as const satisfies Partial<Record<keyof ModelConfiguration, readonly string[]>>
export type OptionalParameter = keyof typeof parameterNames

export type Fallback =
  | { type: 'answer-in-words' }
  | { type: 'leave-out'; parameter: OptionalParameter }
  /** The limit of an answer goes by its newer name. */
  | { type: 'rename-limit' }

/** What a request that was refused had been sent with. `oldLimitName`: a limit of the answer went by `max_tokens`. */
export type SentRequest = { schema: boolean; parameters: readonly OptionalParameter[]; oldLimitName: boolean }

const refusing =
  /unsupported|not supported|does ?n[o']t support|unrecognized|unknown|not permitted|not allowed|extra inputs|invalid (?:parameter|value)|only the default|not available|unexpected/i
/** It is this request that is too long; `max_tokens` is only named for the sum. */
const aboutLength = /maximum context length|context (?:length|window|size)|\binput tokens\b/i
const failing = /fail(?:ed|ure)\b/i
const structuredOutput = /response_format|json_schema|text\.format|structured output|guided[_ ]json|guided decoding|grammar/i

/**
 * What a refusal of a request says can be asked otherwise: no structured output, or a parameter that this model does not take. Null: nothing.
 */
export function findFallback(status: number, body: string, sent: SentRequest): Fallback | null {
  if (status !== 400 && status !== 422 && status !== 501 && status !== 500 && status !== 404) return null
  const { message, parameter, code } = readProviderError(body)
  const words = message ?? ''
  if (aboutLength.test(words)) return null
  const named = `${parameter} ${words}`
  if (sent.schema && structuredOutput.test(named) && (status < 500 || refusing.test(words) || failing.test(words)))
    return { type: 'answer-in-words' }
  if (status === 404 || status === 500) return null
  const refused = refusing.test(words) || /unsupported|unknown_parameter/.test(code)
  if (!refused && parameter === '') return null
  for (const candidate of sent.parameters) {
    const names: readonly string[] = parameterNames[candidate]
    if (
      names.includes(parameter) ||
      (refused && names.some((name) => new RegExp(`(?:^|[^a-z_])${name.replace('.', '\\.')}(?:$|[^a-z_])`).test(words)))
    ) {
      const hasNewName = candidate === 'maxOutputTokens' && sent.oldLimitName && /\bmax_completion_tokens\b/.test(words)
      return hasNewName ? { type: 'rename-limit' } : { type: 'leave-out', parameter: candidate }
    }
  }
  return null
}
