/**
 * Opens when a provider does nothing but fail, so that a replay waits instead of burning its list; then lets one call through at a time to see
 * whether it is back. Pure: the time is passed in. Milliseconds.
 */

/** So many failures in a row, with no answer between them, open it. */
const failuresToOpen = 10
/** So long with nothing but 429 opens it too. */
const rateLimitedToOpenMs = 60_000
const firstPauseMs = 1_000
const longestPauseMs = 60_000

export class CircuitBreaker {
  private failures = 0
  private pauseMs = firstPauseMs
  private openUntilMs: number | null = null
  private probing = false
  private lastAnswerMs: number | null = null

  get isOpen(): boolean {
    return this.openUntilMs !== null
  }

  /** When the next probe may go out; null while closed. */
  get probeAtMs(): number | null {
    return this.openUntilMs
  }

  /** 0: a call may go out; else how long until one may; Infinity while a probe is under way. */
  waitMs(nowMs: number): number {
    if (this.openUntilMs === null) return 0
    if (this.probing) return Infinity
    return Math.max(0, this.openUntilMs - nowMs)
  }

  start(): void {
    if (this.openUntilMs !== null) this.probing = true
  }

  /** An answer, or an error that shows a working provider. True: it was open and is closed now. */
  succeed(nowMs: number): boolean {
    const wasOpen = this.openUntilMs !== null
    this.failures = 0
    this.pauseMs = firstPauseMs
    this.openUntilMs = null
    this.probing = false
    this.lastAnswerMs = nowMs
    return wasOpen
  }

  /** A failure that is worth trying again. True: it has just opened. */
  fail(nowMs: number, rateLimited: boolean): boolean {
    this.lastAnswerMs ??= nowMs
    if (!rateLimited) this.failures++
    if (this.openUntilMs !== null) {
      if (!this.probing) return false
      this.probing = false
      this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 2)
      this.openUntilMs = nowMs + this.pauseMs
      return true
    }
    if (this.failures < failuresToOpen && !(rateLimited && nowMs - this.lastAnswerMs >= rateLimitedToOpenMs)) return false
    this.openUntilMs = nowMs + this.pauseMs
    return true
  }

  /** A call ended without telling anything of the provider (it was cancelled). */
  abandon(): void {
    this.probing = false
  }
}
