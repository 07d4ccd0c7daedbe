/**
 * How many calls may be under way, found by trying: start low, rise steeply with each round of answers while it helps, shrink at once when the
 * provider says 429, hold when it fails otherwise. Pure: the time is passed in. Milliseconds.
 */
export type ConcurrencyLimitOptions = {
  /** Never more than this; at least 1. */
  bound: number
  /** Where to start. Default: 8; where the bound is above 64, a quarter of what it is above that more, but 64 at most. */
  start?: number
}

/** Up to here growing is not questioned: the figures of so few calls are mostly noise. */
const questionedFrom = 64
/** Below this the limit falls only when most calls are turned away. */
const floorWhenSomePass = 8
/** By how much the limit rises with each answer until calls are first turned away: fourfold within a round. */
const steepness = 3
/** Over about so many answers the share of 429 is taken. */
const memory = 64
/** So small a share of 429 is no reason to shrink again. */
const bearable = 0.03
/** A limit that rose has to bring this much more throughput to be kept. */
const worthwhile = 1.1

const startFor = (bound: number): number => Math.min(64, 8 + Math.max(0, Math.ceil((bound - 64) / 4)))

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
  private beforeShrinking = 0
  private everRateLimited = false
  private latencyMs = 0

  constructor(private options: ConcurrencyLimitOptions) {
    if (!Number.isInteger(options.bound) || options.bound < 1)
      throw new RangeError(`bound must be a whole number from 1, got ${options.bound}`)
    this.limit = Math.max(1, Math.min(options.bound, options.start ?? startFor(options.bound)))
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

  /** An answer came to a call that had been started at `startedMs`. */
  succeed(nowMs: number, startedMs = nowMs): void {
    this.windowStartMs ??= nowMs
    this.latencyMs += (nowMs - startedMs - this.latencyMs) / 16
    this.rateLimitedShare *= 1 - 1 / memory
    this.windowSuccesses++
    // More calls for each answer multiply the limit within a round, and no slot waits for the round to end.
    if (this.rising && !this.isDisturbed()) this.limit = Math.min(this.options.bound, this.limit + (this.everRateLimited ? 1 : steepness))
    // Answers to calls that went out together come together: over less than the time they take, they tell nothing of how many a second there are.
    const isLongEnough = nowMs - this.windowStartMs >= this.latencyMs * 0.75
    if (isLongEnough && this.windowSuccesses + this.windowRateLimited >= Math.max(this.windowLimit, 4)) this.closeWindow(nowMs)
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
    const isFirst = !this.everRateLimited
    this.everRateLimited = true
    this.rateLimitedShare += (1 - this.rateLimitedShare) / memory
    // The calls that were under way when it shrank tell nothing of the new limit.
    if (startedMs <= this.lastShrinkMs || !(isFirst || this.isTurnedAwayTooOften())) return
    this.beforeShrinking = Math.max(this.limit, this.beforeShrinking)
    this.rising = false
    this.lastShrinkMs = nowMs
    const share = isFirst ? 1 : Math.max(this.rateLimitedShare, this.windowRateLimited >= 3 ? this.windowShare() : 0)
    const floor = share > 0.5 ? 1 : Math.min(floorWhenSomePass, this.options.bound)
    const shrunk = Math.max(floor, Math.floor(this.limit * (1 - share / 2)))
    if (this.limit <= floor) this.toleratedShare = share
    this.limit = Math.min(this.limit, shrunk)
    this.startWindow(nowMs)
    this.previous = null
  }

  private windowShare(): number {
    return this.windowRateLimited / (this.windowRateLimited + this.windowSuccesses)
  }

  private isTurnedAwayTooOften(): boolean {
    return this.rateLimitedShare > this.toleratedShare * 1.3 + bearable
  }

  /** Something else keeps calls from being turned away: no reason to be careful here. */
  letRise(): void {
    this.rising = true
  }

  /** Calls are turned away by chance, `share` of them: shrinking did not help, and was not needed. */
  tolerate(share: number): void {
    this.toleratedShare = Math.max(this.toleratedShare, share)
    this.rising = true
    this.limit = Math.min(this.options.bound, Math.max(this.limit, this.beforeShrinking))
  }

  private isDisturbed(): boolean {
    return this.windowFailures > 0 || (this.windowRateLimited > 0 && this.isTurnedAwayTooOften())
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
