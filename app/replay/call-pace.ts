import type { RateLimitHints } from './ports'

/**
 * How many calls a second a provider lets pass, learnt from its 429: at a limit by rate, fewer calls under way do not help when each is
 * quick. Without a limit in force there is no pace. Pure: the time is passed in. Milliseconds; rates a second.
 */

/** Successes are counted over this long to learn what the provider lets pass. */
const memoryMs = 1_000
/** After a 429 the pace is this share of what passed. */
const caution = 0.95
/** The pace grows by this share a second to find out whether the limit does: the faster, the longer nothing was turned away. */
const growthPerSecond = (quietMs: number): number => (quietMs < 5_000 ? 0.015 : quietMs < 15_000 ? 0.06 : 0.3)
/** So long without a 429, and the pace is given up. */
const forgetAfterMs = 120_000
/** Calls that may go out at once after a pause, in milliseconds of the pace. */
const burstMs = 20

export class CallPace {
  private rate = Infinity
  private tokens = 1
  private refilledMs = 0
  private blockedUntilMs = -Infinity
  private lastCutMs = -Infinity
  private lastTurnedAwayMs = -Infinity
  private readonly successes: number[] = []
  private firstSuccess = 0

  /** Calls a second, null where no limit is known. */
  get perSecond(): number | null {
    return this.rate === Infinity ? null : this.rate
  }

  /** 0: a call may go out now; else how long until one may. */
  waitMs(nowMs: number): number {
    if (nowMs < this.blockedUntilMs) return this.blockedUntilMs - nowMs
    if (this.rate === Infinity) return 0
    this.refill(nowMs)
    return this.tokens >= 1 ? 0 : Math.max(0.5, ((1 - this.tokens) / this.rate) * 1000)
  }

  take(nowMs: number): void {
    if (this.rate === Infinity) return
    this.refill(nowMs)
    this.tokens -= 1
  }

  succeed(nowMs: number): void {
    this.successes.push(nowMs)
    this.forget(nowMs)
  }

  /** A 429. Only one that says a limit is used up tells something of the pace; others are left to the limit of concurrency. */
  turnAway(nowMs: number, limits: RateLimitHints): void {
    const usedUp = limits.remainingRequests === 0 || limits.remainingTokens === 0
    if (!usedUp) return
    const reset = Math.max(
      limits.remainingRequests === 0 ? (limits.resetRequestsMs ?? limits.retryAfterMs ?? 0) : 0,
      limits.remainingTokens === 0 ? (limits.resetTokensMs ?? limits.retryAfterMs ?? 0) : 0,
    )
    this.blockedUntilMs = Math.max(this.blockedUntilMs, nowMs + Math.min(reset, 10 * 60_000))
    this.lastTurnedAwayMs = nowMs
    // Calls that went out together are turned away together: one cut for all of them.
    if (nowMs - this.lastCutMs < 250) return
    this.forget(nowMs)
    const passed = this.successes.length - this.firstSuccess
    // Too few passed to tell: one call for each reset is what is known.
    const allowed = passed >= 3 ? passed / (memoryMs / 1000) : reset > 0 ? 1000 / reset : Infinity
    this.refill(nowMs)
    this.rate = Math.max(0.2, Math.min(this.rate, allowed) * caution)
    this.tokens = 0
    this.refilledMs = nowMs
    this.lastCutMs = nowMs
  }

  private refill(nowMs: number): void {
    const elapsed = Math.max(0, nowMs - this.refilledMs)
    this.refilledMs = nowMs
    if (this.rate === Infinity) return
    if (nowMs - this.lastTurnedAwayMs > forgetAfterMs) {
      this.rate = Infinity
      return
    }
    this.tokens = Math.min(Math.max(1, (this.rate * burstMs) / 1000), this.tokens + (elapsed / 1000) * this.rate)
    this.rate *= 1 + (growthPerSecond(nowMs - this.lastTurnedAwayMs) * Math.min(elapsed, 1000)) / 1000
  }

  private forget(nowMs: number): void {
    while (this.firstSuccess < this.successes.length && this.successes[this.firstSuccess]! < nowMs - memoryMs) this.firstSuccess++
    if (this.firstSuccess > 4096 && this.firstSuccess * 2 > this.successes.length) {
      this.successes.splice(0, this.firstSuccess)
      this.firstSuccess = 0
    }
  }
}
