/**
 * Keeps a replay from spending more than it may: a call is only started when what was spent, what the calls under way may cost and what this
 * one may cost stay within the budget. US dollars.
 */
export class Spending {
  private reservedUsd = 0
  private dearestUsd = 0

  constructor(
    readonly maxUsd: number | null,
    private spentUsd: number,
  ) {
    if (maxUsd !== null && !(maxUsd >= 0)) throw new RangeError(`the budget must be 0 or more, got ${maxUsd}`)
  }

  get spent(): number {
    return this.spentUsd
  }

  /** What a call is expected to cost at most: the estimate, or the dearest call so far where that was more. */
  expect(estimateUsd: number | null): number {
    return this.maxUsd === null ? 0 : Math.max(estimateUsd ?? 0, this.dearestUsd)
  }

  /** `wait`: calls under way may turn out cheaper than expected. `never`: nothing is under way and there is not enough left. */
  ask(expectedUsd: number): 'yes' | 'wait' | 'never' {
    if (this.maxUsd === null || this.spentUsd + this.reservedUsd + expectedUsd <= this.maxUsd) return 'yes'
    return this.reservedUsd > 0 ? 'wait' : 'never'
  }

  reserve(expectedUsd: number): void {
    this.reservedUsd += expectedUsd
  }

  /** The call ended; `costUsd` is null where it cost nothing or nobody knows. */
  settle(expectedUsd: number, costUsd: number | null): void {
    // Sums of fractions drift; nothing may stay reserved when nothing is under way.
    this.reservedUsd = Math.max(0, this.reservedUsd - expectedUsd)
    if (this.reservedUsd < 1e-12) this.reservedUsd = 0
    this.spentUsd += costUsd ?? 0
    this.dearestUsd = Math.max(this.dearestUsd, costUsd ?? 0)
  }
}
