import { SlottedCount } from './slotted-count'

/**
 * How many calls a second a provider lets pass, learnt from its 429: at a limit by rate, fewer calls under way do not help when each is
 * quick. Whatever kind of limit it is (a bucket, a window, a number under way), what passed while calls were turned away is what it allows.
 * Without a limit in force there is no pace. Pure: the time is passed in. Milliseconds; rates a second.
 */

/** After a 429 the pace is this share of what is known to pass. */
const caution = 0.95
/** One cut goes no deeper: few answers are no proof. */
const deepest = 0.5
/** No pace for fewer calls turned away than this, out of about the last hundred. */
const fewest = 5
const smallestShare = 0.04
/** A pace is tried for this long, or this many answers, before it is cut again. */
const shortestTrialMs = 100
const trialMs = 250
const trialAnswers = 20
/** So many cuts in a row, down to this share of the pace before them, that did not help: the calls are turned away by chance. */
const cutsInVain = 4
const farLower = 0.6
/** Turned away so often, it is no chance. */
const largestChance = 0.6
/** A cut helped when after it so many times as many calls passed in a row as chance would let pass, for so long. */
const quietTimes = 4
const quietMs = 1_000
/** How soon the pace is tried upwards: the longer, the more often the limit was found where it was before. */
const shortestPatienceMs = 2_000
const longestPatienceMs = 16_000
/** 429 by chance are put up with for so long, twice as long each time, before it is looked into again. */
const firstToleranceMs = 30_000
const longestToleranceMs = 600_000
/** So long without a 429, and the pace is given up. */
const forgetAfterMs = 120_000
/** Calls that may go out at once after a pause, in milliseconds of the pace. */
const burstMs = 20

export class CallPace {
  private rate = Infinity
  private tokens = 1
  private refilledMs = 0
  private lastCutMs = -Infinity
  private lastTurnedAwayMs = -Infinity
  private patienceMs = shortestPatienceMs
  private latencyMs = 0
  private readonly passed = new SlottedCount(50, 21)
  /** Decaying counts of about the last hundred answers. */
  private seen = 0
  private away = 0
  /** Of calls that went out since the last cut. */
  private trialFromMs: number | null = null
  private trialPassed = 0
  private trialAway = 0
  private cutsInARow = 0
  private quietAnswers = 0
  private worstShare = 0
  private rateBefore = Infinity
  private found = Infinity
  /** A cut that is made as soon as calls pass again. */
  private wanted: { startedMs: number; sinceMs: number; passedPerSecond: number } | null = null
  private tolerated: { share: number; untilMs: number } | null = null
  private toleranceMs = firstToleranceMs

  /** Calls a second, null where no limit is known. */
  get perSecond(): number | null {
    return this.rate === Infinity ? null : this.rate
  }

  /** The share of calls that are turned away however few there are; null where it is not known to be so. */
  get toleratedShare(): number | null {
    return this.tolerated?.share ?? null
  }

  /** The pace keeps calls from being turned away: it is the limit in force. */
  isHolding(nowMs: number): boolean {
    return this.rate < Infinity && this.cutsInARow === 0 && nowMs - this.lastTurnedAwayMs > quietMs
  }

  /** 0: a call may go out now; else how long until one may. */
  waitMs(nowMs: number): number {
    if (this.rate === Infinity) return 0
    this.refill(nowMs)
    return this.tokens >= 1 || this.rate === Infinity ? 0 : Math.max(0.5, ((1 - this.tokens) / this.rate) * 1000)
  }

  take(nowMs: number): void {
    if (this.rate === Infinity) return
    this.refill(nowMs)
    this.tokens -= 1
  }

  succeed(nowMs: number, startedMs: number): void {
    this.passed.add(nowMs)
    this.seen = this.seen * 0.99 + 1
    this.away *= 0.99
    this.latencyMs += (nowMs - startedMs - this.latencyMs) / 16
    if (startedMs >= this.lastCutMs) {
      this.trialFromMs ??= nowMs
      this.trialPassed++
      if (this.cutsInARow > 0 && this.trialAway === 0 && this.trialPassed >= this.quietAnswers && nowMs - this.lastCutMs >= quietMs)
        this.cutsInARow = 0
    }
    if (this.wanted !== null && startedMs >= this.wanted.startedMs) this.cut(nowMs)
  }

  /** A 429. What is allowed is known when calls pass again: until then the time counts, in which none did. */
  turnAway(nowMs: number, startedMs: number): void {
    this.seen = this.seen * 0.99 + 1
    this.away = this.away * 0.99 + 1
    this.lastTurnedAwayMs = nowMs
    const isTrial = startedMs >= this.lastCutMs
    if (isTrial) {
      this.trialFromMs ??= nowMs
      this.trialAway++
    }
    if (this.wanted !== null) {
      this.wanted.startedMs = Math.max(this.wanted.startedMs, startedMs)
      return
    }
    const { share } = this
    if (this.tolerated && nowMs < this.tolerated.untilMs && share <= this.tolerated.share * 1.5 + 0.08) return
    this.tolerated = null
    if (this.rate === Infinity ? this.away < fewest || share < smallestShare : !isTrial || this.isTrialTooShort(nowMs)) return
    this.wanted = { startedMs, sinceMs: nowMs, passedPerSecond: this.passed.perSecond(nowMs) }
  }

  private get share(): number {
    return this.away / this.seen
  }

  private isTrialTooShort(nowMs: number): boolean {
    const elapsedMs = nowMs - (this.trialFromMs ?? nowMs)
    return elapsedMs < shortestTrialMs || (elapsedMs < trialMs && this.trialPassed + this.trialAway < trialAnswers)
  }

  private cut(nowMs: number): void {
    this.refill(nowMs)
    const { share } = this
    const helped = this.cutsInARow === 0
    this.worstShare = helped ? share : Math.max(share, this.worstShare)
    const allowed = this.estimate(nowMs)
    const known = this.rate
    if (helped) this.rateBefore = Math.min(known, allowed)
    this.cutsInARow++
    if (this.isInVain(share)) {
      this.tolerate(nowMs, share)
      return
    }
    // Evenly paced calls are counted to within one or two.
    const isAboutRight = allowed >= known * (1 - Math.min(0.15, 2 / this.trialPassed))
    const lowest = known < Infinity ? known * deepest : 0.2
    this.rate = Math.max(0.2, lowest, Math.min(known, isAboutRight ? known : allowed) * caution)
    if (known < Infinity && nowMs - this.lastCutMs > this.patience / 2)
      this.patienceMs =
        this.rate > this.found * 0.8 && this.rate < this.found * 1.25
          ? Math.min(longestPatienceMs, this.patienceMs * 2)
          : Math.max(shortestPatienceMs, this.patienceMs / 2)
    this.found = this.rate
    this.quietAnswers = quietTimes / Math.max(share, smallestShare)
    this.tokens = 0
    this.refilledMs = nowMs
    this.lastCutMs = nowMs
    this.wanted = null
    this.trialFromMs = null
    this.trialPassed = 0
    this.trialAway = 0
  }

  /** At so much lower a pace a limit would no longer turn calls away as often. */
  private isInVain(share: number): boolean {
    if (this.cutsInARow <= cutsInVain || share > largestChance || this.rate > this.rateBefore * farLower) return false
    const trialShare = this.trialAway / Math.max(1, this.trialAway + this.trialPassed)
    return Math.min(share, trialShare) > this.worstShare / 2
  }

  /**
   * Calls a second that passed. In a short trial a burst from before it may count for the last second, and a window that was used up at once
   * for the trial: the lower one is believed. A second without any may be no more than a wait that was asked for; beyond it the time counts.
   */
  private estimate(nowMs: number): number {
    const { sinceMs = nowMs, passedPerSecond = 0 } = this.wanted ?? {}
    const closedMs = Math.max(0, nowMs - sinceMs - 1_000)
    const lastSecond = (passedPerSecond * 1_000) / (1_000 + closedMs)
    if (this.lastCutMs === -Infinity || this.trialPassed < 10) return lastSecond
    const elapsedMs = sinceMs - (this.trialFromMs ?? sinceMs) + closedMs
    const tried = (this.trialPassed * 1_000) / elapsedMs
    return elapsedMs < 2_000 ? Math.min(tried, lastSecond) : Math.max(tried, lastSecond)
  }

  private tolerate(nowMs: number, share: number): void {
    this.rate = Infinity
    this.wanted = null
    this.cutsInARow = 0
    this.lastCutMs = -Infinity
    this.patienceMs = shortestPatienceMs
    this.tolerated = { share, untilMs: nowMs + this.toleranceMs }
    this.toleranceMs = Math.min(longestToleranceMs, this.toleranceMs * 2)
  }

  /** Nothing is learnt of a pace before its answers come. */
  private get patience(): number {
    return Math.max(this.patienceMs, 2.5 * this.latencyMs)
  }

  /** Slowly up to where calls were turned away, slowly beyond, then the faster the longer nothing happens: the limit may have been lifted. */
  private growth(nowMs: number): number {
    const patiences = (nowMs - this.lastCutMs) / this.patience
    if (patiences < 2) return (patiences < 1 ? 0.04 : 0.08) / this.patience
    // A pace that nobody keeps up with is tried no higher.
    return this.rate > 2 * this.passed.perSecond(nowMs) + 2 ? 0 : 0.8 / this.patience
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
    this.rate *= 1 + this.growth(nowMs) * Math.min(elapsed, this.patience / 4)
  }
}
