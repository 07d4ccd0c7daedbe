import { createOpenAI } from '@ai-sdk/openai'
import type { OpenAILanguageModelChatOptions, OpenAILanguageModelResponsesOptions } from '@ai-sdk/openai'
import { APICallError, InvalidResponseDataError } from 'ai'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { describeAnswerFormat } from '~/domain/prompt/answer-format'
import { buildAnswerSchema } from '~/domain/prompt/answer-schema'
import type { ModelMessage } from '~/domain/prompt/messages'
import { answerFormatOf } from '~/replay/model-configuration'
import type { ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError } from '~/replay/ports'
import type { ModelAnswer, ModelClient, ModelRequest } from '~/replay/ports'
import type { FetchFunction } from './lean-fetch'
import { findFallback } from './openai-fallbacks'
import type { Fallback, OptionalParameter } from './openai-fallbacks'
import { createSeenAnswers, errorOfNetwork, errorOfStatus, errorOfStrangeBody, readProviderError } from './provider-errors'
import type { CallOrigin } from './provider-errors'
import { readRateLimitHeaders } from './rate-limit-headers'
import { noUsage, readChatBody, readLooseBody, readResponsesBody } from './read-openai-body'

type LanguageModel = ReturnType<ReturnType<typeof createOpenAI>['chat']>
type CallOptions = Parameters<LanguageModel['doGenerate']>[0]
type CallResult = Awaited<ReturnType<LanguageModel['doGenerate']>>

export type OpenAiClientOptions = {
  apiKey: string
  keyWithheld: boolean
  baseUrl: string
  fetch: FetchFunction
  api: 'responses' | 'chat'
  /** Wall time, for `retry-after` given as a date. */
  nowMs?: () => number
}

const optionalParameters = ['temperature', 'topP', 'seed', 'maxOutputTokens', 'reasoningEffort', 'serviceTier'] as const
/** A request is asked otherwise at most this often before its error counts. */
const mostFallbacks = 8

/**
 * A {@link ModelClient} over the AI SDK's OpenAI provider: Responses or Chat Completions, one HTTP call an answer and no retries. What a
 * server turns out not to take (structured output, a parameter) is left out from then on, with a warning on each answer.
 */
export class OpenAiClient implements ModelClient {
  private readonly model: LanguageModel
  private renderer: LanguageModel | null = null
  private readonly leftOut = new Set<OptionalParameter>()
  private readonly notes: string[] = []
  private inWords: boolean
  private readonly seen = createSeenAnswers()
  private schemaOf: { scheme: VerdictScheme; format: CallOptions['responseFormat']; words: string } | null = null

  constructor(
    readonly configuration: ModelConfiguration,
    private readonly options: OpenAiClientOptions,
  ) {
    this.model = createModel(configuration, options)
    this.inWords = answerFormatOf(configuration) !== 'json'
  }

  /** The body that a call would send, for a file of requests. Nothing is sent. */
  async renderBody(request: Omit<ModelRequest, 'signal'>): Promise<unknown> {
    this.renderer ??= createModel(this.configuration, { ...this.options, fetch: answerNothing })
    const sent = { schema: !this.inWords, parameters: this.sentParameters() }
    const result = await this.renderer.doGenerate(this.callOptions({ ...request, signal: neverAborted }, sent))
    return result.request?.body
  }

  /** What requests are rendered without by now. */
  learnt(): { words: boolean; parameters: OptionalParameter[] } {
    return { words: this.inWords, parameters: [...this.leftOut] }
  }

  /**
   * What the refusal of a request in a file says can be asked otherwise, in words; null: nothing. From then on requests are rendered so.
   * `without`: what that file had been rendered without, null where nobody knows.
   */
  learn(status: number, body: string, without: ReturnType<OpenAiClient['learnt']> | null): string | null {
    const sent = {
      schema: answerFormatOf(this.configuration) === 'json' && !without?.words,
      parameters: optionalParameters.filter((name) => this.configuration[name] !== undefined && !without?.parameters.includes(name)),
    }
    const fallback = findFallback(status, body, sent)
    return fallback === null ? null : this.askOtherwise(fallback)
  }

  async answer(request: ModelRequest): Promise<ModelAnswer> {
    for (let attempt = 0; ; attempt++) {
      request.signal.throwIfAborted()
      const sent = { schema: !this.inWords, parameters: this.sentParameters() }
      try {
        const result = await this.model.doGenerate(this.callOptions(request, sent))
        this.seen.hasAnswered = true
        return this.readResult(result)
      } catch (error) {
        request.signal.throwIfAborted()
        const outcome = this.readFailure(error, sent)
        if (outcome === 'ask-otherwise' && attempt < mostFallbacks) continue
        if (outcome === 'ask-otherwise') throw this.toCallError(error)
        if (outcome instanceof ModelCallError) throw outcome
        return outcome
      }
    }
  }

  private sentParameters(): OptionalParameter[] {
    return optionalParameters.filter((name) => this.configuration[name] !== undefined && !this.leftOut.has(name))
  }

  private callOptions({ messages, scheme, signal }: ModelRequest, sent: { schema: boolean; parameters: OptionalParameter[] }): CallOptions {
    if (this.schemaOf?.scheme !== scheme)
      this.schemaOf = {
        scheme,
        // The SDK's type for a JSON schema is the package json-schema's; this one is a plain object of the same shape.
        format: {
          type: 'json',
          name: 'verdict',
          schema: buildAnswerSchema(scheme) as NonNullable<Extract<CallOptions['responseFormat'], { type: 'json' }>['schema']>,
        },
        words: describeAnswerFormat(scheme),
      }
    const has = (name: OptionalParameter) => sent.parameters.includes(name)
    const { temperature, topP, seed, maxOutputTokens } = this.configuration
    // The configuration asks for JSON by schema, but this server cannot: the form goes to the end of the instructions.
    const inWords = this.inWords && answerFormatOf(this.configuration) === 'json'
    return {
      prompt: toPrompt(messages, inWords ? this.schemaOf.words : null),
      ...(sent.schema ? { responseFormat: this.schemaOf.format } : {}),
      ...(has('temperature') ? { temperature } : {}),
      ...(has('topP') ? { topP } : {}),
      ...(has('seed') ? { seed } : {}),
      ...(has('maxOutputTokens') ? { maxOutputTokens } : {}),
      providerOptions: { openai: this.providerOptions(has) },
      abortSignal: signal,
    }
  }

  private providerOptions(has: (name: OptionalParameter) => boolean): Record<string, string | boolean> {
    const { reasoningEffort, serviceTier, temperature, topP } = this.configuration
    const options = {
      // What people post is not to be kept at the provider.
      ...(this.options.api === 'responses' ? { store: false } : {}),
      ...(has('reasoningEffort') && reasoningEffort ? { reasoningEffort } : {}),
      ...(has('serviceTier') && serviceTier ? { serviceTier } : {}),
      // The SDK knows OpenAI's reasoning models by name; other servers' are those that somebody gave an effort.
      ...(has('reasoningEffort') && temperature === undefined && topP === undefined && !/^(?:gpt-4|gpt-3)/.test(this.configuration.name)
        ? {
            forceReasoning: true,
            systemMessageMode: /^(?:o\d|gpt-\d)/.test(this.configuration.name) ? ('developer' as const) : ('system' as const),
          }
        : {}),
    } satisfies OpenAILanguageModelResponsesOptions & OpenAILanguageModelChatOptions
    return options
  }

  private readResult(result: CallResult): ModelAnswer {
    const body = result.response?.body
    const read = this.options.api === 'responses' ? readResponsesBody(body) : readChatBody(body)
    const warnings =
      result.warnings.length || this.notes.length ? [...this.notes, ...result.warnings.map((warning) => this.describeWarning(warning))] : []
    return { ...read, limits: readRateLimitHeaders(result.response?.headers ?? {}, this.nowMs()), warnings }
  }

  private describeWarning(warning: CallResult['warnings'][number]): string {
    if (warning.type === 'other') return `${this.configuration.name}: ${warning.message}.`
    const why = 'details' in warning && warning.details ? ` (${warning.details})` : ''
    return `${this.configuration.name} does not take ${'feature' in warning ? warning.feature : 'a setting'}: left out${why}.`
  }

  private readFailure(
    error: unknown,
    sent: { schema: boolean; parameters: OptionalParameter[] },
  ): ModelAnswer | ModelCallError | 'ask-otherwise' {
    if (InvalidResponseDataError.isInstance(error)) return this.readOwn(error.data) ?? this.toCallError(error)
    if (!APICallError.isInstance(error) || error.statusCode === undefined) return this.toCallError(error)
    const body = bodyOf(error)
    const ownReading = error.statusCode < 300 ? this.readOwn(parseJson(body), error.responseHeaders) : null
    if (ownReading) return ownReading
    const said = readProviderError(body)
    if (/content_filter|invalid_prompt|content_policy_violation/.test(`${said.code} ${said.type}`) && error.statusCode < 500) {
      this.seen.hasAnswered = true
      return { text: '', finish: 'content-filter', usage: noUsage, limits: {}, warnings: [...this.notes] }
    }
    const fallback = findFallback(error.statusCode, body, sent)
    if (fallback) {
      this.askOtherwise(fallback)
      return 'ask-otherwise'
    }
    // Refused for what another call has meanwhile learnt to leave out.
    if (error.statusCode < 500 && ((sent.schema && this.inWords) || sent.parameters.some((name) => this.leftOut.has(name))))
      return 'ask-otherwise'
    return this.toCallError(error)
  }

  /** Calls under way together are refused together; the first one changes the client. Returns what is said of it. */
  private askOtherwise(fallback: Fallback): string {
    const { name } = this.configuration
    const note =
      fallback.type === 'answer-in-words'
        ? `${name} does not support structured output here: the form of the answer is asked for in words.`
        : `${name} does not take ${fallback.parameter}: left out.`
    if (!this.notes.includes(note)) this.notes.push(note)
    if (fallback.type === 'answer-in-words') this.inWords = true
    else this.leftOut.add(fallback.parameter)
    return note
  }

  /** The SDK turns down a whole answer for a field that is not as it should be; what can be read of it is read all the same. */
  private readOwn(body: unknown, headers: Record<string, string> = {}): ModelAnswer | null {
    const read = readLooseBody(this.options.api, body)
    if (!read) return null
    this.seen.hasAnswered = true
    return { ...read, limits: readRateLimitHeaders(headers, this.nowMs()), warnings: [...this.notes] }
  }

  private toCallError(error: unknown): ModelCallError {
    const origin: CallOrigin = {
      baseUrl: this.options.baseUrl,
      path: this.options.api === 'responses' ? '/responses' : '/chat/completions',
      modelName: this.configuration.name,
      seen: this.seen,
      secret: this.options.apiKey,
      keyWithheld: this.options.keyWithheld,
    }
    if (error instanceof ModelCallError) return error
    if (!APICallError.isInstance(error) || error.statusCode === undefined) {
      if (InvalidResponseDataError.isInstance(error))
        return errorOfStrangeBody({ status: 200, body: '', contentType: 'application/json', limits: {}, cause: undefined }, origin)
      return errorOfNetwork(error, origin)
    }
    const headers = error.responseHeaders ?? {}
    const failure = {
      status: error.statusCode,
      body: bodyOf(error),
      contentType: headers['content-type'] ?? '',
      limits: readRateLimitHeaders(headers, this.nowMs()),
      cause: undefined,
    }
    if (failure.status >= 200 && failure.status < 300) return errorOfStrangeBody(failure, origin)
    // A Responses body with an `error` in it came with status 200; the SDK makes it a 400.
    if (failure.status === 400 && /"object"\s*:\s*"response"/.test(failure.body))
      return errorOfStrangeBody({ ...failure, status: 200 }, origin)
    return errorOfStatus(failure, origin)
  }

  private nowMs(): number {
    return (this.options.nowMs ?? Date.now)()
  }
}

function createModel(configuration: ModelConfiguration, { apiKey, baseUrl, fetch, api }: OpenAiClientOptions): LanguageModel {
  const provider = createOpenAI({ apiKey, baseURL: baseUrl, fetch })
  return api === 'responses' ? provider.responses(configuration.name) : provider.chat(configuration.name)
}

const neverAborted = new AbortController().signal

/** Stands in for the network where only the body of a request is wanted: the shortest answers that both endpoints may give. */
const answerNothing: FetchFunction = async () =>
  Response.json({
    id: '',
    created: 0,
    created_at: 0,
    model: '',
    choices: [{ index: 0, message: { content: '' }, finish_reason: 'stop' }],
    output: [],
    usage: null,
  })

/** The SDK hands the body on as text, or, where it parsed it first, as the parsed value. */
function bodyOf(error: APICallError): string {
  const body: unknown = error.responseBody
  return typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function toPrompt(messages: readonly ModelMessage[], words: string | null): CallOptions['prompt'] {
  const lastSystem = words === null ? -1 : messages.findLastIndex((message) => message.role === 'system')
  const prompt = messages.map((message, index): CallOptions['prompt'][number] => {
    if (message.role === 'system')
      return { role: 'system', content: index === lastSystem ? `${message.content}\n\n${words}` : message.content }
    return { role: message.role, content: [{ type: 'text', text: message.content }] }
  })
  if (words !== null && lastSystem < 0) prompt.unshift({ role: 'system', content: words })
  return prompt
}
