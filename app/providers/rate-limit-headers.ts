import type { RateLimitHints } from '~/replay/ports'

/** Waits that a header asks for beyond this are taken for a mistake of the header. */
const longestWaitMs = 24 * 60 * 60 * 1000

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `6m0s`, `20ms`, `1h2m3s`, `1.5s`, or a plain number of seconds → milliseconds; undefined when it is none of these. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(trimmed)) return Number(trimmed) * 1000
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/.test(trimmed)) return undefined
  let sum = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) sum += Number(amount) * units[unit!]!
  return sum
}

/** `retry-after`: seconds or an HTTP date (RFC 9110, 10.2.3) → milliseconds from `nowMs`. */
export function parseRetryAfterMs(text: string, nowMs: number): number | undefined {
  if (/^\s*\d{1,9}(?:\.\d{1,9})?\s*$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

/** A reset as servers write it: a duration, a moment in seconds or milliseconds since 1970, or a date → milliseconds from `nowMs`. */
export function parseResetMs(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim()
  if (/^\d{10}(?:\.\d{1,9})?$/.test(trimmed)) return Math.max(0, Number(trimmed) * 1000 - nowMs)
  if (/^\d{13}$/.test(trimmed)) return Math.max(0, Number(trimmed) - nowMs)
  const duration = parseDurationMs(trimmed)
  if (duration !== undefined) return duration
  if (!/^\d{4}-\d\d-\d\dT|^[A-Z][a-z]{2}, /.test(trimmed)) return undefined
  const date = Date.parse(trimmed)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

const readCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** What the headers of an answer say about limits. Names are lower case; whatever cannot be read is left out. */
export function readRateLimitHeaders(headers: Readonly<Record<string, string | undefined>>, nowMs: number): RateLimitHints {
  const hints: RateLimitHints = {}
  const put = (key: keyof RateLimitHints, value: number | undefined) => {
    if (value !== undefined && Number.isFinite(value) && value >= 0)
      hints[key] = key.endsWith('Ms') ? Math.min(value, longestWaitMs) : value
  }
  const afterMs = headers['retry-after-ms']
  const after = headers['retry-after']
  if (afterMs !== undefined && /^\s*\d{1,12}(?:\.\d{1,9})?\s*$/.test(afterMs)) put('retryAfterMs', Number(afterMs))
  else if (after !== undefined) put('retryAfterMs', parseRetryAfterMs(after, nowMs))
  // OpenAI's names, and the ones of servers and gateways that have a single limit.
  put('limitRequests', readCount(headers['x-ratelimit-limit-requests'] ?? headers['x-ratelimit-limit'] ?? headers['ratelimit-limit']))
  put(
    'remainingRequests',
    readCount(headers['x-ratelimit-remaining-requests'] ?? headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']),
  )
  const resetRequests = headers['x-ratelimit-reset-requests'] ?? headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']
  if (resetRequests !== undefined) put('resetRequestsMs', parseResetMs(resetRequests, nowMs))
  put('remainingTokens', readCount(headers['x-ratelimit-remaining-tokens']))
  const resetTokens = headers['x-ratelimit-reset-tokens']
  if (resetTokens !== undefined) put('resetTokensMs', parseResetMs(resetTokens, nowMs))
  return hints
}
