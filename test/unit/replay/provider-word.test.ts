import { describe, expect, test } from 'vitest'
import { ProviderWord } from '~/replay/provider-word'

describe("a provider's word about its limits", () => {
  test('x-ratelimit-remaining-requests: 0 on an answer is waited out until its reset, before any 429', () => {
    const word = new ProviderWord()
    word.succeed(100, 50, { limitRequests: 10, remainingRequests: 0, resetRequestsMs: 1_000 }, 0)
    expect(word.waitMs(100, 0)).toBe(1_000)
    expect(word.waitMs(1_099, 3)).toBe(1)
    expect(word.waitMs(1_100, 0)).toBe(0)
    // No more go out at once than the renewed limit allows.
    expect(word.waitMs(1_100, 9)).toBe(0)
    expect(word.waitMs(1_100, 10)).toBeGreaterThan(0)
    // And calls without an end do not stop the others.
    expect(word.waitMs(2_200, 10)).toBe(0)
  })
  test('a call ahead that fails is followed by another, and one from before that has no end is not waited for', () => {
    const word = new ProviderWord()
    word.start(90)
    word.turnAway(100, 50, { retryAfterMs: 100, remainingRequests: 0 }, null)
    expect(word.waitMs(200, 3)).toBe(0)
    word.start(200)
    expect(word.waitMs(201, 4)).toBeGreaterThan(0)
    word.end(60)
    expect(word.waitMs(210, 3)).toBeGreaterThan(0)
    expect(word.waitMs(5_300, 3)).toBe(0)
    // The caller had looked at the clock a moment before.
    word.end(199.9)
    expect(word.waitMs(220, 2)).toBe(0)
  })
  test('no more calls are under way than it says are left, until the limit is renewed', () => {
    const word = new ProviderWord()
    word.succeed(100, 50, { remainingRequests: 5, resetRequestsMs: 1_000 }, 0)
    expect(word.waitMs(100, 4)).toBe(0)
    expect(word.waitMs(100, 5)).toBe(1_000)
    expect(word.waitMs(1_100, 5)).toBe(0)
  })
  test('x-ratelimit-remaining-tokens lasts for as many calls as they take tokens', () => {
    const word = new ProviderWord()
    word.succeed(100, 50, { remainingRequests: 500, remainingTokens: 1_000, resetTokensMs: 2_000 }, 250)
    expect(word.waitMs(100, 3)).toBe(0)
    expect(word.waitMs(100, 4)).toBe(2_000)
    word.succeed(200, 60, { remainingRequests: 499, remainingTokens: 200, resetTokensMs: 1_900 }, 250)
    expect(word.waitMs(200, 0)).toBe(1_900)
  })
  test('a limit that is renewed while a call is on its way holds nothing back', () => {
    const word = new ProviderWord()
    for (let call = 0; call < 100; call++) word.succeed(1_000 + call, call, { remainingRequests: 1, resetRequestsMs: 100 }, 0)
    expect(word.waitMs(1_100, 5)).toBe(0)
  })
  test('one call turned away alone holds back nobody else; a second one does, for as long as retry-after says', () => {
    const word = new ProviderWord()
    word.turnAway(100, 50, { retryAfterMs: 2_000 }, null)
    expect(word.waitMs(100, 1)).toBe(0)
    word.turnAway(110, 60, { retryAfterMs: 2_000 }, null)
    expect(word.waitMs(110, 1)).toBe(2_000)
  })
  test('an answer to a later call lifts the wait; one to an earlier call does not', () => {
    const word = new ProviderWord()
    word.turnAway(100, 50, { retryAfterMs: 2_000, remainingRequests: 0 }, null)
    word.succeed(110, 40, {}, 0)
    expect(word.waitMs(110, 0)).toBe(1_990)
    word.succeed(120, 60, {}, 0)
    expect(word.waitMs(120, 0)).toBe(0)
  })
  test('after a wait one call goes ahead, and each one that is turned away again makes the wait longer', () => {
    const word = new ProviderWord()
    const waits: number[] = []
    let time = 0
    for (let call = 0; call < 10; call++) {
      word.turnAway(time, time - 1, { retryAfterMs: 100, remainingRequests: 0 }, null)
      waits.push(word.waitMs(time, 0))
      time += waits.at(-1)!
      expect(word.waitMs(time, 0)).toBe(0)
      word.start(time)
      expect(word.waitMs(time, 1)).toBe(5_000)
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000])
  })
  test('a call ahead that is turned away, after an answer to a call from before, is followed by another', () => {
    const word = new ProviderWord()
    word.turnAway(100, 50, { retryAfterMs: 100 }, null)
    word.turnAway(101, 51, { retryAfterMs: 100 }, null)
    word.start(250)
    word.succeed(255, 45, {}, 0)
    word.turnAway(260, 250, { retryAfterMs: 100 }, null)
    const waitMs = word.waitMs(260, 0)
    expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThan(Infinity)
    expect(word.waitMs(260 + waitMs, 0)).toBe(0)
  })
  test('where a fifth is turned away by chance, a few in a row are no limit, and many are', () => {
    const word = new ProviderWord()
    for (let call = 0; call < 4; call++) word.turnAway(call, call - 1, { retryAfterMs: 1_000 }, 0.2)
    expect(word.waitMs(4, 1)).toBe(0)
    word.turnAway(4, 3, { retryAfterMs: 1_000 }, 0.2)
    expect(word.waitMs(4, 1)).toBe(1_000)
  })
})
