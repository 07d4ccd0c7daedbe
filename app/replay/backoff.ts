import type { RateLimitHints } from './ports'

/** Ceiling of the first wait, of each later one twice the one before, and of all. Milliseconds. */
const firstCeilingMs = 250
const lastCeilingMs = 8_000
/** A wait that a provider asks for is kept up to here; then the call is tried anyway. */
const longestAskedMs = 10 * 60_000

/** What the provider asks to wait for: `retry-after-ms` or `retry-after`, else the reset of a limit that is used up. */
export function askedWaitMs(limits: RateLimitHints): number | undefined {
  if (limits.retryAfterMs !== undefined) return Math.min(limits.retryAfterMs, longestAskedMs)
  const resets = [
    limits.remainingRequests === 0 ? limits.resetRequestsMs : undefined,
    limits.remainingTokens === 0 ? limits.resetTokensMs : undefined,
  ].filter((reset) => reset !== undefined)
  return resets.length ? Math.min(Math.max(...resets), longestAskedMs) : undefined
}

/**
 * How long to wait before attempt `failures + 1`, in milliseconds: exponential backoff with full jitter (Brooker, "Exponential Backoff and
 * Jitter", AWS Architecture Blog 2015), and never less than the provider asked for; what it asked for gets a tenth of jitter on top, so that
 * those who were sent away together do not come back together. `random` is uniform in [0, 1).
 */
export function retryDelayMs(failures: number, limits: RateLimitHints, random: () => number): number {
  if (!Number.isInteger(failures) || failures < 1) throw new RangeError(`failures must be a whole number from 1, got ${failures}`)
  const ceiling = Math.min(lastCeilingMs, firstCeilingMs * 2 ** Math.min(failures - 1, 20))
  const asked = askedWaitMs(limits)
  // "At once", again and again, is no advice: the wait then grows as if none had been given.
  if (asked !== undefined && asked > 0) return asked + random() * Math.max(5, asked * 0.1)
  return random() * ceiling
}
