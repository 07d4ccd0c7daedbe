import type { SpendingGrant } from './ports'

/**
 * Keeps a replay from spending more than it may: a call is only started when what was spent, what the calls under way may cost and what this
 * one may cost stay within the replay's own budget and within what it was granted of the workspace's ceiling. US dollars.
 */
export class Spending {
  private reservedUsd = 0
  private dearestUsd = 0
  /** Of calls that ended and whose results the store does not have yet; the ledger does not see it. */
  private uncommittedUsd = 0
  /** Of answers whose cost nobody told: it stands in no trial, and is taken for what was expected. */
  private unseenUsd = 0
  private grant: SpendingGrant = { ceilingUsd: null, usd: Infinity, spentUsd: 0, othersUsd: 0 }
  /** What of the grant is used. */
  private usedUsd = 0
  private mayAskAgain = true
  private refusedBy: 'budget' | 'ceiling' = 'budget'

  constructor(
    readonly maxUsd: number | null,
    private spentUsd: number,
  ) {
    if (maxUsd !== null && !(maxUsd >= 0)) throw new RangeError(`the budget must be 0 or more, got ${maxUsd}`)
  }

  get spent(): number {
    return this.spentUsd
  }

  /** False: nothing has to be estimated. */
  get isLimited(): boolean {
    return this.maxUsd !== null || this.grant.ceilingUsd !== null
  }

  get ceilingUsd(): number | null {
    return this.grant.ceilingUsd
  }

  /** What this run needs of the workspace's ceiling beyond what the store has of it. */
  get heldUsd(): number {
    return this.reservedUsd + this.uncommittedUsd + this.unseenUsd
  }

  /** What a call is expected to cost at most: the estimate, or the dearest call so far where that was more. */
  expect(estimateUsd: number | null): number {
    return this.isLimited ? Math.max(estimateUsd ?? 0, this.dearestUsd) : 0
  }

  /**
   * `wait`: calls under way, here or in other runs, may turn out cheaper than expected. `never`: nothing is under way and there is not enough
   * left. `ledger`: the ledger may grant more.
   */
  ask(expectedUsd: number): 'yes' | 'wait' | 'never' | 'ledger' {
    if (this.maxUsd !== null && this.spentUsd + this.reservedUsd + expectedUsd > this.maxUsd) {
      this.refusedBy = 'budget'
      return this.reservedUsd > 0 ? 'wait' : 'never'
    }
    if (this.usedUsd + expectedUsd <= this.grant.usd) return 'yes'
    if (this.mayAskAgain) return 'ledger'
    this.refusedBy = 'ceiling'
    return this.reservedUsd > 0 || this.grant.othersUsd > 0 ? 'wait' : 'never'
  }

  /** What the ledger granted; `heldUsd` of it was held at that moment. */
  accept(grant: SpendingGrant, heldUsd: number): void {
    this.grant = grant
    this.usedUsd = heldUsd
    this.mayAskAgain = false
  }

  /** Something may have changed: the ledger is worth asking again. */
  refresh(): void {
    this.mayAskAgain = true
  }

  /** The ceiling was changed: what was granted counts no more. */
  invalidate(): void {
    this.grant = { ...this.grant, ceilingUsd: this.grant.ceilingUsd ?? 0, usd: 0 }
    this.mayAskAgain = true
  }

  reserve(expectedUsd: number): void {
    this.reservedUsd += expectedUsd
    this.usedUsd += expectedUsd
  }

  /** The call ended; `costUsd` is null where nobody knows what it cost, 0 where it cost nothing. */
  settle(expectedUsd: number, costUsd: number | null): void {
    const cost = costUsd ?? expectedUsd
    // Sums of fractions drift; nothing may stay reserved when nothing is under way.
    this.reservedUsd = Math.max(0, this.reservedUsd - expectedUsd)
    if (this.reservedUsd < 1e-12) this.reservedUsd = 0
    this.spentUsd += cost
    this.usedUsd += cost - expectedUsd
    this.dearestUsd = Math.max(this.dearestUsd, costUsd ?? 0)
    if (costUsd === null) this.unseenUsd += cost
    else this.uncommittedUsd += cost
    this.mayAskAgain = true
  }

  /** The store has the results of calls that cost this much. */
  commit(costUsd: number): void {
    this.uncommittedUsd = Math.max(0, this.uncommittedUsd - costUsd)
    if (this.uncommittedUsd < 1e-12) this.uncommittedUsd = 0
  }

  /** Why no other call is allowed, and what to do. */
  describe(): string {
    const { ceilingUsd, spentUsd } = this.grant
    if (this.refusedBy === 'ceiling')
      return `The workspace's ceiling of $${ceilingUsd} does not allow another call; all its replays have spent ${inDollars(spentUsd)}. Raise it (touchstone budget AMOUNT, or MAX_COST_USD) to continue.`
    return `The budget of $${this.maxUsd} does not allow another call; ${inDollars(this.spentUsd)} are spent. Raise it to continue.`
  }
}

const inDollars = (usd: number): string => `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`
