/**
 * How many calls may be under way, found by trying: start low, double with each round of answers while it helps, shrink at once when the
 * provider says 429, hold when it fails otherwise. Pure: the time is passed in. Milliseconds.
 */
export type ConcurrencyLimitOptions = {
  /** Never more than this; at least 1. */
  bound: number
  /** Where to start. Default: 8, or `bound` where that is less. */
  start?: number
}

/** Up to here growing is not questioned: the figures of so few calls are mostly noise. */
const questionedFrom = 64
/** Below this the limit falls only when most calls are turned away. */
const floorWhenSomePass = 8
/** A limit that doubled has to bring this much more throughput to be kept. */
const worthwhile = 1.1

export class ConcurrencyLimit {
  private limit: number
  private rising = true
  /** A window is as many answers as the limit allowed calls when it began. */
  private windowLimit: number
  private windowStartMs: number | null = null
  private windowSuccesses = 0
  private windowFailures = 0
  private windowRateLimited = 0
  private previous: { limit: number; throughput: number } | null = null
  private quietWindows = 0
  /** Moving share of calls that were answered 429. */
  private rateLimitedShare = 0
  /** Share of 429 that shrinking did not bring down: not our doing, so not a reason to shrink. */
  private toleratedShare = 0
  private lastShrinkMs = -Infinity
  private everRateLimited = false

  constructor(private options: ConcurrencyLimitOptions) {
    if (!Number.isInteger(options.bound) || options.bound < 1)
      throw new RangeError(`bound must be a whole number from 1, got ${options.bound}`)
    this.limit = Math.max(1, Math.min(options.bound, options.start ?? 8))
    this.windowLimit = this.limit
  }

  get current(): number {
    return this.limit
  }

  get bound(): number {
    return this.options.bound
  }

  /** A new upper bound; the limit itself only falls to it. */
  setBound(bound: number): void {
    if (!Number.isInteger(bound) || bound < 1) throw new RangeError(`bound must be a whole number from 1, got ${bound}`)
    this.options = { ...this.options, bound }
    this.limit = Math.min(this.limit, bound)
  }

  /** A call goes out. */
  start(nowMs: number): void {
    this.windowStartMs ??= nowMs
  }

  /** An answer came. */
  succeed(nowMs: number): void {
    this.windowStartMs ??= nowMs
    this.rateLimitedShare *= 1 - 1 / 32
    this.windowSuccesses++
    // One more call for each answer doubles the limit within a round, and no slot waits for the round to end.
    if (this.rising && !this.isDisturbed()) this.limit = Math.min(this.options.bound, this.limit + 1)
    if (this.windowSuccesses + this.windowRateLimited >= Math.max(this.windowLimit, 4)) this.closeWindow(nowMs)
  }

  /** The provider failed otherwise than by 429, or the connection broke: no reason to shrink, and none to grow. */
  fail(nowMs: number): void {
    this.windowStartMs ??= nowMs
    this.windowFailures++
  }

  /** The provider answered 429 to a call that had been started at `startedMs`. */
  turnAway(nowMs: number, startedMs: number): void {
    this.windowStartMs ??= nowMs
    this.windowRateLimited++
    this.rateLimitedShare = this.everRateLimited ? this.rateLimitedShare + (1 - this.rateLimitedShare) / 32 : 1
    this.everRateLimited = true
    this.rising = false
    // The calls that were under way when it shrank tell nothing of the new limit.
    if (startedMs <= this.lastShrinkMs || this.rateLimitedShare <= this.toleratedShare * 1.3 + 0.02) return
    this.lastShrinkMs = nowMs
    const floor = this.rateLimitedShare > 0.5 ? 1 : Math.min(floorWhenSomePass, this.options.bound)
    const shrunk = Math.max(floor, Math.floor(this.limit * (1 - this.rateLimitedShare / 2)))
    if (this.limit <= floor) this.toleratedShare = this.rateLimitedShare
    this.limit = Math.min(this.limit, shrunk)
    this.startWindow(nowMs)
    this.previous = null
  }

  private isDisturbed(): boolean {
    return this.windowFailures > 0 || (this.windowRateLimited > 0 && this.rateLimitedShare > this.toleratedShare * 1.3 + 0.02)
  }

  private closeWindow(nowMs: number): void {
    const elapsed = nowMs - (this.windowStartMs ?? nowMs)
    // Answers that all come in one moment tell nothing of how many a second there could be.
    const throughput = elapsed > 0 ? this.windowSuccesses / elapsed : null
    const tried = this.windowLimit
    if (!this.isDisturbed()) this.judge(tried, throughput)
    if (throughput === null) this.previous = null
    else if (tried !== this.limit || !this.previous) this.previous = { limit: tried, throughput }
    this.startWindow(nowMs)
  }

  /** Takes back a limit that brought nothing; grows step by step once it has stopped rising. */
  private judge(tried: number, throughput: number | null): void {
    const { previous } = this
    const questioned = tried > questionedFrom && previous !== null && previous.limit < tried
    if (questioned && throughput !== null && throughput < previous.throughput * (this.rising ? worthwhile : 1)) {
      this.limit = previous.limit
      this.rising = false
      this.quietWindows = 0
      return
    }
    if (!this.rising && ++this.quietWindows >= (this.limit < questionedFrom ? 2 : 10)) {
      this.quietWindows = 0
      this.limit = Math.min(this.options.bound, this.limit + Math.max(1, Math.floor(this.limit * 0.1)))
      if (this.limit >= this.options.bound) this.toleratedShare *= 0.9
    }
  }

  private startWindow(nowMs: number): void {
    this.windowLimit = this.limit
    this.windowStartMs = nowMs
    this.windowSuccesses = 0
    this.windowFailures = 0
    this.windowRateLimited = 0
  }
}
