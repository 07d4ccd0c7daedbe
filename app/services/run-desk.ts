import type { PriceTable } from '~/domain/pricing/price-table'
import type { Environment } from '~/lib/environment'
import type { FetchFunction } from '~/providers/http-post'
import type { ReplayEvent } from '~/replay/ports'
import type { TouchstoneDatabase } from '~/storage/database'
import { SqliteSpendingLedger } from '~/storage/sqlite/spending-ledger'
import { createInlineReplays } from './replay-background'
import { keepMemoryFlat } from './replay-memory'
import type { RequestContext } from './replay-request'
import { createReplayRunner } from './replay-runner'
import { createReplayThread, type BackgroundReplays } from './replay-thread'

export type RunDeskOptions = {
  database: TouchstoneDatabase
  environment: Environment
  runner: 'inline' | { workerFile: string }
  /** The workspace's own price table. */
  prices?: PriceTable | null
  fetch?: FetchFunction
  /** A background run failed for a reason of ours. */
  onFailure: (runId: string, error: unknown) => void
}

export type RunDesk = ReturnType<typeof createRunDesk>

/** Where replays and probe runs are run, here or in the background, and where those who watch one are told of it. */
export function createRunDesk({ database, environment, runner: place, prices = null, fetch, onFailure }: RunDeskOptions) {
  const ledger = new SqliteSpendingLedger(database, environment.maxCostUsd)
  const context = { database, environment, prices, ledger, ...(fetch ? { fetch } : {}) } satisfies RequestContext
  const runner = createReplayRunner(context)
  const listeners = new Map<string, Set<(event: ReplayEvent) => void>>()
  const publish = (event: ReplayEvent) => {
    for (const listener of listeners.get(event.replayId) ?? []) listener(event)
  }
  const { openaiApiKey, openaiBaseUrl, maxCostUsd } = environment
  const background: BackgroundReplays =
    place === 'inline'
      ? createInlineReplays(runner, publish)
      : createReplayThread(
          place.workerFile,
          { databaseUrl: `file:${database.file}`, environment: { openaiApiKey, openaiBaseUrl, maxCostUsd }, prices },
          publish,
        )
  return {
    context,

    /** To the end, in this process; these cases only where they are named. */
    async run(runId: string, onEvent: (event: ReplayEvent) => void, signal: AbortSignal, onlyCaseIds?: readonly string[]): Promise<void> {
      keepMemoryFlat(database)
      await runner.run(
        runId,
        (event) => {
          onEvent(event)
          publish(event)
        },
        signal,
        () => 'cancelled',
        onlyCaseIds,
      )
    },

    /** In the background. */
    start(runId: string): void {
      if (background.isRunning(runId)) return
      background.run(runId).catch((error: unknown) => {
        onFailure(runId, error)
        // Whoever watches must learn that nothing more will come; the store says the rest.
        publish({ type: 'warning', replayId: runId, message: 'The replay stopped because Touchstone failed; its log says how.' })
      })
    },

    isRunning: (runId: string) => background.isRunning(runId),
    /** Asks a background run to stop; false when it does not run here. */
    cancel: (runId: string) => background.cancel(runId),

    subscribe(runId: string, listener: (event: ReplayEvent) => void): () => void {
      const known = listeners.get(runId) ?? new Set()
      known.add(listener)
      listeners.set(runId, known)
      return () => {
        known.delete(listener)
        if (known.size === 0) listeners.delete(runId)
      }
    },

    close: () => background.close(),
  }
}
