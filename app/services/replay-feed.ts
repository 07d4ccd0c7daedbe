import type { ReplayEvent, ReplayProgress, ReplayStatus } from '../replay/ports'
import type { FlipRow, ReplayReport, ReplaySummary, Workspace } from './workspace-api'

/** What a page that watches a replay is told; each message replaces what the last one of its type said. */
export type ReplayFeedMessage =
  | { type: 'state'; replay: ReplaySummary; baseline: ReplaySummary | null }
  | {
      type: 'progress'
      progress: ReplayProgress
      ratePerSecond: number | null
      etaMs: number | null
      /** Null where the replay runs in another process, or no more. */
      calls: { inFlight: number; concurrencyLimit: number; perSecondLimit: number | null } | null
    }
  | { type: 'flips'; fixed: number; regressed: number; compared: number; rows: FlipRow[] }
  | { type: 'paused'; reason: string; untilMs: number | null }
  | { type: 'resumed' }
  | { type: 'warning'; message: string }
  | {
      type: 'ended'
      status: ReplayStatus
      reason: string | null
      accuracy: number | null
      costUsd: number | null
      durationMs: number
      /** Null when there is no baseline, or when one of both has no end yet. */
      verdict: { sentence: string; verdict: string; fixed: number; regressed: number; compared: number } | null
      /** Why there is no verdict although there is a baseline. */
      noVerdict: string | null
    }

/** Flips are looked for at most this often, progress is passed on at most that often, and the store is asked even when no event came. */
const flipsEveryMs = 250
const progressEveryMs = 100
/** Looking for flips reads both runs so far: of a large set that takes its time, and the server has other pages to answer. */
const flipsShareOfTime = 1 / 20
const lookEveryMs = 1000

const ended = new Set<ReplayStatus>(['finished', 'failed', 'cancelled'])

/**
 * Follows one replay until it ends, in whatever process it runs: events of this process as they come, batched, and a look at the store every
 * second. `flipLimit` is how many flips, worst first, are sent at a time. Returns the function that stops following; after `ended` or an
 * error it has stopped by itself. Nothing is emitted after that.
 */
export function followReplay(
  workspace: Workspace,
  options: { replayId: string; baselineId: string | null; flipLimit: number },
  listener: { emit: (message: ReplayFeedMessage) => void; fail: (error: unknown) => void },
): () => void {
  const { replayId, baselineId, flipLimit } = options
  let stopped = false
  let busy = false
  let lookAgain = false
  let done = 0
  let stateKey = ''
  let flipsKey = ''
  let flipsRestUntilMs = 0
  let baselineDone = 0
  let pendingProgress: Extract<ReplayEvent, { type: 'progress' }> | null = null
  const timers: Array<ReturnType<typeof setInterval>> = []

  const stop = () => {
    if (stopped) return
    stopped = true
    unsubscribe()
    for (const timer of timers) clearInterval(timer)
  }
  const emit = (message: ReplayFeedMessage) => {
    if (!stopped) listener.emit(message)
  }
  /** One piece of work at a time; an end that arrives meanwhile is looked at right after. */
  const guard = async (work: () => Promise<void>) => {
    if (busy || stopped) return
    busy = true
    try {
      await work()
    } catch (error) {
      const wasStopped = stopped
      stop()
      if (!wasStopped) listener.fail(error)
    } finally {
      busy = false
    }
    if (lookAgain) {
      lookAgain = false
      await guard(look)
    }
  }

  const sendProgress = () => {
    if (!pendingProgress) return
    const { progress, ratePerSecond, etaMs, inFlight, concurrencyLimit, callsPerSecondLimit } = pendingProgress
    pendingProgress = null
    done = Math.max(done, progress.done)
    emit({ type: 'progress', progress, ratePerSecond, etaMs, calls: { inFlight, concurrencyLimit, perSecondLimit: callsPerSecondLimit } })
  }
  const sendFlips = async () => {
    const key = `${done}/${baselineDone}`
    const startedAtMs = performance.now()
    if (!baselineId || baselineId === replayId || key === flipsKey || done < 1 || startedAtMs < flipsRestUntilMs) return
    flipsKey = key
    const { fixed, regressed, compared, rows } = await workspace.comparisons.liveFlips(baselineId, replayId, flipLimit)
    const endedAtMs = performance.now()
    flipsRestUntilMs = endedAtMs + (endedAtMs - startedAtMs) / flipsShareOfTime
    emit({ type: 'flips', fixed, regressed, compared, rows })
  }
  const look = async () => {
    const [replay, baseline] = await Promise.all([
      workspace.replays.get(replayId),
      baselineId && baselineId !== replayId ? workspace.replays.get(baselineId) : null,
    ])
    done = Math.max(done, replay.done)
    baselineDone = baseline?.done ?? 0
    const key = `${replay.status} ${replay.done} ${baseline?.status} ${baselineDone}`
    if (key !== stateKey) emit({ type: 'state', replay, baseline })
    stateKey = key
    // A baseline that still runs (it was started together with this replay) may yet turn more cases into flips.
    if (!ended.has(replay.status) || (replay.status === 'finished' && baseline && !ended.has(baseline.status))) return
    sendProgress()
    flipsKey = ''
    flipsRestUntilMs = 0
    await sendFlips()
    const report = await workspace.replays.report(replay.id)
    emit({ type: 'progress', progress: report.progress, ratePerSecond: null, etaMs: null, calls: null })
    emit(await describeEnd(workspace, report, baseline))
    stop()
  }

  const unsubscribe = workspace.replays.subscribe(replayId, (event) => {
    if (event.type === 'progress') pendingProgress = event
    else if (event.type === 'paused') emit({ type: 'paused', reason: event.reason, untilMs: event.untilMs })
    else if (event.type === 'resumed') emit({ type: 'resumed' })
    else if (event.type === 'warning' || event.type === 'note') emit({ type: 'warning', message: event.message })
    else if (event.type === 'ended') {
      lookAgain = busy
      void guard(look)
    }
  })
  timers.push(
    setInterval(sendProgress, progressEveryMs),
    setInterval(() => void guard(sendFlips), flipsEveryMs),
    setInterval(() => void guard(look), lookEveryMs),
  )
  void guard(look)
  return stop
}

async function describeEnd(workspace: Workspace, replay: ReplayReport, baseline: ReplaySummary | null): Promise<ReplayFeedMessage> {
  const { costUsd, durationMs } = replay
  const end = {
    type: 'ended' as const,
    status: replay.status,
    reason: replay.statusReason,
    accuracy: replay.accuracy,
    costUsd,
    durationMs,
    verdict: null,
    noVerdict: null,
  }
  if (!baseline || replay.status !== 'finished') return end
  if (baseline.status !== 'finished')
    return {
      ...end,
      noVerdict: `The replay of the baseline is ${baseline.status}${baseline.statusReason ? `: ${baseline.statusReason}` : '.'}`,
    }
  const { sentence, verdict, flips, n } = await workspace.comparisons.compare(baseline.id, replay.id)
  return { ...end, verdict: { sentence, verdict, fixed: flips.fixed, regressed: flips.regressed, compared: n } }
}
