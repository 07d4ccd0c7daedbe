import { TouchstoneError } from '~/lib/errors'

const heartbeatEveryMs = 15_000

/** How a stream that failed says so; the browser then asks again after a while. */
export type StreamProblem = { type: 'problem'; message: string; advice: string | null }

/**
 * A response of server-sent events: one JSON message each. `follow` gets the listener and returns the function that stops it; it is called
 * when the reader goes away, when following fails, and after a message of type `ended`, which closes the stream.
 */
export function createEventStream<Message extends { type: string }>(
  signal: AbortSignal,
  follow: (listener: { emit: (message: Message) => void; fail: (error: unknown) => void }) => () => void,
): Response {
  const encoder = new TextEncoder()
  let stop: () => void = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let open = true
      let stopFollowing: () => void = () => {}
      const write = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text))
      }
      const close = () => {
        if (!open) return
        open = false
        clearInterval(heartbeat)
        signal.removeEventListener('abort', close)
        stopFollowing()
        try {
          controller.close()
        } catch {
          // The reader cancelled: the stream is closed already.
        }
      }
      const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatEveryMs)
      const send = (message: Message | StreamProblem) => write(`data: ${JSON.stringify(message)}\n\n`)
      stop = close
      signal.addEventListener('abort', close)
      write('retry: 1000\n\n')
      stopFollowing = follow({
        emit: (message) => {
          send(message)
          if (message.type === 'ended') close()
        },
        fail: (error) => {
          if (!(error instanceof TouchstoneError)) console.error(error)
          send({
            type: 'problem',
            message: error instanceof TouchstoneError ? error.message : 'The server could not follow this replay.',
            advice: (error instanceof TouchstoneError && error.advice) || null,
          })
          close()
        },
      })
      if (!open) stopFollowing()
    },
    cancel: () => stop(),
  })
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' },
  })
}
