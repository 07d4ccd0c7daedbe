import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '~/replay/ports'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => (signal ? sleep(ms, undefined, { signal }) : new Promise((resolve) => void setTimeout(resolve, ms))),
}
