import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import type { HttpPost, HttpReply } from './http-post'

/**
 * {@link HttpPost} over undici's dispatcher, for about a third of the CPU time of the global `fetch`: the whole answer in memory, no redirects.
 */

/** Answers beyond this are not read to their end. */
const largestAnswerBytes = 16 * 1024 * 1024

/** An answer that is not read to its end. The code is Node's, which unpacking too much throws as well. */
class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge'
  readonly code = 'ERR_BUFFER_TOO_LARGE'
}

type HeaderValues = Record<string, string | string[] | undefined>

const unpackers: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

/** None is asked for, but proxies pack answers all the same. Throws where the bytes are not what the header says, or unpack to too much. */
function unpack(bytes: Buffer, encoding: string): Buffer {
  const unpacker = unpackers[encoding.trim().toLowerCase()]
  return unpacker && bytes.length ? unpacker(bytes, { maxOutputLength: largestAnswerBytes }) : bytes
}

/** UTF-8, without a byte order mark. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** Collects one answer; settles its promise once. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  private status = 0
  private headers: Record<string, string> = {}
  private readonly chunks: Buffer[] = []
  private bytes = 0
  private controller: Dispatcher.DispatchController | null = null

  constructor(
    private readonly signal: AbortSignal,
    private readonly resolve: (reply: HttpReply) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this)
  }

  /** The signal was aborted. */
  handleEvent(): void {
    const { reason } = this.signal as { reason: unknown }
    this.controller?.abort(reason instanceof Error ? reason : new Error(String(reason)))
    this.fail(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.signal.aborted) this.handleEvent()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeaderValues): void {
    if (status < 200) return
    this.status = status
    for (const name in headers) {
      const value = headers[name]
      if (value !== undefined) this.headers[name] = Array.isArray(value) ? value.join(', ') : value
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length
    this.chunks.push(chunk)
    if (this.bytes > largestAnswerBytes) controller.abort(new AnswerTooLarge(`the answer is larger than ${largestAnswerBytes} bytes`))
  }

  onResponseEnd(): void {
    const { status, headers, chunks } = this
    const encoding = headers['content-encoding']
    try {
      const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      const body = decode(encoding === undefined ? whole : unpack(whole, encoding))
      this.signal.removeEventListener('abort', this)
      this.resolve({ status, headers, body })
    } catch (error) {
      this.fail(error)
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  private fail(error: unknown): void {
    this.signal.removeEventListener('abort', this)
    this.reject(error)
  }
}

/**
 * Posts over one pool of kept-alive connections. The pool grows with what its callers have under way; it sets no limit of its own, and a call
 * lasts until its signal ends it.
 */
export function createLeanPost(): HttpPost {
  const agent = new Agent({ pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000, connect: { timeout: 30_000 } })
  const targets = new Map<string, { origin: string; path: string }>()
  const targetOf = (url: string) => {
    let target = targets.get(url)
    if (!target) {
      const { origin, pathname, search } = new URL(url)
      target = { origin, path: pathname + search }
      if (targets.size < 100) targets.set(url, target)
    }
    return target
  }
  return (url, { headers, body, signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const { origin, path } = targetOf(url)
      agent.dispatch({ origin, path, method: 'POST', headers, body }, new AnswerCollector(signal, resolve, reject))
    })
}
