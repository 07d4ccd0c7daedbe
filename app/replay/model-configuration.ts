import { z } from 'zod'
import { answerFormatSchema } from '../domain/prompt/answer-format'
import type { AnswerFormat } from '../domain/prompt/answer-format'

export { answerFormatSchema }
export type { AnswerFormat }

/**
 * A model and every parameter that affects its answers. `provider` is `openai` (any OpenAI-compatible base URL too) or `touchstone`
 * (the rehearsal classifier). Where and how fast it is asked (base URL, concurrency) is not part of it, except `baseUrl`, which tells
 * two servers with the same model name apart.
 */
export const modelConfigurationSchema = z.object({
  provider: z.enum(['openai', 'touchstone']),
  name: z.string().min(1).max(200),
  api: z.enum(['responses', 'chat']).optional(),
  baseUrl: z.url().optional(),
  answerFormat: answerFormatSchema.optional(),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  seed: z.int().optional(),
  maxOutputTokens: z.int().min(1).max(1_000_000).optional(),
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  serviceTier: z.enum(['auto', 'default', 'flex', 'priority']).optional(),
  /** Ask once more, saying what was wrong, when an answer cannot be read. Default false. */
  repair: z.boolean().optional(),
  /** Send parent messages, surface, author and locale with the content. Default true. */
  withContext: z.boolean().optional(),
})
export type ModelConfiguration = z.infer<typeof modelConfigurationSchema>

/** Models that were trained on a form of their own, by name. */
const formatsByName: ReadonlyArray<readonly [RegExp, AnswerFormat]> = [
  [/gpt-oss-safeguard/i, 'gpt-oss-safeguard'],
  [/llama-?guard/i, 'llama-guard'],
  [/shield-?gemma/i, 'shieldgemma'],
  [/^(?:omni|text)-moderation/i, 'openai-moderation'],
]

/** The form in which a model is asked and read: the configuration's, else the one its name is known for, else JSON by schema. */
export function answerFormatOf(configuration: Pick<ModelConfiguration, 'name' | 'answerFormat'>): AnswerFormat {
  return configuration.answerFormat ?? formatsByName.find(([pattern]) => pattern.test(configuration.name))?.[1] ?? 'json'
}

/** `provider:name`, as people write it. */
export const modelNameOf = (configuration: Pick<ModelConfiguration, 'provider' | 'name'>): string =>
  `${configuration.provider}:${configuration.name}`
