/** Counts what happens in slots of time, so that counting costs the same however much there is. Milliseconds; rates a second. */
export class SlottedCount {
  private readonly counts: Uint32Array
  private lastSlot = -Infinity
  private firstMs = Infinity

  constructor(
    private readonly slotMs: number,
    private readonly slots: number,
  ) {
    this.counts = new Uint32Array(slots)
  }

  add(nowMs: number): void {
    if (nowMs < this.firstMs) this.firstMs = nowMs
    this.counts[this.moveTo(nowMs)]!++
  }

  /** Over the span of all slots, or since the first count, but not over less than a tenth of a second. */
  perSecond(nowMs: number): number {
    const slot = this.moveTo(nowMs)
    let sum = 0
    for (const count of this.counts) sum += count
    // The slot of this moment is not over yet.
    const spanMs = (this.slots - 1) * this.slotMs + (nowMs % this.slotMs)
    return sum === 0 || slot < 0 ? 0 : (sum / Math.max(100, Math.min(spanMs, nowMs - this.firstMs))) * 1000
  }

  private moveTo(nowMs: number): number {
    const { counts, slots } = this
    const slot = Math.floor(nowMs / this.slotMs)
    if (slot - this.lastSlot >= slots) counts.fill(0)
    else for (let passed = this.lastSlot + 1; passed <= slot; passed++) counts[passed % slots] = 0
    this.lastSlot = Math.max(this.lastSlot, slot)
    return this.lastSlot % slots
  }
}
