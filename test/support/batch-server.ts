import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type BatchRow = { custom_id: string; method: string; url: string; body: Record<string, unknown> }
type ServedBatch = { id: string; tag: string; rows: BatchRow[]; polls: number; cancelled: boolean }

/** What becomes of one request of a batch: an HTTP status and body, or no answer because the batch expired. */
export type RowOutcome = { status: number; body: unknown } | 'expired'

/** How a server differs from OpenAI's. */
export type BatchServerManner = {
  pageLength?: number
  /** Batches are not listed at all, or without their metadata. */
  list?: 'none' | 'without metadata'
  /** Every batch is refused as a whole, with these words. */
  refusal?: string
}

/** The Batch API in this process: files up and down, batches that are done on their second look. */
export async function serveBatches(
  answer: (row: BatchRow, batchNumber: number) => RowOutcome,
  { pageLength = 100, list, refusal }: BatchServerManner = {},
): Promise<{
  baseUrl: string
  batches: ServedBatch[]
  /** Calls that fail before the next one succeeds. */
  failNext: { count: number; path: RegExp }
  [Symbol.asyncDispose](): Promise<void>
}> {
  const files = new Map<string, string>()
  const batches: ServedBatch[] = []
  const failNext = { count: 0, path: /./ }
  const view = (batch: ServedBatch) => {
    const outcomes = batch.rows.map((row) => answer(row, batches.indexOf(batch) + 1))
    const isDone = batch.polls >= 2 || batch.cancelled
    const expired = outcomes.some((outcome) => outcome === 'expired')
    if (isDone) {
      const line = (row: BatchRow, outcome: RowOutcome) =>
        outcome === 'expired'
          ? {
              custom_id: row.custom_id,
              response: null,
              error: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
            }
          : { custom_id: row.custom_id, response: { status_code: outcome.status, request_id: 'r', body: outcome.body }, error: null }
      const lines = batch.rows.map((row, index) => ({ row, outcome: outcomes[index]! }))
      const isGood = ({ outcome }: { outcome: RowOutcome }) => outcome !== 'expired' && outcome.status === 200
      const write = (name: string, kept: typeof lines) =>
        files.set(
          `${batch.id}-${name}`,
          kept
            .map(({ row, outcome }) => JSON.stringify(line(row, outcome)))
            .reverse()
            .join('\n'),
        )
      write('output', lines.filter(isGood))
      write(
        'errors',
        lines.filter((entry) => !isGood(entry)),
      )
    }
    return {
      id: batch.id,
      object: 'batch',
      ...(refusal === undefined ? {} : { errors: { data: [{ code: 'invalid', message: refusal }] } }),
      status:
        refusal !== undefined ? 'failed' : batch.cancelled ? 'cancelled' : isDone ? (expired ? 'expired' : 'completed') : 'in_progress',
      metadata: list === 'without metadata' ? null : { touchstone_replay: batch.tag },
      request_counts: { total: batch.rows.length, completed: isDone ? batch.rows.length : 0, failed: 0 },
      output_file_id: isDone ? `${batch.id}-output` : null,
      error_file_id: isDone ? `${batch.id}-errors` : null,
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const path = (request.url ?? '').replace(/^\/v1/, '')
      const send = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      }
      if (failNext.count > 0 && failNext.path.test(`${request.method} ${path}`)) {
        failNext.count--
        return send(503, { error: { message: 'try later' } })
      }
      if (request.method === 'POST' && path === '/files') {
        const id = `file-${files.size + 1}`
        files.set(id, text.slice(text.indexOf('{"custom_id"'), text.lastIndexOf('}') + 1))
        return send(200, { id })
      }
      if (request.method === 'POST' && path === '/batches') {
        const body = JSON.parse(text) as { input_file_id: string; metadata: { touchstone_replay: string } }
        const rows = (files.get(body.input_file_id) ?? '').split('\n').map((line) => JSON.parse(line) as BatchRow)
        const batch = { id: `batch_${batches.length + 1}`, tag: body.metadata.touchstone_replay, rows, polls: 0, cancelled: false }
        batches.push(batch)
        return send(200, view(batch))
      }
      if (path.startsWith('/batches?')) {
        if (list === 'none') return send(404, { detail: 'Not Found' })
        // The newest first, as the provider lists them.
        const query = new URLSearchParams(path.slice(path.indexOf('?')))
        const listed = [...batches].reverse()
        const from = query.has('after') ? listed.findIndex(({ id }) => id === query.get('after')) + 1 : 0
        const page = listed.slice(from, from + Math.min(pageLength, Number(query.get('limit'))))
        return send(200, { object: 'list', data: page.map(view), has_more: from + page.length < listed.length })
      }
      const file = /^\/files\/(.+)\/content$/.exec(path)
      if (file) return send(200, files.get(file[1]!) ?? '')
      const batch = batches.find(({ id }) => path.startsWith(`/batches/${id}`))
      if (!batch) return send(404, { error: { message: `no such path: ${path}` } })
      if (path.endsWith('/cancel')) batch.cancelled = true
      else batch.polls++
      return send(200, view(batch))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    batches,
    failNext,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
