import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReplayEvent, ReplayProgress, ReplayStatus } from '~/replay/ports'
import { followReplay, type ReplayFeedMessage } from '~/services/replay-feed'
import type { FlipRow, ReplaySummary, Workspace } from '~/services/workspace-api'

const outcomes = { correct: 0, wrong: 0, refused: 0, contentFilter: 0, truncated: 0, unparseable: 0, error: 0, unlabelled: 0 }
const progress = (done: number): ReplayProgress => ({
  total: 100,
  done,
  outcomes,
  cached: 0,
  calls: done,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
})

/** As much of a workspace as the feed uses; replays are moved on by the test. */
function createFakeWorkspace() {
  const replays = new Map<string, { status: ReplayStatus; done: number }>([
    ['base', { status: 'finished', done: 100 }],
    ['draft', { status: 'running', done: 0 }],
  ])
  const listeners = new Map<string, Set<(event: ReplayEvent) => void>>()
  const liveFlips = vi.fn(async () => ({ fixed: 2, regressed: 1, compared: replays.get('draft')?.done ?? 0, rows: [] as FlipRow[] }))
  const summary = (id: string) => ({ id, ...replays.get(id), total: 100, statusReason: null, accuracy: 0.8 }) as unknown as ReplaySummary
  const workspace = {
    replays: {
      get: async (id: string) => summary(id),
      report: async (id: string) => ({ ...summary(id), costUsd: 0.5, durationMs: 1200, progress: progress(replays.get(id)?.done ?? 0) }),
      subscribe: (id: string, listener: (event: ReplayEvent) => void) => {
        const heard = listeners.get(id) ?? new Set()
        listeners.set(id, heard.add(listener))
        return () => heard.delete(listener)
      },
    },
    comparisons: {
      liveFlips,
      compare: async () => ({ sentence: 'v2 is better than v1.', verdict: 'better', flips: { fixed: 2, regressed: 1 }, n: 100 }),
    },
  } as unknown as Workspace
  return {
    workspace,
    liveFlips,
    listenerCount: () => listeners.get('draft')?.size ?? 0,
    set: (id: string, state: { status: ReplayStatus; done: number }) => replays.set(id, state),
    say: (event: ReplayEvent) => listeners.get('draft')?.forEach((listener) => listener(event)),
    progress: (done: number): ReplayEvent => ({
      type: 'progress',
      replayId: 'draft',
      progress: progress(done),
      ratePerSecond: 50,
      inFlight: 4,
      concurrencyLimit: 8,
      callsPerSecondLimit: null,
      etaMs: 900,
    }),
  }
}

function follow(fake: ReturnType<typeof createFakeWorkspace>, baselineId: string | null = 'base') {
  const messages: ReplayFeedMessage[] = []
  const fail = vi.fn()
  const stop = followReplay(
    fake.workspace,
    { replayId: 'draft', baselineId, flipLimit: 50 },
    { emit: (message) => messages.push(message), fail },
  )
  return { messages, fail, stop, types: () => messages.map((message) => message.type) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('following a replay', () => {
  test('many events become few messages: flips at most four times a second', async () => {
    const fake = createFakeWorkspace()
    const { messages, types } = follow(fake)
    for (let done = 1; done <= 90; done++) {
      fake.set('draft', { status: 'running', done })
      fake.say(fake.progress(done))
      await vi.advanceTimersByTimeAsync(11)
    }
    expect(types()[0]).toBe('state')
    expect(types().filter((type) => type === 'progress').length).toBeLessThanOrEqual(10)
    expect(fake.liveFlips.mock.calls.length).toBeLessThanOrEqual(4)
    expect(fake.liveFlips).toHaveBeenCalledWith('base', 'draft', 50)
    expect(messages.findLast((message) => message.type === 'flips')).toMatchObject({ fixed: 2, regressed: 1 })
  })

  test('the end brings the last flips, then the verdict, then silence', async () => {
    const fake = createFakeWorkspace()
    const { messages, types } = follow(fake)
    await vi.advanceTimersByTimeAsync(10)
    fake.set('draft', { status: 'finished', done: 100 })
    fake.say({ type: 'ended', replayId: 'draft', status: 'finished', reason: null, progress: progress(100) })
    await vi.advanceTimersByTimeAsync(10)
    expect(types().slice(-3)).toEqual(['flips', 'progress', 'ended'])
    expect(messages.at(-1)).toMatchObject({
      status: 'finished',
      costUsd: 0.5,
      verdict: { sentence: 'v2 is better than v1.', fixed: 2, regressed: 1, compared: 100 },
    })
    expect(fake.listenerCount()).toBe(0)
    const count = messages.length
    fake.say(fake.progress(100))
    await vi.advanceTimersByTimeAsync(5000)
    expect(messages).toHaveLength(count)
  })

  test('a replay of another process is followed through the store', async () => {
    const fake = createFakeWorkspace()
    const { messages } = follow(fake)
    await vi.advanceTimersByTimeAsync(10)
    fake.set('draft', { status: 'running', done: 60 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(messages.findLast((message) => message.type === 'state')).toMatchObject({ replay: { done: 60 } })
    fake.set('draft', { status: 'failed', done: 60 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(messages.at(-1)).toMatchObject({ type: 'ended', status: 'failed', verdict: null })
  })

  test('the verdict waits for a baseline that still runs', async () => {
    const fake = createFakeWorkspace()
    fake.set('base', { status: 'running', done: 40 })
    const { messages, types } = follow(fake)
    fake.set('draft', { status: 'finished', done: 100 })
    await vi.advanceTimersByTimeAsync(2500)
    expect(types()).not.toContain('ended')
    expect(messages.findLast((message) => message.type === 'state')).toMatchObject({ baseline: { done: 40 } })
    fake.set('base', { status: 'finished', done: 100 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(messages.at(-1)).toMatchObject({ type: 'ended', verdict: { compared: 100 } })
  })

  test('a baseline that failed is the stated reason for having no verdict', async () => {
    const fake = createFakeWorkspace()
    fake.set('base', { status: 'failed', done: 40 })
    fake.set('draft', { status: 'finished', done: 100 })
    const { messages } = follow(fake)
    await vi.advanceTimersByTimeAsync(10)
    expect(messages.at(-1)).toMatchObject({ type: 'ended', verdict: null, noVerdict: 'The replay of the baseline is failed.' })
  })

  test('without a baseline no flips are looked for', async () => {
    const fake = createFakeWorkspace()
    const { messages } = follow(fake, null)
    fake.say(fake.progress(10))
    fake.set('draft', { status: 'finished', done: 100 })
    await vi.advanceTimersByTimeAsync(1000)
    expect(fake.liveFlips).not.toHaveBeenCalled()
    expect(messages.at(-1)).toMatchObject({ type: 'ended', accuracy: 0.8, verdict: null, noVerdict: null })
  })

  test('who stops listening is forgotten; a failing store is said once', async () => {
    const fake = createFakeWorkspace()
    const first = follow(fake)
    await vi.advanceTimersByTimeAsync(10)
    first.stop()
    expect(fake.listenerCount()).toBe(0)
    expect(vi.getTimerCount()).toBe(0)

    const broken = createFakeWorkspace()
    broken.workspace.replays.get = async () => {
      throw new Error('the disk is full')
    }
    const second = follow(broken)
    await vi.advanceTimersByTimeAsync(5000)
    expect(second.fail).toHaveBeenCalledTimes(1)
    expect(second.messages).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
