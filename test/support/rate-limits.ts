import type { RateLimitHints } from '~/replay/ports'
import type { JudgeCall } from './simulated-provider'

/** Rate limits as servers keep them, for `simulate`: what each lets pass, and what its headers say of it. */

/** How much a server tells: nothing but the status, `retry-after: 1`, the wait on a 429, or what is left on every answer. */
export type Telling = 'nothing' | 'retry-after' | 'wait' | 'remaining'

const ok = (limits: RateLimitHints = {}) => ({ status: 200, limits })

function turnAway(telling: Telling, waitMs: number) {
  if (telling === 'nothing') return { status: 429, limits: {} }
  if (telling === 'retry-after') return { status: 429, limits: { retryAfterMs: 1000 } }
  return { status: 429, limits: { retryAfterMs: waitMs, remainingRequests: 0, resetRequestsMs: waitMs } }
}

/** `perSecond` tokens a second, at most `capacity` of them at once. */
export function tokenBucket(perSecond: number, capacity: number, telling: Telling): JudgeCall {
  let tokens = capacity
  let filledMs = 0
  return (nowMs) => {
    tokens = Math.min(capacity, tokens + ((nowMs - filledMs) / 1000) * perSecond)
    filledMs = nowMs
    if (tokens < 1) return turnAway(telling, Math.ceil(1000 / perSecond))
    tokens -= 1
    return telling === 'remaining'
      ? ok({ limitRequests: capacity, remainingRequests: Math.floor(tokens), resetRequestsMs: ((capacity - tokens) / perSecond) * 1000 })
      : ok()
  }
}

/** `most` calls in each span of time, all of them at once if they come so. */
export function fixedWindow(most: number, spanMs: number, telling: Telling): JudgeCall {
  let window = 0
  let used = 0
  return (nowMs) => {
    const current = Math.floor(nowMs / spanMs)
    if (current !== window) used = 0
    window = current
    const resetMs = (current + 1) * spanMs - nowMs
    if (used >= most) return turnAway(telling, resetMs)
    used++
    return telling === 'remaining' ? ok({ limitRequests: most, remainingRequests: most - used, resetRequestsMs: resetMs }) : ok()
  }
}

/** No more than `most` calls in any span of time. */
export function slidingWindow(most: number, spanMs: number, telling: Telling): JudgeCall {
  const passed: number[] = []
  return (nowMs) => {
    while (passed.length && passed[0]! <= nowMs - spanMs) passed.shift()
    if (passed.length >= most) return turnAway(telling, passed[0]! + spanMs - nowMs)
    passed.push(nowMs)
    return telling === 'remaining'
      ? ok({ limitRequests: most, remainingRequests: most - passed.length, resetRequestsMs: passed[0]! + spanMs - nowMs })
      : ok()
  }
}

/** No more than `most` calls under way. */
export const fewUnderWay =
  (most: number, telling: Telling): JudgeCall =>
  (_nowMs, inFlight) =>
    inFlight > most ? turnAway(telling, 1000) : ok()

/** Turns calls away by chance, whatever is sent to it. */
export const byChance =
  (share: number, telling: Telling, random: () => number): JudgeCall =>
  () =>
    random() < share ? turnAway(telling, 1000) : ok()
