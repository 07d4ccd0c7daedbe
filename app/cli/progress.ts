import type { CliContext } from './context'
import { count, duration, percent, usd } from './format-figures'

export type ProgressFigures = {
  done: number
  total: number
  ratePerSecond?: number
  inFlight?: number
  concurrencyLimit?: number
  cached?: number
  /** Calls a second that the provider lets pass; null: not known. */
  callsPerSecondLimit?: number | null
  /** By reason. */
  unscored?: ReadonlyArray<readonly [reason: string, trials: number]>
  etaMs?: number | null
  costUsd?: number | null
}

export type ProgressView = {
  update(progress: ProgressFigures): void
  /** Lines between redraws of the bar. */
  note(text: string): void
  stop(): void
}

/** What stands beside the bar. Unknown figures are left out. */
export function describeProgress(figures: ProgressFigures): string[] {
  const { done, ratePerSecond, inFlight, concurrencyLimit, callsPerSecondLimit, cached = 0, unscored = [], etaMs, costUsd } = figures
  return [
    ratePerSecond === undefined ? '' : `${count(Math.round(ratePerSecond))}/s`,
    inFlight === undefined ? '' : `${count(inFlight)} of ${count(concurrencyLimit ?? 0)} in flight`,
    callsPerSecondLimit === null || callsPerSecondLimit === undefined ? '' : `at most ${count(Math.round(callsPerSecondLimit))} calls/s`,
    cached === 0 || done === 0 ? '' : `${percent(cached / done)} cached`,
    unscored.length === 0 ? '' : `unscored: ${unscored.map(([reason, trials]) => `${reason} ${count(trials)}`).join(', ')}`,
    etaMs === null || etaMs === undefined ? '' : `${duration(etaMs)} left`,
    costUsd === null || costUsd === undefined ? '' : usd(costUsd),
  ].filter(Boolean)
}

/** A bar on stderr where that is a terminal; nothing elsewhere, so that logs stay short. */
export async function createProgress(context: CliContext, label: string): Promise<ProgressView> {
  if (!context.stderr.isTTY) return { update: () => undefined, note: (text) => context.stderr.write(`${text}\n`), stop: () => undefined }
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage}% {shown}{rest}`,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      etaBuffer: 1,
      gracefulExit: false,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  )
  let started = false
  return {
    update(figures) {
      const { done, total } = figures
      const parts = describeProgress(figures)
      const payload = {
        shown: total > 0 ? `${count(done)} of ${count(total)}` : count(done),
        rest: parts.length ? ` · ${parts.join(' · ')}` : '',
      }
      if (started) bar.setTotal(Math.max(total, 1))
      else bar.start(Math.max(total, 1), done, payload)
      started = true
      bar.update(Math.min(done, Math.max(total, 1)), payload)
    },
    note(text) {
      context.stderr.write(`\r\u001b[K${text}\n`)
    },
    stop() {
      if (started) bar.stop()
    },
  }
}
