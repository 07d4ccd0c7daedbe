import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askedWaitMs, retryDelayMs } from '~/replay/backoff'
import { CircuitBreaker } from '~/replay/circuit-breaker'
import { ConcurrencyLimit } from '~/replay/concurrency-limit'
import { RetryQueue } from '~/replay/retry-queue'
import { Spending } from '~/replay/spending'

describe('the wait before another attempt', () => {
  test('doubles its ceiling up to eight seconds, with full jitter', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => retryDelayMs(failures, {}, () => 0.999999))
    expect(ceilings.map((ms) => Math.round(ms))).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000])
    expect(retryDelayMs(5, {}, () => 0)).toBe(0)
  })
  test('is never less than the provider asks for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 500_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, asked, random) => {
          expect(retryDelayMs(failures, { retryAfterMs: asked }, () => random)).toBeGreaterThanOrEqual(asked)
        },
      ),
    )
  })
  test('grows where the provider says "at once" again and again', () => {
    const waits = [1, 2, 3, 4].map((failures) => retryDelayMs(failures, { retryAfterMs: 0 }, () => 0.5))
    expect(waits).toEqual([125, 250, 500, 1000])
  })
  test('takes the reset of a limit that is used up where there is no retry-after, and of no other', () => {
    expect(askedWaitMs({ remainingRequests: 0, resetRequestsMs: 700, remainingTokens: 5, resetTokensMs: 9_000 })).toBe(700)
    expect(askedWaitMs({ remainingRequests: 3, resetRequestsMs: 700 })).toBeUndefined()
    expect(askedWaitMs({ retryAfterMs: 20, remainingRequests: 0, resetRequestsMs: 700 })).toBe(20)
  })
})

describe('the limit of calls under way', () => {
  test('starts low and rises to its bound while answers come', () => {
    const limit = new ConcurrencyLimit({ bound: 64 })
    expect(limit.current).toBe(8)
    for (let time = 0; time < 200; time++) limit.succeed(time)
    expect(limit.current).toBe(64)
  })
  test.each([
    [8, 8],
    [64, 8],
    [200, 42],
    [1_000, 64],
  ])('bounded by %i starts at %i', (bound, start) => {
    expect(new ConcurrencyLimit({ bound }).current).toBe(start)
  })
  test('is at a bound of 200 after two rounds of answers', () => {
    const limit = new ConcurrencyLimit({ bound: 200 })
    limit.start(0)
    for (let round = 1; round <= 2; round++) {
      const { current } = limit
      for (let call = 0; call < current; call++) limit.succeed(200 * round + call / 100, 200 * (round - 1))
    }
    expect(limit.current).toBe(200)
  })
  test('is not taken back because the answers to calls that went out together came together', () => {
    const limit = new ConcurrencyLimit({ bound: 200, start: 70 })
    limit.start(0)
    // The first hundred at once, which looks like a great many a second, and every later round in its time.
    for (let call = 0; call < 100; call++) limit.succeed(200 + call / 100, 0)
    for (let round = 2; round <= 6; round++)
      for (let call = 0; call < 200; call++) limit.succeed(200 * round + call / 100, 200 * (round - 1))
    expect(limit.current).toBe(200)
  })
  test('is given back where shrinking did not help', () => {
    const limit = new ConcurrencyLimit({ bound: 64, start: 64 })
    for (let time = 0; time < 40; time++) limit.turnAway(time, time - 0.5)
    expect(limit.current).toBeLessThan(10)
    limit.tolerate(0.2)
    expect(limit.current).toBe(64)
  })
  test('is not kept where raising it brought nothing', () => {
    const limit = new ConcurrencyLimit({ bound: 1024 })
    // A server that does 100 calls a second however many are under way.
    for (let time = 0; time < 60_000; time += 10) limit.succeed(time)
    expect(limit.current).toBeLessThanOrEqual(160)
  })
  test('grows to a large bound where latency is all there is', () => {
    const limit = new ConcurrencyLimit({ bound: 200, start: 64 })
    let time = 0
    limit.start(time)
    for (let round = 0; round < 4; round++) {
      time += 200
      const { current } = limit
      for (let call = 0; call < current; call++) limit.succeed(time)
    }
    expect(limit.current).toBe(200)
  })
  test('shrinks at once on 429, once for the calls that were under way together', () => {
    const limit = new ConcurrencyLimit({ bound: 64, start: 64 })
    for (let call = 0; call < 10; call++) limit.turnAway(100, 50)
    expect(limit.current).toBe(32)
    for (let call = 0; call < 10; call++) limit.turnAway(200, 150)
    expect(limit.current).toBeLessThan(32)
  })
  test('holds on other failures, and grows again when they are over', () => {
    const limit = new ConcurrencyLimit({ bound: 64, start: 16 })
    for (let time = 0; time < 64; time++) {
      limit.fail(time)
      limit.succeed(time)
    }
    expect(limit.current).toBe(16)
    for (let time = 64; time < 300; time++) limit.succeed(time)
    expect(limit.current).toBe(64)
  })
  test('stays within 1 and its bound whatever happens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.constantFrom('succeed', 'fail', 'turnAway', 'narrow'), { maxLength: 400 }),
        (bound, happenings) => {
          const limit = new ConcurrencyLimit({ bound })
          happenings.forEach((happening, time) => {
            if (happening === 'succeed') limit.succeed(time)
            else if (happening === 'fail') limit.fail(time)
            else if (happening === 'turnAway') limit.turnAway(time, time - 1)
            else limit.setBound(Math.max(1, Math.floor(bound / 2)))
            expect(limit.current).toBeGreaterThanOrEqual(1)
            expect(limit.current).toBeLessThanOrEqual(bound)
          })
        },
      ),
    )
  })
  test.each([0, -1, 1.5, Number.NaN])('refuses the bound %d', (bound) => {
    expect(() => new ConcurrencyLimit({ bound })).toThrow(String(bound))
  })
})

describe('the breaker', () => {
  const fail = (breaker: CircuitBreaker, times: number, nowMs = 0) => Array.from({ length: times }, () => breaker.fail(nowMs, false))
  test('opens after ten failures in a row, and an answer in between starts the count anew', () => {
    const breaker = new CircuitBreaker()
    fail(breaker, 9)
    breaker.succeed(0)
    expect(fail(breaker, 9)).toEqual(Array.from({ length: 9 }, () => false))
    expect(fail(breaker, 1)).toEqual([true])
    expect(breaker.waitMs(0)).toBe(1_000)
  })
  test('lets one probe through at a time, waits longer after each that fails, and closes on an answer', () => {
    const breaker = new CircuitBreaker()
    fail(breaker, 10)
    breaker.start()
    expect(breaker.waitMs(5_000)).toBe(Infinity)
    expect(breaker.fail(5_000, false)).toBe(true)
    expect(breaker.waitMs(5_000)).toBe(2_000)
    breaker.start()
    expect(breaker.succeed(8_000)).toBe(true)
    expect(breaker.waitMs(8_000)).toBe(0)
  })
  test('is not opened by 429 before a minute of nothing else', () => {
    const breaker = new CircuitBreaker()
    breaker.succeed(0)
    for (let time = 0; time < 59_000; time += 1_000) expect(breaker.fail(time, true)).toBe(false)
    expect(breaker.fail(60_000, true)).toBe(true)
  })
})

test('the retry queue gives what is due, the earliest first and equals in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (dues) => {
      const queue = new RetryQueue<{ due: number; index: number }>()
      dues.forEach((due, index) => queue.add({ due, index }, due))
      const taken: Array<{ due: number; index: number }> = []
      for (let item = queue.takeDue(25); item; item = queue.takeDue(25)) taken.push(item)
      const expected = dues.map((due, index) => ({ due, index })).filter(({ due }) => due <= 25)
      expect(taken).toEqual(expected.sort((one, other) => one.due - other.due || one.index - other.index))
      expect(queue.size).toBe(dues.length - taken.length)
    }),
  )
})

describe('spending', () => {
  test('never passes its budget, whatever calls turn out to cost up to what was expected', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.array(
          fc.record({ expected: fc.double({ min: 0.001, max: 1, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
        ),
        (budget, calls) => {
          const spending = new Spending(budget, 0)
          const underWay: Array<{ expected: number; cost: number }> = []
          for (const { expected, share } of calls) {
            const amount = spending.expect(expected)
            if (spending.ask(amount) === 'yes') {
              spending.reserve(amount)
              underWay.push({ expected: amount, cost: expected * share })
            } else {
              const ended = underWay.shift()
              if (ended) spending.settle(ended.expected, ended.cost)
            }
          }
          for (const { expected, cost } of underWay) spending.settle(expected, cost)
          expect(spending.spent).toBeLessThanOrEqual(budget + 1e-9)
        },
      ),
    )
  })
  test('waits while something is under way, and says never when nothing is', () => {
    const spending = new Spending(1, 0.8)
    expect(spending.ask(0.15)).toBe('yes')
    spending.reserve(0.15)
    expect(spending.ask(0.15)).toBe('wait')
    spending.settle(0.15, 0.15)
    expect(spending.ask(0.15)).toBe('never')
  })
  test('refuses a negative budget with its value', () => {
    expect(() => new Spending(-1, 0)).toThrow('-1')
  })
})
