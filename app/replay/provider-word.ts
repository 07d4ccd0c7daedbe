import { askedWaitMs } from './backoff'
import type { RateLimitHints } from './ports'

/**
 * What a provider says of its limits, kept: how much is left, and for how long it wants to be left alone. Its word holds until it says
 * otherwise: an answer to a call that went out later than the one that was turned away shows that calls pass again. Pure: the time is passed
 * in. Milliseconds.
 */

/** A provider that turns calls away without a word is left alone for this long, twice as long each time nothing passed in between. */
const firstHoldMs = 50
/** A short wait that turned out to be too short is doubled up to here. */
const longestGuessMs = 5_000
const longestHoldMs = 10 * 60_000
/** A call that went ahead and has no end is not waited for longer than this, or than ten usual ones take. */
const shortestProbeMs = 5_000
/** What is left, where nobody says until when. */
const defaultValidityMs = 1_000
/** By chance all calls under way may be turned away; so unlikely is taken for a limit. */
const unlikely = 0.001

export class ProviderWord {
  private heldUntilMs = -Infinity
  /** When the latest call that was turned away went out. */
  private heldByMs = -Infinity
  private holdsInARow = 0
  private turnedAwayInARow = 0
  private probeMs = -Infinity
  private lastStartMs = -Infinity
  private beforeProbeMs = -Infinity
  private holding = false
  private left = Infinity
  /** What is left when the limit is renewed. */
  private most = Infinity
  private leftUntilMs = -Infinity
  private saidMs = -Infinity
  private spanMs = 0
  private usedUpUntilMs = -Infinity
  private tokensEach = 0
  private latencyMs = 0

  /** 0: a call may go out; else how long until one may, if nothing else is heard before. */
  waitMs(nowMs: number, inFlight: number): number {
    if (nowMs < this.usedUpUntilMs) return this.usedUpUntilMs - nowMs
    if (this.holding) {
      if (nowMs < this.heldUntilMs) return this.heldUntilMs - nowMs
      // One call at a time goes ahead to see.
      return this.probeMs >= this.heldUntilMs ? Math.max(0, this.probeMs + Math.max(shortestProbeMs, 10 * this.latencyMs) - nowMs) : 0
    }
    const renewed = nowMs >= this.leftUntilMs
    // For one more span at most: calls without an end must not stop the others.
    if (renewed) return inFlight >= this.most ? Math.max(0, this.leftUntilMs + this.spanMs - nowMs) : 0
    return inFlight >= this.left && inFlight > 0 ? this.leftUntilMs - nowMs : 0
  }

  /** A call goes out. */
  start(nowMs: number): void {
    if (this.holding) {
      this.probeMs = nowMs
      this.beforeProbeMs = this.lastStartMs
    }
    this.lastStartMs = nowMs
  }

  /** Callers read the clock a little before they ask, so it is not the very moment that tells. */
  private isProbe(startedMs: number): boolean {
    return startedMs > this.beforeProbeMs && startedMs <= this.probeMs
  }

  /** Calls ended of which nothing will be heard. */
  forget(): void {
    this.probeMs = -Infinity
  }

  /** A call ended and told nothing of limits. */
  end(startedMs: number): void {
    if (this.isProbe(startedMs)) this.probeMs = -Infinity
  }

  succeed(nowMs: number, startedMs: number, limits: RateLimitHints | undefined, tokens: number): void {
    this.turnedAwayInARow = 0
    this.latencyMs += (nowMs - startedMs - this.latencyMs) / 16
    if (tokens > 0) this.tokensEach = this.tokensEach === 0 ? tokens : this.tokensEach + (tokens - this.tokensEach) / 16
    if (startedMs >= this.heldByMs) {
      this.holding = false
      this.holdsInARow = 0
    }
    if (limits !== undefined && (limits.remainingRequests !== undefined || limits.remainingTokens !== undefined))
      this.hear(nowMs, startedMs, limits)
  }

  /** `tolerated`: the share of calls that are turned away by chance; null where that is not known. */
  turnAway(nowMs: number, startedMs: number, limits: RateLimitHints, tolerated: number | null): void {
    this.turnedAwayInARow++
    const isProbe = this.holding && this.isProbe(startedMs)
    this.end(startedMs)
    const isUsedUp = limits.remainingRequests === 0 || limits.remainingTokens === 0
    // One of many may be turned away alone; its own case waits in any event.
    const isAlone = tolerated === null ? this.turnedAwayInARow < 2 && !isUsedUp : tolerated ** this.turnedAwayInARow > unlikely
    if (isAlone && !isProbe) return
    if (startedMs < this.heldByMs && this.holding) return
    // Calls that were under way together say one thing.
    const isNews = !this.holding || nowMs >= this.heldUntilMs
    if (isNews) this.holdsInARow++
    const asked = askedWaitMs(limits)
    const guess = Math.min(longestGuessMs, Math.max(asked ?? 0, firstHoldMs) * 2 ** Math.min(20, this.holdsInARow - 1))
    this.holding = true
    this.heldByMs = Math.max(this.heldByMs, startedMs)
    this.heldUntilMs = Math.max(this.heldUntilMs, nowMs + Math.min(longestHoldMs, Math.max(asked ?? 0, guess)))
  }

  private hear(nowMs: number, startedMs: number, limits: RateLimitHints): void {
    const { remainingRequests, remainingTokens, resetRequestsMs, resetTokensMs } = limits
    const callsForTokens =
      remainingTokens === undefined
        ? Infinity
        : this.tokensEach > 0
          ? remainingTokens / this.tokensEach
          : remainingTokens > 0
            ? Infinity
            : 0
    const byTokens = callsForTokens < (remainingRequests ?? Infinity)
    const left = byTokens ? callsForTokens : (remainingRequests ?? Infinity)
    // Answers overtake each other; of two the smaller number is the later one.
    if (startedMs < this.saidMs && left >= this.left && nowMs < this.leftUntilMs) return
    const resetMs = Math.min(longestHoldMs, (byTokens ? resetTokensMs : resetRequestsMs) ?? defaultValidityMs)
    this.saidMs = startedMs
    this.left = left
    // A bucket that is nearly full says a short time, too: it is the longest that tells how long a limit lasts.
    this.spanMs = Math.max(resetMs, this.spanMs * 0.99)
    // A limit that is renewed while a call is on its way says nothing of the next one.
    const isLasting = this.spanMs > 2 * this.latencyMs
    const untilMs = nowMs + resetMs
    this.leftUntilMs = isLasting ? untilMs : -Infinity
    this.usedUpUntilMs = isLasting && left < 1 ? untilMs : -Infinity
    this.most = isLasting && !byTokens ? Math.max(1, limits.limitRequests ?? (left < 1 ? 1 : Infinity)) : Infinity
  }
}
