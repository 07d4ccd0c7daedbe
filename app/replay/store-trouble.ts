import type { Clock } from './ports'

const firstWaitMs = 1_000
const longestWaitMs = 30_000

/**
 * Runs writes; where one fails for a reason that may pass (a full disk, a locked database), waits and runs it again until it succeeds. Any
 * other error is thrown, and so is the trouble when `signal` is aborted meanwhile.
 */
export function createPersist(options: {
  clock: Clock
  describeTrouble: (error: unknown) => string | null
  signal: AbortSignal
  /** `untilMs` is wall time. */
  onTrouble: (reason: string, untilMs: number) => void
  onPassed: () => void
}): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const { clock, describeTrouble, signal, onTrouble, onPassed } = options
  return async (work) => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      try {
        const value = await work()
        if (waitMs > firstWaitMs) onPassed()
        return value
      } catch (error) {
        const reason = describeTrouble(error)
        if (reason === null || signal.aborted) throw error
        onTrouble(reason, clock.nowMs() + waitMs)
        await clock.sleep(waitMs, signal).catch(() => undefined)
      }
    }
  }
}
