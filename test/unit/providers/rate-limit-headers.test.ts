import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDurationMs, parseRetryAfterMs, readRateLimitHeaders } from '~/providers/rate-limit-headers'
import { cleanWords } from '~/providers/provider-errors'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)

describe('headers about limits', () => {
  test.each([
    ['120ms', 120],
    ['1s', 1_000],
    ['1.5s', 1_500],
    ['6m0s', 360_000],
    ['1h2m3s', 3_723_000],
    ['2d', 172_800_000],
    ['59.700', 59_700],
    ['0', 0],
  ])('x-ratelimit-reset-requests: %s', (text, ms) => {
    expect(parseDurationMs(text)).toBeCloseTo(ms)
  })
  test.each(['', 'soon', '1x', '-5s', '1s garbage', '1e400'])('x-ratelimit-reset-requests: %j is left out', (text) => {
    expect(readRateLimitHeaders({ 'x-ratelimit-reset-requests': text }, now)).toEqual({})
  })
  test('retry-after: seconds, a date to come, a date gone by', () => {
    expect(parseRetryAfterMs('3', now)).toBe(3_000)
    expect(parseRetryAfterMs('Sun, 22 Nov 2026 12:00:10 GMT', now)).toBe(10_000)
    expect(parseRetryAfterMs('Sun, 22 Nov 2026 11:00:00 GMT', now)).toBe(0)
    expect(parseRetryAfterMs('whenever', now)).toBeUndefined()
  })
  test('retry-after-ms goes before retry-after, whose seconds are coarser', () => {
    expect(readRateLimitHeaders({ 'retry-after-ms': '120', 'retry-after': '1' }, now)).toEqual({ retryAfterMs: 120 })
    expect(readRateLimitHeaders({ 'retry-after-ms': 'x', 'retry-after': '1' }, now)).toEqual({ retryAfterMs: 1_000 })
  })
  test.each([
    ['250ms', 250],
    ['6m0s', 360_000],
    ['12', 12_000],
    [String(now / 1000 + 30), 30_000],
    [String(now + 1_500), 1_500],
    [String(now / 1000 - 30), 0],
    ['2026-11-22T12:00:05Z', 5_000],
    ['Sun, 22 Nov 2026 12:00:10 GMT', 10_000],
  ])('x-ratelimit-reset-requests and -tokens: %s, a duration or a moment', (text, ms) => {
    expect(readRateLimitHeaders({ 'x-ratelimit-reset-requests': text }, now)).toEqual({ resetRequestsMs: ms })
    expect(readRateLimitHeaders({ 'x-ratelimit-reset-tokens': text }, now)).toEqual({ resetTokensMs: ms })
  })
  test.each(['x-ratelimit-', 'ratelimit-'])('%slimit, -remaining and -reset of a server with a single limit', (prefix) => {
    const headers = { [`${prefix}limit`]: '60', [`${prefix}remaining`]: '0', [`${prefix}reset`]: '7' }
    expect(readRateLimitHeaders(headers, now)).toEqual({ limitRequests: 60, remainingRequests: 0, resetRequestsMs: 7_000 })
  })
  test('a wait of years is taken for a day at most', () => {
    expect(readRateLimitHeaders({ 'retry-after': '999999999' }, now).retryAfterMs).toBe(86_400_000)
  })
  test('whatever the headers say, every hint is a number of 0 or more', () => {
    const names = [
      'retry-after',
      'retry-after-ms',
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset-requests',
      'x-ratelimit-remaining-tokens',
      'x-ratelimit-reset-tokens',
      'x-ratelimit-reset',
      'ratelimit-remaining',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (headers) => {
        for (const value of Object.values(readRateLimitHeaders(headers, now))) expect(Number.isFinite(value) && value >= 0).toBe(true)
      }),
    )
  })
})

test("a provider's words are shown on one line, shortened, without keys and control characters", () => {
  const words = cleanWords(`bad\u001b[31m key sk-proj-abcdefgh and my-secret-key\n${'x'.repeat(1_000)}`, 'my-secret-key')
  expect(words).not.toContain('\u001b')
  expect(words).not.toContain('abcdefgh')
  expect(words).not.toContain('my-secret-key')
  expect(words.length).toBeLessThanOrEqual(401)
})
