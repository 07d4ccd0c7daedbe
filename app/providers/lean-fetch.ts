import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'

/**
 * `fetch` reduced to what the AI SDK uses of it: undici's dispatcher and the smallest object that passes for a Response. About a third of the
 * CPU time of the global one. Not for general use: POST with a text body, the whole answer in memory, no redirects.
 */

/** Answers beyond this are not read to their end. */
const largestAnswerBytes = 16 * 1024 * 1024

/** An answer that is not read to its end. The code is Node's, which unpacking too much throws as well. */
class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge'
  readonly code = 'ERR_BUFFER_TOO_LARGE'
}

export type FetchFunction = typeof globalThis.fetch

type HeaderValues = Record<string, string | string[] | undefined>

class LeanHeaders {
  constructor(private readonly values: HeaderValues) {}

  get(name: string): string | null {
    const value = this.values[name.toLowerCase()]
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
  }

  has(name: string): boolean {
    return this.values[name.toLowerCase()] !== undefined
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name in this.values) yield [name, this.get(name) ?? '']
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) visit(value, name)
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
}

class LeanResponse {
  readonly ok: boolean
  readonly headers: LeanHeaders
  readonly redirected = false
  readonly type = 'basic'
  bodyUsed = false

  constructor(
    readonly status: number,
    readonly statusText: string,
    readonly url: string,
    headers: HeaderValues,
    private readonly chunks: Buffer[],
  ) {
    this.ok = status >= 200 && status < 300
    this.headers = new LeanHeaders(headers)
  }

  private bytes(): Buffer {
    return this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks)
  }

  get body() {
    const { chunks } = this
    let next = 0
    return {
      getReader: () => ({
        read: async () => (next < chunks.length ? { done: false, value: chunks[next++] } : { done: true, value: undefined }),
        cancel: async () => undefined,
        releaseLock: () => undefined,
      }),
      cancel: async () => undefined,
    }
  }

  async text(): Promise<string> {
    return this.bytes().toString('utf8')
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.bytes().toString('utf8'))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.bytes()
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  }
}

const unpackers: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

/** None is asked for, but proxies pack answers all the same. Throws where the bytes are not what the header says, or unpack to too much. */
function unpack(chunks: Buffer[], encoding: string): Buffer[] {
  const unpacker = unpackers[encoding.trim().toLowerCase()]
  return unpacker && chunks.length ? [unpacker(Buffer.concat(chunks), { maxOutputLength: largestAnswerBytes })] : chunks
}

/** Collects one answer; settles its promise once. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  private status = 0
  private statusText = ''
  private headers: HeaderValues = {}
  private readonly chunks: Buffer[] = []
  private bytes = 0
  private controller: Dispatcher.DispatchController | null = null
  private aborted: Error | null = null

  constructor(
    private readonly url: string,
    private readonly resolve: (response: LeanResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  abort(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason))
    this.aborted = error
    this.controller?.abort(error)
    this.reject(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.aborted) controller.abort(this.aborted)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeaderValues, statusText?: string): void {
    if (status < 200) return
    this.status = status
    this.statusText = statusText ?? ''
    this.headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length
    this.chunks.push(chunk)
    if (this.bytes > largestAnswerBytes) controller.abort(new AnswerTooLarge(`the answer is larger than ${largestAnswerBytes} bytes`))
  }

  onResponseEnd(): void {
    const encoding = this.headers['content-encoding']
    try {
      const chunks = encoding === undefined ? this.chunks : unpack(this.chunks, String(encoding))
      this.resolve(new LeanResponse(this.status, this.statusText, this.url, this.headers, chunks))
    } catch (error) {
      this.reject(error)
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error)
  }
}

/**
 * A `fetch` over one pool of kept-alive connections. The pool grows with what its callers have under way; it sets no limit of its own unless
 * `connections` is given. A call without an end is ended by its signal, or after `silenceMs` without a byte (default ten minutes).
 */
export function createLeanFetch(options: { connections?: number; silenceMs?: number } = {}): FetchFunction {
  const { connections, silenceMs = 600_000 } = options
  const agent = new Agent({
    ...(connections === undefined ? {} : { connections }),
    pipelining: 1,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    keepAliveTimeout: 10_000,
    connect: { timeout: 30_000 },
  })
  const origins = new Map<string, { origin: string; path: string }>()

  const leanFetch = (input: string | URL | Request, init: RequestInit = {}): Promise<LeanResponse> =>
    new Promise((resolve, reject) => {
      const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
      let target = origins.get(url)
      if (!target) {
        const parsed = new URL(url)
        target = { origin: parsed.origin, path: parsed.pathname + parsed.search }
        if (origins.size < 100) origins.set(url, target)
      }
      const { signal } = init
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      if (!signal) {
        agent.dispatch({ ...target, ...dispatchOptions(init) }, new AnswerCollector(url, resolve, reject))
        return
      }
      const onAbort = () => collector.abort(signal.reason)
      const settled = () => signal.removeEventListener('abort', onAbort)
      const collector = new AnswerCollector(
        url,
        (response) => {
          settled()
          resolve(response)
        },
        (error) => {
          settled()
          reject(error)
        },
      )
      signal.addEventListener('abort', onAbort, { once: true })
      agent.dispatch({ ...target, ...dispatchOptions(init) }, collector)
    })
  // The SDK uses nothing of a Response beyond what LeanResponse has; a test over every provider body shows it.
  return leanFetch as unknown as FetchFunction
}

function dispatchOptions(init: RequestInit): Pick<Dispatcher.DispatchOptions, 'method' | 'headers' | 'body'> {
  return {
    method: (init.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: (init.headers ?? {}) as Record<string, string>,
    body: (init.body ?? null) as string | Buffer | null,
  }
}
