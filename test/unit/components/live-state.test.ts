import { describe, expect, test } from 'vitest'
import type { LiveMessage, LiveReplay } from '~/components/replay-live/live-messages'
import { countDone, isUnderWay, nextLiveState, nothingLive, startWatching, type LiveState } from '~/components/replay-live/live-state'

const replay = (done: number, status: LiveReplay['status'] = 'running'): LiveReplay => ({
  id: 'r2',
  promptHash: 'h',
  versionNumber: null,
  goldenSet: 'edge-cases',
  modelName: 'touchstone:rehearsal',
  rehearsal: true,
  status,
  statusReason: null,
  total: 100,
  done,
  accuracy: null,
})
const outcomes = { correct: 0, wrong: 0, refused: 0, contentFilter: 0, truncated: 0, unparseable: 0, error: 0, unlabelled: 0 }
const hear = (state: LiveState, ...messages: LiveMessage[]) =>
  messages.reduce((known, message) => nextLiveState(known, { type: 'message', message }), state)
const watching = nextLiveState(nothingLive, { type: 'watch', replayId: 'r2', known: null })
const ended: LiveMessage = {
  type: 'ended',
  status: 'finished',
  reason: null,
  accuracy: 0.8,
  costUsd: null,
  durationMs: 900,
  verdict: null,
  noVerdict: null,
}

describe('watching a replay', () => {
  test('progress, flips and the end add up', () => {
    const state = hear(
      watching,
      { type: 'state', replay: replay(0), baseline: null },
      {
        type: 'progress',
        progress: { total: 100, done: 40, outcomes, cached: 0, calls: 40, costUsd: null },
        ratePerSecond: 200,
        etaMs: 300,
        calls: null,
      },
      { type: 'flips', fixed: 3, regressed: 1, compared: 40, rows: [] },
    )
    expect(countDone(state)).toEqual({ done: 40, total: 100 })
    expect(isUnderWay(state)).toBe(true)
    const over = hear(state, { type: 'state', replay: replay(100, 'finished'), baseline: null }, ended)
    expect(countDone(over).done).toBe(100)
    expect(isUnderWay(over)).toBe(false)
    expect(over).toMatchObject({ connection: 'closed', ratePerSecond: null, flips: { fixed: 3, regressed: 1 } })
  })

  test('a lost connection keeps what was known and says so; the next message brings it back', () => {
    const state = hear(watching, { type: 'flips', fixed: 3, regressed: 1, compared: 40, rows: [] })
    const lost = nextLiveState(state, { type: 'lost' })
    expect(lost).toMatchObject({ connection: 'lost', flips: { fixed: 3 } })
    expect(hear(lost, { type: 'state', replay: replay(50), baseline: null }).connection).toBe('open')
  })

  test('the end of the stream is no lost connection', () => {
    expect(nextLiveState(hear(watching, ended), { type: 'lost' }).connection).toBe('closed')
  })

  test('a pause shows its reason until something goes on', () => {
    const paused = hear(watching, { type: 'paused', reason: 'rate limit', untilMs: null })
    expect(paused.paused?.reason).toBe('rate limit')
    expect(hear(paused, { type: 'resumed' }).paused).toBeNull()
    expect(
      hear(paused, {
        type: 'progress',
        progress: { total: 100, done: 1, outcomes, cached: 0, calls: 1, costUsd: null },
        ratePerSecond: 1,
        etaMs: 1,
        calls: null,
      }).paused,
    ).toBeNull()
  })

  test('what the page was handed of the replay is shown before the first message', () => {
    expect(countDone(startWatching('r2', replay(50)))).toEqual({ done: 50, total: 100 })
    expect(startWatching(null, replay(50))).toBe(nothingLive)
  })

  test('a warning is kept once', () => {
    const warning: LiveMessage = { type: 'warning', message: 'temperature was left out' }
    expect(hear(watching, warning, warning).warnings).toEqual(['temperature was left out'])
  })

  test('watching another replay forgets the first', () => {
    const state = hear(watching, { type: 'flips', fixed: 3, regressed: 1, compared: 40, rows: [] })
    expect(nextLiveState(state, { type: 'watch', replayId: 'r3', known: replay(50) })).toMatchObject({ flips: null, replay: null })
  })
})
