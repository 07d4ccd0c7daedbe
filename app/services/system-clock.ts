import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '~/replay/ports'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => {
    if (signal) return sleep(ms, undefined, { signal })
    // Nothing to wait for but what can be done now; a timer would take a millisecond at least.
    return ms <= 0 ? nextTurn() : new Promise((resolve) => void setTimeout(resolve, ms))
  },
}
