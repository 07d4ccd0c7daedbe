import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TouchstoneError } from '~/lib/errors'
import { createEventStream } from '~/routes/_lib/event-stream.server'

type Message = { type: 'state'; text: string } | { type: 'ended' }
type Listener = { emit: (message: Message) => void; fail: (error: unknown) => void }

function open() {
  const abort = new AbortController()
  const stopped = vi.fn()
  let listener: Listener | undefined
  const response = createEventStream<Message>(abort.signal, (given) => {
    listener = given
    return stopped
  })
  if (!listener) throw new Error('nobody was told to follow')
  return { response, abort, stopped, listener }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('messages are sent as JSON events, one a line, and the end closes the stream', async () => {
  const { response, listener, stopped } = open()
  expect(response.headers.get('Content-Type')).toContain('text/event-stream')
  listener.emit({ type: 'state', text: 'two\nlines' })
  listener.emit({ type: 'ended' })
  listener.emit({ type: 'state', text: 'too late' })
  expect(await response.text()).toBe('retry: 1000\n\ndata: {"type":"state","text":"two\\nlines"}\n\ndata: {"type":"ended"}\n\n')
  expect(stopped).toHaveBeenCalledTimes(1)
})

test('a quiet stream keeps saying that it is there', async () => {
  const { response, listener } = open()
  await vi.advanceTimersByTimeAsync(31_000)
  listener.emit({ type: 'ended' })
  expect((await response.text()).match(/: still here/g)).toHaveLength(2)
})

test('who goes away is no longer followed', async () => {
  const aborted = open()
  aborted.abort.abort()
  expect(aborted.stopped).toHaveBeenCalledTimes(1)
  const cancelled = open()
  await cancelled.response.body?.cancel()
  expect(cancelled.stopped).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('an expected failure is told with its advice', async () => {
  const { response, listener, stopped } = open()
  listener.fail(new TouchstoneError('not-comparable', 'These replays have no case in common.', 'Replay both over one golden set.'))
  expect(await response.text()).toContain(
    '{"type":"problem","message":"These replays have no case in common.","advice":"Replay both over one golden set."}',
  )
  expect(stopped).toHaveBeenCalledTimes(1)
})
