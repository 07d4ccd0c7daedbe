import { useEffect, useState } from 'react'
import { formatDateTime, formatRelativeTime } from './format'
import { useRootData } from './preferences'

/** Now, in milliseconds: at first the time at which the server rendered the page (so that the browser writes the same), then the clock. */
export function useNowMs(everyMs = 30_000): number {
  const [nowMs, setNowMs] = useState(useRootData()?.renderedAtMs ?? 0)
  useEffect(() => {
    setNowMs(Date.now())
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}

/** "5 minutes ago", with the exact time for who asks. */
export function RelativeTime({ at }: { at: number }) {
  const nowMs = useNowMs()
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className="whitespace-nowrap">
      {formatRelativeTime(at, nowMs)}
    </time>
  )
}
