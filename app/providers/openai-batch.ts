import type { ModelConfiguration } from '~/replay/model-configuration'
import { ModelCallError } from '~/replay/ports'
import type { BatchClient, BatchResult, BatchStatus, ModelRequest } from '~/replay/ports'
import type { HttpPost } from './http-post'
import { OpenAiClient } from './openai-client'
import { cleanWords, createSeenAnswers, errorOfNetwork, errorOfStatus, errorOfStrangeBody } from './provider-errors'
import type { CallOrigin } from './provider-errors'
import { readRateLimitHeaders } from './rate-limit-headers'
import { readChatBody, readResponsesBody } from './read-openai-body'
import { readStoppedRequest } from './stopped-requests'

type Fields = Record<string, unknown>
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const countOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

/** The provider's words for a batch that will not change any more, and has results. */
const endedWords = new Set(['completed', 'expired', 'cancelled'])
const tagKey = 'touchstone_replay'
const listLength = 100
/** Batches are listed the newest first; files of older ones are gone at the provider. */
const oldestDays = 31
const mostPages = 100
/** A call that lasts longer is made again: files are large. */
const deadlineMs = 10 * 60_000

export type OpenAiBatchOptions = { apiKey: string; keyWithheld: boolean; baseUrl: string; post: HttpPost; api: 'responses' | 'chat' }

/** OpenAI's Batch API: a file of requests of the same bodies as single calls have, answered within 24 hours. */
export class OpenAiBatchClient implements BatchClient {
  private readonly renderer: OpenAiClient
  /** How the batches of this process were rendered. */
  private readonly renderedAs = new Map<string, ReturnType<OpenAiClient['nextRequest']>>()
  private readonly path: string
  private readonly seen = createSeenAnswers()

  constructor(
    readonly configuration: ModelConfiguration,
    private readonly options: OpenAiBatchOptions,
  ) {
    this.path = options.api === 'responses' ? '/responses' : '/chat/completions'
    this.renderer = new OpenAiClient(configuration, options)
  }

  async renderLine(customId: string, request: Omit<ModelRequest, 'signal'>): Promise<string> {
    const body = await this.renderer.renderBody(request)
    return `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":"/v1${this.path}","body":${body}}`
  }

  async submit(lines: readonly string[], tag: string, signal: AbortSignal): Promise<BatchStatus> {
    const form = new FormData()
    form.append('purpose', 'batch')
    form.append('file', new Blob([`${lines.join('\n')}\n`], { type: 'application/jsonl' }), 'touchstone.jsonl')
    const file = fieldsOf(await this.ask('POST', '/files', { body: form, signal }))
    const body = JSON.stringify({
      input_file_id: textOf(file.id),
      endpoint: `/v1${this.path}`,
      completion_window: '24h',
      metadata: { [tagKey]: tag },
    })
    const renderedAs = this.renderer.nextRequest()
    const batch = this.readBatch(await this.ask('POST', '/batches', { body, signal, headers: { 'content-type': 'application/json' } }))
    this.renderedAs.set(batch.id, renderedAs)
    return batch
  }

  async findByTag(tag: string, signal: AbortSignal): Promise<BatchStatus[]> {
    const found: BatchStatus[] = []
    const oldest = Date.now() / 1000 - oldestDays * 86_400
    let after = ''
    for (let page = 0; page < mostPages; page++) {
      const listed = await this.askIfThere(`/batches?limit=${listLength}${after}`, signal)
      const { data, has_more: hasMore } = fieldsOf(listed)
      const batches = Array.isArray(data) ? data.map(fieldsOf) : []
      found.push(...batches.filter((batch) => fieldsOf(batch.metadata)[tagKey] === tag).map(readBatch))
      const last = batches.at(-1)
      const lastId = textOf(last?.id)
      if (hasMore !== true || lastId === '' || (typeof last?.created_at === 'number' && last.created_at < oldest)) break
      after = `&after=${encodeURIComponent(lastId)}`
    }
    return found
  }

  async find(batchId: string, signal: AbortSignal): Promise<BatchStatus | null> {
    const batch = await this.askIfThere(`/batches/${encodeURIComponent(batchId)}`, signal)
    return batch === null ? null : this.readBatch(batch)
  }

  async status(batchId: string, signal: AbortSignal): Promise<BatchStatus> {
    return this.readBatch(await this.ask('GET', `/batches/${encodeURIComponent(batchId)}`, { signal }))
  }

  async cancel(batchId: string, signal: AbortSignal): Promise<void> {
    await this.ask('POST', `/batches/${encodeURIComponent(batchId)}/cancel`, { signal })
  }

  async collect(batchId: string, signal: AbortSignal): Promise<BatchResult[]> {
    const batch = fieldsOf(await this.ask('GET', `/batches/${encodeURIComponent(batchId)}`, { signal }))
    const results: BatchResult[] = []
    for (const fileId of [textOf(batch.output_file_id), textOf(batch.error_file_id)]) {
      if (fileId === '') continue
      const text = await this.askText('GET', `/files/${encodeURIComponent(fileId)}/content`, { signal })
      for (const line of text.split('\n')) {
        const result = line.trim() === '' ? null : this.readLine(line, batchId)
        if (result) results.push(result)
      }
    }
    return results
  }

  private readBatch(value: unknown): BatchStatus {
    const batch = readBatch(value)
    if (batch.id === '' || batch.word === '')
      throw errorOfStrangeBody({ status: 200, body: '', contentType: '', limits: {} }, this.origin('/batches'))
    return batch
  }

  private readLine(line: string, batchId: string): BatchResult | null {
    let row: Fields
    try {
      row = fieldsOf(JSON.parse(line))
    } catch {
      // A line that was cut off names no request: its trial stays pending and is asked again.
      return null
    }
    const customId = textOf(row.custom_id)
    if (customId === '') return null
    const response = fieldsOf(row.response)
    const status = countOf(response.status_code)
    if (status >= 200 && status < 300) {
      const read = this.options.api === 'responses' ? readResponsesBody(response.body) : readChatBody(response.body)
      return { customId, type: 'answer', answer: { ...read, limits: {}, warnings: [] } }
    }
    if (status === 0) return { customId, type: 'again' }
    const body = JSON.stringify(response.body ?? {})
    const stopped = readStoppedRequest(status, body)
    if (stopped) return { customId, type: 'answer', answer: { ...stopped, limits: {}, warnings: [] } }
    const note = this.renderer.learn(status, body, this.renderedAs.get(batchId) ?? null)
    if (note !== null) return { customId, type: 'again', warning: note }
    // The batch itself was taken, so that address and key are right.
    const origin = { ...this.origin(this.path), seen: { hasAnswered: true } }
    const failure = errorOfStatus({ status, body, contentType: '', limits: {} }, origin)
    const { kind, advice } = failure.details
    if (kind === 'request') return { customId, type: 'error', detail: failure.message }
    const detail = [failure.message, advice ?? ''].join(' ').trim()
    return { customId, type: 'again', detail, ...(kind === 'lasting' ? { isLasting: true } : {}) }
  }

  /** Null: the server has no such thing. */
  private async askIfThere(path: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.ask('GET', path, { signal })
    } catch (error) {
      const status = error instanceof ModelCallError ? error.details.status : undefined
      if (status === 404 || status === 405 || status === 501) return null
      throw error
    }
  }

  private async ask(
    method: string,
    path: string,
    init: { body?: string | FormData; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<unknown> {
    const text = await this.askText(method, path, init)
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw errorOfStrangeBody({ status: 200, body: text, contentType: '', limits: {} }, this.origin(path))
    }
  }

  private async askText(
    method: string,
    path: string,
    init: { body?: string | FormData; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<string> {
    try {
      const headers = { ...init.headers, authorization: `Bearer ${this.options.apiKey}` }
      // Files go up as forms, which the lean fetch does not know.
      const response = await globalThis.fetch(`${this.options.baseUrl}${path}`, {
        method,
        headers,
        body: init.body ?? null,
        signal: AbortSignal.any([init.signal, AbortSignal.timeout(deadlineMs)]),
      })
      const text = await response.text()
      if (!response.ok) {
        const limits = readRateLimitHeaders(Object.fromEntries(response.headers.entries()), Date.now())
        const contentType = response.headers.get('content-type') ?? ''
        throw errorOfStatus({ status: response.status, body: text, contentType, limits }, this.origin(path))
      }
      this.seen.hasAnswered = true
      return text
    } catch (error) {
      init.signal.throwIfAborted()
      throw error instanceof ModelCallError ? error : errorOfNetwork(error, this.origin(path))
    }
  }

  private origin(path: string): CallOrigin {
    const { baseUrl, apiKey, keyWithheld } = this.options
    return { baseUrl, path, modelName: this.configuration.name, seen: this.seen, secret: apiKey, keyWithheld }
  }
}

function readBatch(value: unknown): BatchStatus {
  const batch = fieldsOf(value)
  const word = textOf(batch.status)
  const counts = fieldsOf(batch.request_counts)
  const errors = fieldsOf(batch.errors).data
  const [first] = Array.isArray(errors) ? errors : []
  const reason = textOf(fieldsOf(first).message)
  return {
    id: textOf(batch.id),
    state: endedWords.has(word) ? 'ended' : word === 'failed' ? 'failed' : 'waiting',
    word: cleanWords(word, ''),
    done: countOf(counts.completed) + countOf(counts.failed),
    total: countOf(counts.total),
    reason: reason === '' ? null : cleanWords(reason, ''),
  }
}
