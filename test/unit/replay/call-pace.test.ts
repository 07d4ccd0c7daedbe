import { describe, expect, test } from 'vitest'
import { CallPace } from '~/replay/call-pace'
import { byChance, fewUnderWay, fixedWindow, slidingWindow, tokenBucket } from '../../support/rate-limits'
import type { Telling } from '../../support/rate-limits'
import { createSeededRandom, simulate, summarise } from '../../support/simulated-provider'
import type { JudgeCall } from '../../support/simulated-provider'

/** After the first three seconds, over twenty. */
async function measure(judge: JudgeCall, latencyMs: number, concurrency: number) {
  const { calls } = await simulate({ judge, latencyMs, seconds: 23, replays: [{ concurrency }] })
  return summarise(calls, 3_000, 23_000)
}

const tellings: Telling[] = ['nothing', 'retry-after', 'wait', 'remaining']

describe('a token bucket with a burst of one second is used to nine tenths, with less than one call in twenty turned away', () => {
  const buckets = tellings.flatMap((telling) =>
    [20, 100, 300].flatMap((perSecond) => [0, 50, 200].map((latencyMs) => [telling, perSecond, latencyMs] as const)),
  )
  test.each(buckets)('that tells %s: %i a second, at a latency of %i ms', async (telling, perSecond, latencyMs) => {
    for (const concurrency of [64, 200]) {
      const { passedPerSecond, turnedAwayShare } = await measure(tokenBucket(perSecond, perSecond, telling), latencyMs, concurrency)
      expect(passedPerSecond).toBeGreaterThanOrEqual(0.9 * perSecond)
      expect(turnedAwayShare).toBeLessThan(0.05)
    }
  })
  test.each([0, 50])('1,000 a second at a latency of %i ms', async (latencyMs) => {
    const { passedPerSecond, turnedAwayShare } = await measure(tokenBucket(1_000, 1_000, 'wait'), latencyMs, 200)
    expect(passedPerSecond).toBeGreaterThanOrEqual(900)
    expect(turnedAwayShare).toBeLessThan(0.03)
  })
})

describe('other limits are kept to as well', () => {
  test.each(tellings)('a bucket that holds a tenth of a second and tells %s', async (telling) => {
    const { passedPerSecond, turnedAwayShare } = await measure(tokenBucket(100, 10, telling), 50, 64)
    expect(passedPerSecond).toBeGreaterThanOrEqual(85)
    expect(turnedAwayShare).toBeLessThan(0.05)
  })
  test.each(tellings)('a window of a second that tells %s', async (telling) => {
    const { passedPerSecond, turnedAwayShare } = await measure(fixedWindow(100, 1_000, telling), 50, 64)
    // A wait of a whole second that is asked for is kept, though the window is over sooner.
    expect(passedPerSecond).toBeGreaterThanOrEqual(telling === 'retry-after' ? 75 : 88)
    expect(turnedAwayShare).toBeLessThan(0.05)
  })
  test.each(tellings)('a sliding window that tells %s', async (telling) => {
    const { passedPerSecond, turnedAwayShare } = await measure(slidingWindow(100, 1_000, telling), 50, 64)
    expect(passedPerSecond).toBeGreaterThanOrEqual(80)
    expect(turnedAwayShare).toBeLessThan(0.05)
  })
  test('a window of a minute that is used up is waited out, not called into', async () => {
    const { calls } = await simulate({
      judge: fixedWindow(1_200, 60_000, 'wait'),
      latencyMs: 50,
      seconds: 125,
      replays: [{ concurrency: 64 }],
    })
    const passed = calls.filter(({ status }) => status === 200).length
    expect(passed).toBeGreaterThanOrEqual(0.95 * 2 * 1_200)
    expect(calls.length - passed).toBeLessThan(0.05 * calls.length)
  })
  test('sixteen calls under way', async () => {
    const { passedPerSecond, turnedAwayShare } = await measure(fewUnderWay(16, 'retry-after'), 50, 64)
    expect(passedPerSecond).toBeGreaterThanOrEqual(0.85 * (16 / 0.05))
    expect(turnedAwayShare).toBeLessThan(0.05)
  })
})

describe('calls that are turned away by chance', () => {
  test.each(['nothing', 'retry-after', 'wait'] as const)('do not slow a replay down for long: 20%%, telling %s', async (telling) => {
    const { calls } = await simulate({
      judge: byChance(0.2, telling, createSeededRandom(5)),
      latencyMs: 50,
      seconds: 25,
      replays: [{ concurrency: 64 }],
    })
    // 64 under way at 50 ms, four fifths of them answered: 1,024 a second.
    expect(summarise(calls, 15_000, 25_000).passedPerSecond).toBeGreaterThan(700)
  })
  test('once in a while leave no pace behind', async () => {
    const { gate } = await simulate({
      judge: byChance(0.01, 'nothing', createSeededRandom(5)),
      latencyMs: 50,
      seconds: 20,
      replays: [{ concurrency: 64 }],
    })
    expect(gate.callsPerSecond).toBeNull()
  })
})

describe('the pace', () => {
  const turnAwayAll = (pace: CallPace, fromMs: number, times: number) => {
    for (let call = 0; call < times; call++) pace.turnAway(fromMs + call, fromMs)
  }
  test('is none until calls are turned away', () => {
    const pace = new CallPace()
    for (let time = 0; time < 1_000; time++) pace.succeed(time, time - 10)
    expect(pace.perSecond).toBeNull()
    expect(pace.waitMs(1_000)).toBe(0)
  })
  test('is set when calls pass again, to a little less than passed, and the time without any does not make it more', () => {
    const pace = new CallPace()
    for (let time = 0; time < 1_000; time += 10) pace.succeed(time, time - 10)
    turnAwayAll(pace, 1_000, 10)
    expect(pace.perSecond).toBeNull()
    pace.succeed(1_500, 1_490)
    expect(pace.perSecond).toBeGreaterThan(80)
    expect(pace.perSecond).toBeLessThanOrEqual(100)
    expect(pace.waitMs(1_500)).toBeGreaterThan(0)
  })
  test('is given up after two minutes without a 429', () => {
    const pace = new CallPace()
    for (let time = 0; time < 1_000; time += 10) pace.succeed(time, time - 10)
    turnAwayAll(pace, 1_000, 10)
    pace.succeed(1_500, 1_490)
    expect(pace.waitMs(130_000)).toBe(0)
    expect(pace.perSecond).toBeNull()
  })
})
