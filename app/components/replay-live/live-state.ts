import { formatCount, formatPercent, formatRate } from '../ui/format'
import type { LiveCalls, LiveFlip, LiveMessage, LiveProgress, LiveReplay } from './live-messages'

export type LiveEnd = Extract<LiveMessage, { type: 'ended' }>

/** Everything that is known of the replay that is watched. `connection` is about the page, `replay.status` about the replay. */
export type LiveState = {
  connection: 'none' | 'connecting' | 'open' | 'lost' | 'closed'
  replay: LiveReplay | null
  baseline: LiveReplay | null
  progress: LiveProgress | null
  ratePerSecond: number | null
  etaMs: number | null
  calls: LiveCalls | null
  flips: { fixed: number; regressed: number; compared: number; rows: LiveFlip[] } | null
  paused: { reason: string; untilMs: number | null } | null
  warnings: string[]
  problem: { message: string; advice: string | null } | null
  end: LiveEnd | null
}

export const nothingLive: LiveState = {
  connection: 'none',
  replay: null,
  baseline: null,
  progress: null,
  ratePerSecond: null,
  etaMs: null,
  calls: null,
  flips: null,
  paused: null,
  warnings: [],
  problem: null,
  end: null,
}

export type LiveAction =
  | { type: 'watch'; replayId: string | null; known: LiveReplay | null }
  | { type: 'opened' }
  | { type: 'lost' }
  | { type: 'message'; message: LiveMessage }

/** The start: what the page was handed of this replay, so that its figures are there before the first message. */
export function startWatching(replayId: string | null, known: LiveReplay | null): LiveState {
  if (replayId === null) return nothingLive
  return { ...nothingLive, connection: 'connecting', replay: known?.id === replayId ? known : null }
}

/** What the page knows after something happened. A new connection keeps what was known until it is told anew. */
export function nextLiveState(state: LiveState, action: LiveAction): LiveState {
  if (action.type === 'watch') return startWatching(action.replayId, action.known)
  if (action.type === 'opened') return { ...state, connection: 'open' }
  if (action.type === 'lost') return state.end ? state : { ...state, connection: 'lost', ratePerSecond: null, etaMs: null, calls: null }
  return receive({ ...state, connection: 'open', problem: null }, action.message)
}

function receive(state: LiveState, message: LiveMessage): LiveState {
  switch (message.type) {
    case 'state':
      return { ...state, replay: message.replay, baseline: message.baseline }
    case 'progress':
      return {
        ...state,
        paused: null,
        progress: message.progress,
        ratePerSecond: message.ratePerSecond,
        etaMs: message.etaMs,
        calls: message.calls,
      }
    case 'flips':
      return { ...state, flips: { fixed: message.fixed, regressed: message.regressed, compared: message.compared, rows: message.rows } }
    case 'paused':
      return { ...state, paused: { reason: message.reason, untilMs: message.untilMs }, etaMs: null }
    case 'resumed':
      return { ...state, paused: null }
    case 'warning':
      return state.warnings.includes(message.message) ? state : { ...state, warnings: [...state.warnings, message.message].slice(-5) }
    case 'problem':
      return { ...state, connection: 'lost', problem: { message: message.message, advice: message.advice } }
    case 'ended':
      return { ...state, connection: 'closed', paused: null, ratePerSecond: null, etaMs: null, calls: null, end: message }
  }
}

/** How many trials are done, of how many: the newest of what progress and state said. */
export function countDone(state: LiveState): { done: number; total: number } {
  const done = Math.max(state.progress?.done ?? 0, state.replay?.done ?? 0)
  return { done, total: state.progress?.total ?? state.replay?.total ?? 0 }
}

/** `12 of 64 calls in flight`, with the rate that the provider allows where there is such a limit. */
export function formatCalls({ inFlight, concurrencyLimit, perSecondLimit }: LiveCalls): string {
  const limit = perSecondLimit === null ? '' : `, at most ${formatRate(perSecondLimit)}`
  return `${formatCount(inFlight)} of ${formatCount(concurrencyLimit)} in flight${limit}`
}

/** `412 (11%)`. */
export function formatCached({ cached, done }: Pick<LiveProgress, 'cached' | 'done'>): string {
  return cached === 0 ? '0' : `${formatCount(cached)} (${formatPercent(cached / done, 0)})`
}

export function isUnderWay(state: LiveState): boolean {
  return state.connection !== 'none' && state.end === null
}
