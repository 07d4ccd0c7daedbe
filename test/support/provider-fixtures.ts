import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'

export type RecordedAnswer = { status: number; headers: Record<string, string>; body: unknown }

/** A recorded answer of a provider, from test/fixtures/providers. */
export function readRecorded(name: string): RecordedAnswer {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../fixtures/providers', `${name}.json`), 'utf8')) as RecordedAnswer
}

export const bodyText = ({ body }: RecordedAnswer): string => (typeof body === 'string' ? body : JSON.stringify(body))

export type ServedRequest = { path: string; headers: Record<string, string | string[] | undefined>; body: Record<string, unknown> }

/** A server on a port of its own that answers with what `respond` says, and remembers what it was sent. */
export async function serveProvider(respond: (request: ServedRequest, number: number) => RecordedAnswer | 'hang' | 'reset'): Promise<{
  baseUrl: string
  requests: ServedRequest[]
  server: Server
  [Symbol.asyncDispose](): Promise<void>
}> {
  const requests: ServedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const served = {
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      }
      requests.push(served)
      const recorded = respond(served, requests.length)
      if (recorded === 'hang') return
      if (recorded === 'reset') {
        request.socket.destroy()
        return
      }
      response.writeHead(recorded.status, recorded.headers)
      response.end(bodyText(recorded))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
