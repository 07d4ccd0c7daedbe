import { unscoredReasons } from '~/domain/verdict/verdict'
import { TouchstoneError } from '~/lib/errors'
import type { ReplayEvent, ReplayProgress } from '~/replay/ports'
import type { ReplayStanding, Workspace } from '~/services/workspace-api'
import { writeEvent, type CliContext } from './context'
import { createProgress } from './progress'
import { inert } from './terminal'

/** Programs are told of progress this often; what else happens they are told at once. */
const progressEveryMs = 1_000

/** Runs to the end, or these cases only; the first interrupt stops it cleanly, a second one ends the process. */
export async function runWithProgress(context: CliContext, replayId: string, onlyCaseIds?: readonly string[]): Promise<ReplayStanding> {
  return await watchRun(context, 'Replaying', {
    run: (workspace, onEvent, signal) => workspace.replays.run(replayId, onEvent, signal, onlyCaseIds),
    report: (workspace) => workspace.replays.standing(replayId),
  })
}

/** The same of anything that the engine runs. `report` is what is told of it where the stop itself threw. */
export async function watchRun<Report>(
  context: CliContext,
  label: string,
  work: {
    run: (workspace: Workspace, onEvent: (event: ReplayEvent) => void, signal: AbortSignal) => Promise<Report>
    report: (workspace: Workspace) => Promise<Report>
  },
): Promise<Report> {
  const workspace = await context.openWorkspace()
  const view = context.jsonEvents ? createEventWriter(context) : await createBar(context, label)
  const controller = new AbortController()
  const unsubscribe = context.onInterrupt(() => {
    unsubscribe()
    view.note('Stopping after the calls that are under way …')
    controller.abort(new Error('interrupted'))
  })
  try {
    return await work.run(workspace, view.show, controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
    if (error instanceof TouchstoneError && error.code === 'storage') view.note(`${error.message} What was not stored yet is asked again.`)
    return await work.report(workspace)
  } finally {
    unsubscribe()
    view.stop()
  }
}

type ProgressEvent = Extract<ReplayEvent, { type: 'progress' }>
type View = { show: (event: ReplayEvent) => void; note: (text: string) => void; stop: () => void }

async function createBar(context: CliContext, label: string): Promise<View> {
  const progress = await createProgress(context, label)
  // Each new attempt is an event; a person wants to read once what is waited for.
  let pausedFor: string | null = null
  return {
    note: progress.note,
    stop: progress.stop,
    show(event) {
      if (event.type === 'progress') {
        const { progress: counted, ...rest } = event
        progress.update({ ...rest, ...counted, unscored: countUnscored(counted) })
      } else if (event.type === 'warning') progress.note(`warning: ${inert(event.message)}`)
      else if (event.type === 'note') progress.note(inert(event.message))
      else if (event.type === 'paused') {
        if (event.reason !== pausedFor) progress.note(`Paused: ${inert(event.reason)}`)
        pausedFor = event.reason
      } else if (event.type === 'resumed') {
        if (pausedFor !== null) progress.note('Going on.')
        pausedFor = null
      }
    },
  }
}

const countUnscored = ({ outcomes }: ReplayProgress) =>
  unscoredReasons.flatMap((reason) => (outcomes[reason] > 0 ? [[reason, outcomes[reason]] as const] : []))

/** `touchstone.event/1`: `started`, `progress`, `paused`, `resumed`, `warning`, `note`, `finished`. */
function createEventWriter(context: CliContext): View {
  let nextProgressMs = -Infinity
  return {
    note: (message) => writeEvent(context, 'note', { message }),
    stop: () => undefined,
    show(event) {
      const { replayId: replay } = event
      if (event.type === 'progress') {
        const nowMs = performance.now()
        if (nowMs < nextProgressMs) return
        nextProgressMs = nowMs + progressEveryMs
        writeEvent(context, 'progress', { replay, ...figuresOf(event) })
      } else if (event.type === 'started') writeEvent(context, 'started', { replay, total: event.total, pending: event.pending })
      else if (event.type === 'paused')
        writeEvent(context, 'paused', {
          replay,
          reason: event.reason,
          until: event.untilMs === null ? null : new Date(event.untilMs).toISOString(),
        })
      else if (event.type === 'resumed') writeEvent(context, 'resumed', { replay })
      else if (event.type === 'warning' || event.type === 'note') writeEvent(context, event.type, { replay, message: event.message })
      else if (event.type === 'ended')
        writeEvent(context, 'finished', { replay, status: event.status, reason: event.reason, ...countsOf(event.progress) })
    },
  }
}

function figuresOf({ progress, ratePerSecond, inFlight, concurrencyLimit, callsPerSecondLimit, etaMs }: ProgressEvent) {
  return { ...countsOf(progress), ratePerSecond, inFlight, concurrencyLimit, callsPerSecondLimit, etaMs }
}

function countsOf({ done, total, cached, calls, outcomes, inputTokens, outputTokens, costUsd }: ReplayProgress) {
  return {
    done,
    total,
    calls,
    cached,
    cacheShare: done === 0 ? null : cached / done,
    unscored: Object.fromEntries(unscoredReasons.map((reason) => [reason, outcomes[reason]])),
    inputTokens,
    outputTokens,
    costUsd,
  }
}
