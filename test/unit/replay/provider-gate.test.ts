import { describe, expect, test } from 'vitest'
import { byChance, tokenBucket } from '../../support/rate-limits'
import { createSeededRandom, simulate, summarise } from '../../support/simulated-provider'
import type { CallRecord, JudgeCall, SimulatedReplay } from '../../support/simulated-provider'

const free: JudgeCall = () => ({ status: 200, limits: {} })
const ratesOf = (calls: readonly CallRecord[], replays: number, fromMs: number, toMs: number) =>
  Array.from(
    { length: replays },
    (_, index) =>
      summarise(
        calls.filter(({ replay }) => replay === index),
        fromMs,
        toMs,
      ).passedPerSecond,
  )
const run = (judge: JudgeCall, latencyMs: number, replays: SimulatedReplay[], seconds = 20) =>
  simulate({ judge, latencyMs, seconds, replays })

describe('replays that share a provider', () => {
  test.each([0, 50, 200])('get equal parts of a limit by rate, whatever their bounds, at a latency of %i ms', async (latencyMs) => {
    for (const telling of ['nothing', 'wait'] as const) {
      const { calls } = await run(tokenBucket(100, 100, telling), latencyMs, [{ concurrency: 64 }, { concurrency: 200 }])
      const [one = 0, other = 0] = ratesOf(calls, 2, 5_000, 20_000)
      expect(one + other).toBeGreaterThan(90)
      expect(one / (one + other)).toBeGreaterThan(0.45)
      expect(one / (one + other)).toBeLessThan(0.55)
    }
  })
  test('get equal parts of the calls under way', async () => {
    const { calls } = await run(free, 100, [{ concurrency: 64 }, { concurrency: 64 }], 10)
    const [one = 0, other = 0] = ratesOf(calls, 2, 4_000, 10_000)
    expect(one).toBeGreaterThan(300)
    expect(Math.abs(one - other)).toBeLessThan(0.05 * one)
  })
  test('leave to the others what their own bound does not let them use', async () => {
    const { calls } = await run(free, 100, [{ concurrency: 8 }, { concurrency: 64 }], 10)
    const [small = 0, large = 0] = ratesOf(calls, 2, 4_000, 10_000)
    expect(small).toBeGreaterThan(75)
    expect(large).toBeGreaterThan(530)
  })
  test('that start later get their part at once', async () => {
    const { calls } = await run(tokenBucket(300, 300, 'wait'), 50, [{ concurrency: 64 }, { concurrency: 64, startMs: 10_000 }])
    const [early = 0, late = 0] = ratesOf(calls, 2, 10_500, 15_000)
    expect(late / (early + late)).toBeGreaterThan(0.45)
    expect(late / (early + late)).toBeLessThan(0.55)
  })
  test('give their part away when they have nothing to call', async () => {
    const { calls } = await run(tokenBucket(100, 100, 'wait'), 50, [{ concurrency: 64 }, { concurrency: 64, calls: 400 }])
    const [long = 0, ended = 0] = ratesOf(calls, 2, 14_000, 20_000)
    expect(ended).toBe(0)
    expect(long).toBeGreaterThan(90)
    expect(calls.filter(({ replay, status }) => replay === 1 && status === 200)).toHaveLength(400)
  })
})

describe('a provider that fails', () => {
  test('with bursts of 500 holds the limit, which is neither lowered nor paced', async () => {
    const judge: JudgeCall = (nowMs) => ({ status: nowMs > 3_000 && nowMs < 4_000 && nowMs % 5 < 2 ? 500 : 200, limits: {} })
    const limits: number[] = []
    const { gate, pauses } = await simulate({
      judge,
      latencyMs: 50,
      seconds: 6,
      replays: [{ concurrency: 64 }],
      onTick: (nowMs, { currentLimit }) => {
        if (nowMs > 2_000) limits.push(currentLimit)
      },
    })
    expect(Math.min(...limits)).toBe(64)
    expect(gate.callsPerSecond).toBeNull()
    expect(pauses).toEqual([])
  })
  test('for ten seconds pauses its replays, is asked with single calls, and is used again when it is back', async () => {
    const judge: JudgeCall = (nowMs) => ({ status: nowMs > 3_000 && nowMs < 13_000 ? 503 : 200, limits: {} })
    const { calls, pauses } = await run(judge, 50, [{ concurrency: 16 }, { concurrency: 16 }], 25)
    const failed = calls.filter(({ status }) => status === 503)
    // Ten, those that were under way then, and one for each pause of 1, 2, 4 and 8 seconds.
    expect(failed.length).toBeLessThanOrEqual(10 + 16 + 5)
    expect(pauses).toContain('HTTP 503')
    expect(summarise(calls, 20_000, 25_000).passedPerSecond).toBeGreaterThan(280)
  })
  test('in every way at once lets no call wait for ever', async () => {
    for (const seed of [1, 2, 3]) {
      const random = createSeededRandom(seed)
      const judge: JudgeCall = () => {
        const drawn = random()
        return drawn < 0.2 ? { status: 429, limits: { retryAfterMs: 50 } } : { status: drawn < 0.35 ? 500 : 200, limits: {} }
      }
      const { calls } = await simulate({ judge, latencyMs: 1, seconds: 90, replays: [{ concurrency: 64, calls: 1_000 }], seed })
      expect(calls.filter(({ status }) => status === 200)).toHaveLength(1_000)
    }
  })
  test('turned away by chance in every fifth call, no replay is paused', async () => {
    const { pauses } = await run(byChance(0.2, 'retry-after', createSeededRandom(3)), 50, [{ concurrency: 64 }], 15)
    expect(pauses).toEqual([])
  })
})
