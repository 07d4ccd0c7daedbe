import { useEffect, useReducer, useRef, useState } from 'react'
import type { LiveMessage, LiveReplay } from './live-messages'
import { nextLiveState, startWatching, type LiveState } from './live-state'

const askAgainAfterMs = 3000

/**
 * Watches a replay over server-sent events until it ends. A lost connection is taken up again; nothing that happened meanwhile is missed,
 * since the stream begins with where the replay is. `attempt` grows to watch the same replay anew (after it was resumed); `known` is what the page was
 * handed of it.
 */
export function useLiveReplay(
  replayId: string | null,
  baselineId: string | null,
  attempt: number,
  known: LiveReplay | null = null,
): LiveState {
  const [state, dispatch] = useReducer(nextLiveState, null, () => startWatching(replayId, known))
  const [connection, setConnection] = useState(0)

  const latestKnown = useRef(known)
  latestKnown.current = known
  useEffect(() => {
    dispatch({ type: 'watch', replayId, known: latestKnown.current })
  }, [replayId, baselineId, attempt])

  useEffect(() => {
    if (replayId === null) return
    const query = baselineId ? `?${new URLSearchParams({ baseline: baselineId })}` : ''
    const source = new EventSource(`/replays/${encodeURIComponent(replayId)}/events${query}`)
    let timer: ReturnType<typeof setTimeout> | undefined
    const askAgain = () => {
      source.close()
      timer = setTimeout(() => setConnection((count) => count + 1), askAgainAfterMs)
    }
    source.onopen = () => dispatch({ type: 'opened' })
    source.onmessage = (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as LiveMessage
      dispatch({ type: 'message', message })
      if (message.type === 'ended') source.close()
      if (message.type === 'problem') askAgain()
    }
    source.onerror = () => {
      dispatch({ type: 'lost' })
      // The browser tries again by itself after a broken connection, but not after an error status.
      if (source.readyState === EventSource.CLOSED) askAgain()
    }
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [replayId, baselineId, attempt, connection])

  return state
}
