import type { ModelAnswer, TokenUsage } from '~/replay/ports'

/**
 * The SDK's result folds a refusal into text and drops what it does not know, so the provider's own body is read: Responses and Chat
 * Completions, each field only where it has the type it should have.
 */
export type OpenAiAnswer = Pick<ModelAnswer, 'text' | 'finish' | 'refusal' | 'usage' | 'providerModel' | 'systemFingerprint'>

type Fields = Record<string, unknown>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
/** A text, or the texts of a list of parts, as some compatible servers give it. */
const contentOf = (value: unknown, kind = 'text'): string =>
  typeof value === 'string'
    ? value
    : listOf(value)
        .map((part) => textOf(fieldsOf(part)[kind]))
        .join('')
const countOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null)

export const noUsage: TokenUsage = { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null }

function withNames(answer: Omit<OpenAiAnswer, 'providerModel' | 'systemFingerprint'>, body: Fields): OpenAiAnswer {
  const model = textOf(body.model)
  const fingerprint = textOf(body.system_fingerprint)
  return {
    ...answer,
    ...(model === '' ? {} : { providerModel: model.slice(0, 200) }),
    ...(fingerprint === '' ? {} : { systemFingerprint: fingerprint.slice(0, 200) }),
  }
}

/** What servers call the ways in which an answer ends, beside OpenAI's own words. */
const cutOff = /^(?:length|max_tokens|model_length)$/i
const filtered = /^(?:content_filter|safety|prohibited_content|recitation|sensitive|blocklist)/i

/** The first of several answers, whatever their order. */
function firstChoice(raw: unknown): Fields {
  const choices = listOf(fieldsOf(raw).choices).map(fieldsOf)
  return choices.find((choice) => choice.index === 0) ?? choices[0] ?? {}
}

/** The error with which a gateway's model broke off, in the place of an answer; null: it did not. */
export function readChoiceError(raw: unknown): Fields | null {
  const choice = firstChoice(raw)
  if (choice.finish_reason !== 'error' && Object.keys(fieldsOf(choice.error)).length === 0) return null
  return { code: 502, message: 'the model broke off', ...fieldsOf(choice.error) }
}

/** A body of `/chat/completions`. */
export function readChatBody(raw: unknown): OpenAiAnswer {
  const body = fieldsOf(raw)
  const choice = firstChoice(raw)
  const message = fieldsOf(choice.message)
  const refusal = textOf(message.refusal) || (Array.isArray(message.content) ? contentOf(message.content, 'refusal') : '')
  const reason = textOf(choice.finish_reason)
  const usage = fieldsOf(body.usage)
  const finish =
    refusal !== ''
      ? 'refusal'
      : cutOff.test(reason)
        ? 'length'
        : filtered.test(reason)
          ? 'content-filter'
          : choice.message !== undefined && (reason === 'stop' || reason === '')
            ? 'stop'
            : 'other'
  return withNames(
    {
      text: contentOf(message.content),
      finish,
      ...(refusal === '' ? {} : { refusal }),
      usage: {
        inputTokens: countOf(usage.prompt_tokens),
        outputTokens: countOf(usage.completion_tokens),
        cachedInputTokens: countOf(fieldsOf(usage.prompt_tokens_details).cached_tokens),
        reasoningTokens: countOf(fieldsOf(usage.completion_tokens_details).reasoning_tokens),
      },
    },
    body,
  )
}

/** A body of `/responses`. */
export function readResponsesBody(raw: unknown): OpenAiAnswer {
  const body = fieldsOf(raw)
  let text = ''
  let refusal = ''
  for (const item of listOf(body.output)) {
    const { type, content } = fieldsOf(item)
    if (type !== 'message') continue
    for (const part of listOf(content)) {
      const fields = fieldsOf(part)
      if (fields.type === 'output_text') text += textOf(fields.text)
      if (fields.type === 'refusal') refusal += textOf(fields.refusal)
    }
  }
  const incomplete = textOf(fieldsOf(body.incomplete_details).reason)
  const usage = fieldsOf(body.usage)
  const finish =
    refusal !== ''
      ? 'refusal'
      : incomplete === 'content_filter'
        ? 'content-filter'
        : incomplete === 'max_output_tokens' || incomplete === 'max_tokens'
          ? 'length'
          : body.status === 'incomplete' || incomplete !== ''
            ? 'other'
            : 'stop'
  return withNames(
    {
      text,
      finish,
      ...(refusal === '' ? {} : { refusal }),
      usage: {
        inputTokens: countOf(usage.input_tokens),
        outputTokens: countOf(usage.output_tokens),
        cachedInputTokens: countOf(fieldsOf(usage.input_tokens_details).cached_tokens),
        reasoningTokens: countOf(fieldsOf(usage.output_tokens_details).reasoning_tokens),
      },
    },
    body,
  )
}

/** A body with the list that an answer of the endpoint has, whatever else is wrong with it; null for any other, and for one that names an error. */
export function readAnswerBody(api: 'responses' | 'chat', raw: unknown): OpenAiAnswer | null {
  const body = fieldsOf(raw)
  const isAnswer = Array.isArray(api === 'responses' ? body.output : body.choices)
  if (!isAnswer || (body.error !== undefined && body.error !== null)) return null
  return api === 'responses' ? readResponsesBody(raw) : readChatBody(raw)
}
