import type { OpenAILanguageModelChatOptions, OpenAILanguageModelResponsesOptions } from '@ai-sdk/openai'
import { jsonSchema, Output } from 'ai'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { describeAnswerFormat } from '~/domain/prompt/answer-format'
import { buildAnswerSchema } from '~/domain/prompt/answer-schema'
import type { ModelMessage } from '~/domain/prompt/messages'
import { answerFormatOf } from '~/replay/model-configuration'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { ModelAnswer, ModelClient, ModelRequest } from '~/replay/ports'
import type { HttpPost } from './http-post'
import { findFallback } from './openai-fallbacks'
import type { Fallback, OptionalParameter, SentRequest } from './openai-fallbacks'
import { createSeenAnswers, errorOfNetwork, errorOfStatus, errorOfStrangeBody, statusOfError, toCallReply } from './provider-errors'
import type { CallOrigin, CallReply } from './provider-errors'
import { readAnswerBody, readChoiceError } from './read-openai-body'
import { RequestTemplate } from './request-template'
import { readStoppedRequest } from './stopped-requests'

export type OpenAiClientOptions = {
  apiKey: string
  keyWithheld: boolean
  baseUrl: string
  post: HttpPost
  api: 'responses' | 'chat'
  /** Wall time, for `retry-after` given as a date. */
  nowMs?: () => number
}

/** What the requests of a policy are written with, and their templates by the roles of the messages. */
type Writing = { scheme: VerdictScheme; sent: SentRequest; templates: Map<string, Promise<RequestTemplate>> }

const optionalParameters = ['temperature', 'topP', 'seed', 'maxOutputTokens', 'reasoningEffort', 'serviceTier'] as const
/** A request is asked otherwise at most this often before its error counts. */
const mostFallbacks = 8

/**
 * A {@link ModelClient} of OpenAI's endpoints, Responses or Chat Completions, one HTTP call an answer and no retries. The AI SDK writes the
 * requests. What a server turns out not to take (structured output, a parameter) is left out from then on, with a warning on each answer.
 */
export class OpenAiClient implements ModelClient {
  private readonly leftOut = new Set<OptionalParameter>()
  private readonly notes: string[] = []
  private inWords: boolean
  /** `max_completion_tokens` instead of `max_tokens`. */
  private limitByNewName = false
  private readonly seen = createSeenAnswers()
  private writing: Writing | null = null

  constructor(
    readonly configuration: ModelConfiguration,
    private readonly options: OpenAiClientOptions,
  ) {
    this.inWords = answerFormatOf(configuration) !== 'json'
  }

  /** The body that a call would send, as JSON, for a file of requests. */
  async renderBody(request: Omit<ModelRequest, 'signal'>): Promise<string> {
    const template = await this.templateOf(request.messages, this.currentWriting(request.scheme))
    return template.fill(request.messages)
  }

  /**
   * What the refusal of a request in a file says can be asked otherwise, in words (empty: nothing to warn of); null: nothing. From then on
   * requests are rendered so. `sent`: how that file had been rendered, null where nobody knows.
   */
  learn(status: number, body: string, sent: SentRequest | null): string | null {
    const whole = {
      schema: answerFormatOf(this.configuration) === 'json',
      parameters: optionalParameters.filter((name) => this.configuration[name] !== undefined),
      oldLimitName: this.options.api === 'chat',
    }
    const fallback = findFallback(status, body, sent ?? whole)
    return fallback === null ? null : this.askOtherwise(fallback)
  }

  async prepare({ messages, scheme }: Omit<ModelRequest, 'signal'>): Promise<void> {
    await this.templateOf(messages, this.currentWriting(scheme))
  }

  async answer(request: ModelRequest): Promise<ModelAnswer> {
    for (let attempt = 0; ; attempt++) {
      request.signal.throwIfAborted()
      const writing = this.currentWriting(request.scheme)
      const template = await this.templateOf(request.messages, writing)
      const reply = await this.send(template, request)
      if (reply.status < 300) return this.readReply(reply, template)
      const outcome = this.readFailure(reply, writing.sent)
      if (outcome !== 'ask-otherwise') return outcome
      if (attempt >= mostFallbacks) throw errorOfStatus(reply, this.origin())
    }
  }

  /** Begun anew when something has been learnt. */
  private currentWriting(scheme: VerdictScheme): Writing {
    if (this.writing?.scheme !== scheme) this.writing = { scheme, sent: this.nextRequest(), templates: new Map() }
    return this.writing
  }

  /** How requests are rendered by now. */
  nextRequest(): SentRequest {
    return {
      schema: !this.inWords,
      parameters: optionalParameters.filter((name) => this.configuration[name] !== undefined && !this.leftOut.has(name)),
      oldLimitName: this.options.api === 'chat' && !this.limitByNewName,
    }
  }

  private templateOf(messages: readonly ModelMessage[], { scheme, sent, templates }: Writing): Promise<RequestTemplate> {
    let key = ''
    for (const { role } of messages) key += role
    let template = templates.get(key)
    if (!template) {
      const { apiKey, baseUrl, api } = this.options
      const roles = messages.map(({ role }) => role)
      // The configuration asks for JSON by schema, but this server cannot: the form goes to the end of the instructions.
      const words = !sent.schema && answerFormatOf(this.configuration) === 'json' ? describeAnswerFormat(scheme) : null
      template = RequestTemplate.write(
        { modelName: this.configuration.name, apiKey, baseUrl, api },
        roles,
        this.settings(scheme, sent),
        words,
      )
      templates.set(key, template)
    }
    return template
  }

  private settings(scheme: VerdictScheme, sent: SentRequest) {
    const has = (name: OptionalParameter) => sent.parameters.includes(name)
    const { temperature, topP, seed, maxOutputTokens } = this.configuration
    return {
      ...(sent.schema ? { output: Output.object({ name: 'verdict', schema: jsonSchema({ ...buildAnswerSchema(scheme) }) }) } : {}),
      ...(has('temperature') ? { temperature } : {}),
      ...(has('topP') ? { topP } : {}),
      ...(has('seed') ? { seed } : {}),
      ...(has('maxOutputTokens') && !this.limitByNewName ? { maxOutputTokens } : {}),
      providerOptions: { openai: this.providerOptions(has) },
    }
  }

  private providerOptions(has: (name: OptionalParameter) => boolean): Record<string, string | number | boolean> {
    const { reasoningEffort, serviceTier, temperature, topP, maxOutputTokens } = this.configuration
    const options = {
      // What people post is not to be kept at the provider.
      ...(this.options.api === 'responses' ? { store: false } : {}),
      ...(has('reasoningEffort') && reasoningEffort ? { reasoningEffort } : {}),
      ...(has('serviceTier') && serviceTier ? { serviceTier } : {}),
      ...(has('maxOutputTokens') && this.limitByNewName && maxOutputTokens ? { maxCompletionTokens: maxOutputTokens } : {}),
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

  /** One HTTP call. Throws the signal's reason, or a {@link ModelCallError} where there was no answer at all. */
  private async send(template: RequestTemplate, { messages, signal }: ModelRequest): Promise<CallReply> {
    try {
      const { url, headers } = template
      return toCallReply(await this.options.post(url, { headers, body: template.fill(messages), signal }), this.nowMs())
    } catch (error) {
      signal.throwIfAborted()
      throw errorOfNetwork(error, this.origin())
    }
  }

  private readReply(reply: CallReply, template: RequestTemplate): ModelAnswer {
    const { api } = this.options
    const body = parseJson(reply.body)
    const read = readAnswerBody(api, body)
    if (!read) throw errorOfStrangeBody(reply, this.origin())
    const error = api === 'chat' ? readChoiceError(body) : null
    if (error !== null) {
      const status = statusOfError({ code: String(error.code), type: '' })
      throw errorOfStatus({ ...reply, body: JSON.stringify({ error }), status }, this.origin())
    }
    this.seen.hasAnswered = true
    return { ...read, ...this.tierOf(body, template), limits: reply.limits, warnings: [...this.notes, ...template.warnings] }
  }

  private tierOf(body: unknown, template: RequestTemplate): Pick<ModelAnswer, 'serviceTier'> {
    if (this.configuration.serviceTier === undefined) return {}
    const told = typeof body === 'object' && body !== null && 'service_tier' in body ? body.service_tier : null
    if (typeof told === 'string' && told !== '') return { serviceTier: told }
    return template.leftOut.includes('serviceTier') || this.leftOut.has('serviceTier') ? { serviceTier: 'default' } : {}
  }

  private readFailure(reply: CallReply, sent: SentRequest): ModelAnswer | 'ask-otherwise' {
    const stopped = readStoppedRequest(reply.status, reply.body)
    if (stopped) {
      this.seen.hasAnswered = true
      return { ...stopped, limits: {}, warnings: [...this.notes] }
    }
    const fallback = findFallback(reply.status, reply.body, sent)
    if (fallback) {
      this.askOtherwise(fallback)
      return 'ask-otherwise'
    }
    // Refused for what another call has meanwhile learnt to leave out.
    const isOld =
      (sent.schema && this.inWords) ||
      sent.parameters.some((name) => this.leftOut.has(name)) ||
      (sent.oldLimitName && this.limitByNewName && sent.parameters.includes('maxOutputTokens'))
    if (reply.status < 500 && isOld) return 'ask-otherwise'
    throw errorOfStatus(reply, this.origin())
  }

  /** Calls under way together are refused together; the first one changes the client. Returns what is said of it. */
  private askOtherwise(fallback: Fallback): string {
    const { name } = this.configuration
    this.writing = null
    if (fallback.type === 'rename-limit') {
      this.limitByNewName = true
      return ''
    }
    const note =
      fallback.type === 'answer-in-words'
        ? `${name} does not support structured output here: the form of the answer is asked for in words.`
        : `${name} does not take ${fallback.parameter}: left out.`
    if (!this.notes.includes(note)) this.notes.push(note)
    if (fallback.type === 'answer-in-words') this.inWords = true
    else this.leftOut.add(fallback.parameter)
    return note
  }

  private origin(): CallOrigin {
    const { baseUrl, api, apiKey: secret, keyWithheld } = this.options
    const path = api === 'responses' ? '/responses' : '/chat/completions'
    return { baseUrl, path, modelName: this.configuration.name, seen: this.seen, secret, keyWithheld }
  }

  private nowMs(): number {
    return (this.options.nowMs ?? Date.now)()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
