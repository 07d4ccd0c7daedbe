import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '~/replay/ports'

/** A thread whose event loop idled less than this share of the time is short of time. */
const spareShare = 0.1

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => {
    if (signal) return sleep(ms, undefined, { signal })
    // Nothing to wait for but what can be done now; a timer would take a millisecond at least.
    return ms <= 0 ? nextTurn() : new Promise((resolve) => void setTimeout(resolve, ms))
  },
}

/** Makes a function that says whether this thread's event loop had hardly a moment to spare since it was last called. */
export function createLoadGauge(): () => boolean {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization > 1 - spareShare
  }
}
