import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { buildAnswerSchema } from '../domain/prompt/answer-schema'
import type { ModelMessage } from '../domain/prompt/messages'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import { answerFormatOf } from './model-configuration'
import type { ModelConfiguration } from './model-configuration'

/** Raise when what is hashed changes its form. */
const version = 'touchstone.response/1'

/** Every parameter that affects an answer, and nothing else: not the service tier, not what is already in the messages. */
function parametersOf(model: ModelConfiguration): unknown[] {
  return [
    model.provider,
    model.name,
    model.baseUrl ?? null,
    model.api ?? null,
    answerFormatOf(model),
    model.temperature ?? null,
    model.topP ?? null,
    model.seed ?? null,
    model.maxOutputTokens ?? null,
    model.reasoningEffort ?? null,
    model.repair ?? false,
  ]
}

const lengthAndText = (text: string): string => `${text.length}:${text}`

/**
 * Makes keys for one model and one scheme. What all its cases share (model, schema, the first message) is hashed once. The epoch is part of
 * the key: a repetition of a case never gets the answer of another.
 */
export function createCacheKeys(
  model: ModelConfiguration,
  scheme: VerdictScheme,
): (messages: readonly ModelMessage[], epoch: number) => string {
  const base = createHash('sha256').update(lengthAndText(version))
  base.update(lengthAndText(JSON.stringify(parametersOf(model)))).update(lengthAndText(JSON.stringify(buildAnswerSchema(scheme))))
  let first: { content: string; role: string; hash: Hash } | null = null
  return (messages, epoch) => {
    const [head, ...rest] = messages
    if (!head) return base.copy().update(String(epoch)).digest('hex')
    if (first === null || first.content !== head.content || first.role !== head.role)
      first = {
        content: head.content,
        role: head.role,
        hash: base.copy().update(lengthAndText(head.role)).update(lengthAndText(head.content)),
      }
    const hash = first.hash.copy()
    let tail = ''
    for (const message of rest) tail += lengthAndText(message.role) + lengthAndText(message.content)
    return hash.update(`${tail}#${epoch}`).digest('hex')
  }
}

/** The key of one answer: SHA-256, lower-case hexadecimal. */
export function responseCacheKey(input: {
  messages: readonly ModelMessage[]
  model: ModelConfiguration
  scheme: VerdictScheme
  epoch: number
}): string {
  return createCacheKeys(input.model, input.scheme)(input.messages, input.epoch)
}
