import type { ReplayEvent } from '~/replay/ports'
import type { ReplayReport } from '~/services/workspace-api'
import type { CliContext } from './context'
import { createProgress, type ProgressView } from './progress'
import { inert } from './terminal'

/** Runs to the end, or these cases only; the first interrupt stops it cleanly, a second one ends the process. */
export async function runWithProgress(context: CliContext, replayId: string, onlyCaseIds?: readonly string[]): Promise<ReplayReport> {
  const workspace = await context.openWorkspace()
  const progress = await createProgress(context, 'Replaying')
  const controller = new AbortController()
  const unsubscribe = context.onInterrupt(() => {
    unsubscribe()
    progress.note('Stopping after the calls that are under way …')
    controller.abort(new Error('interrupted'))
  })
  try {
    return await workspace.replays.run(replayId, (event) => showEvent(event, progress), controller.signal, onlyCaseIds)
  } catch (error) {
    if (!controller.signal.aborted) throw error
    return await workspace.replays.report(replayId)
  } finally {
    unsubscribe()
    progress.stop()
  }
}

function showEvent(event: ReplayEvent, progress: ProgressView): void {
  if (event.type === 'progress')
    progress.update({
      done: event.progress.done,
      total: event.progress.total,
      ratePerSecond: event.ratePerSecond,
      etaMs: event.etaMs,
      costUsd: event.progress.costUsd,
    })
  else if (event.type === 'warning') progress.note(`warning: ${inert(event.message)}`)
  else if (event.type === 'paused') progress.note(`Paused: ${inert(event.reason)}`)
  else if (event.type === 'resumed') progress.note('Going on.')
}
