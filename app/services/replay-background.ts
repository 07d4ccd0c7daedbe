import type { ReplayEvent } from '~/replay/ports'
import type { ReplayRunner } from './replay-runner'
import type { BackgroundReplays } from './replay-thread'

/** Runs background replays in this thread: for tests, and where there is no worker file. */
export function createInlineReplays(runner: ReplayRunner, onEvent: (event: ReplayEvent) => void): BackgroundReplays {
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let closing = false
  return {
    run(replayId) {
      const already = running.get(replayId)
      if (already) return already.done
      const controller = new AbortController()
      const done = runner
        .run(replayId, onEvent, controller.signal, () => (closing ? 'pending' : 'cancelled'))
        .then(() => undefined)
        .finally(() => running.delete(replayId))
      running.set(replayId, { controller, done })
      return done
    },
    isRunning: (replayId) => running.has(replayId),
    cancel(replayId) {
      const entry = running.get(replayId)
      entry?.controller.abort()
      return entry !== undefined
    },
    async close() {
      closing = true
      const all = [...running.values()]
      for (const { controller } of all) controller.abort()
      await Promise.allSettled(all.map(({ done }) => done))
    },
  }
}
