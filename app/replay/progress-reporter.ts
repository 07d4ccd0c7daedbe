import type { Clock, ReplayEvent, ReplayProgress, ReplayStore } from './ports'

/** Rates are measured over the last few seconds, so that they follow what happens now. */
const rateOverMs = 5_000
/** Progress at most this often; less often where counting it takes longer than a twentieth of the time between. */
const everyMs = 200
const shareOfTime = 20

/** Emits progress events: totals counted from the trials in the store, never along the way. */
export function createProgressReporter(options: {
  replayId: string
  store: ReplayStore
  clock: Clock
  emit: (event: ReplayEvent) => void
  figures: () => { inFlight: number; concurrencyLimit: number; callsPerSecondLimit: number | null }
}) {
  const { replayId, store, clock, emit, figures } = options
  let completed = 0
  let reported = -1
  let nextMs = -Infinity
  const samples: Array<{ atMs: number; completed: number }> = [{ atMs: clock.monotonicMs(), completed: 0 }]

  const report = async (): Promise<ReplayProgress> => {
    const startMs = clock.monotonicMs()
    const progress = await store.progress(replayId)
    const nowMs = clock.monotonicMs()
    nextMs = startMs + Math.max(everyMs, (nowMs - startMs) * shareOfTime)
    samples.push({ atMs: nowMs, completed })
    while (samples.length > 2 && samples[1]!.atMs < nowMs - rateOverMs) samples.shift()
    const [oldest] = samples
    const elapsedMs = nowMs - oldest!.atMs
    const ratePerSecond = elapsedMs > 0 ? ((completed - oldest!.completed) / elapsedMs) * 1000 : 0
    const left = progress.total - progress.done
    const etaMs = left === 0 ? 0 : ratePerSecond > 0 ? (left / ratePerSecond) * 1000 : null
    emit({ type: 'progress', replayId, progress, ratePerSecond, etaMs, ...figures() })
    return progress
  }

  return {
    /** Trials committed by this run since the last call. */
    count(trials: number): void {
      completed += trials
    },
    async tick(): Promise<void> {
      if (completed === reported || clock.monotonicMs() < nextMs) return
      reported = completed
      await report()
    },
    report,
  }
}
