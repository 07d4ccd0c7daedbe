import type { ComparedAnswer, FlipKind } from '~/domain/comparison/comparison'
import type { ExpectedVerdict, Outcome } from '~/domain/verdict/verdict'

/** What arrives over `/replays/:id/events`, as far as the page shows it. */

export type LiveStatus = 'pending' | 'running' | 'paused' | 'cancelled' | 'failed' | 'finished'

export type LiveReplay = {
  id: string
  promptHash: string
  versionNumber: number | null
  goldenSet: string
  modelName: string
  rehearsal: boolean
  status: LiveStatus
  statusReason: string | null
  total: number
  done: number
  accuracy: number | null
}

export type LiveProgress = {
  total: number
  done: number
  outcomes: Record<Outcome, number>
  cached: number
  calls: number
  costUsd: number | null
}

/** Calls under way, of how many there may be; how many a second the provider lets pass, where it sets a limit. */
export type LiveCalls = { inFlight: number; concurrencyLimit: number; perSecondLimit: number | null }

export type LiveFlip = {
  id: string
  flip: FlipKind
  expected: ExpectedVerdict | null
  baseline: ComparedAnswer | null
  candidate: ComparedAnswer | null
  content: string
  context: { parents: string[] }
  note: string | null
  tags: string[]
  mustPass: boolean
}

export type LiveVerdict = { sentence: string; verdict: string; fixed: number; regressed: number; compared: number }

export type LiveMessage =
  | { type: 'state'; replay: LiveReplay; baseline: LiveReplay | null }
  | { type: 'progress'; progress: LiveProgress; ratePerSecond: number | null; etaMs: number | null; calls: LiveCalls | null }
  | { type: 'flips'; fixed: number; regressed: number; compared: number; rows: LiveFlip[] }
  | { type: 'paused'; reason: string; untilMs: number | null }
  | { type: 'resumed' }
  | { type: 'warning'; message: string }
  | {
      type: 'ended'
      status: LiveStatus
      reason: string | null
      accuracy: number | null
      costUsd: number | null
      durationMs: number
      verdict: LiveVerdict | null
      noVerdict: string | null
    }
  | { type: 'problem'; message: string; advice: string | null }
