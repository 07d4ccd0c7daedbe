import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'

/** The HTTP edge of every integration test. A request that no handler expects fails the test; loopback servers that a test starts itself pass. */
export const httpEdge = setupServer()

beforeAll(() =>
  httpEdge.listen({
    onUnhandledRequest(request, print) {
      if (new URL(request.url).hostname === '127.0.0.1') return
      print.error()
    },
  }),
)
afterEach(() => httpEdge.resetHandlers())
afterAll(() => httpEdge.close())
