/** What waits for its time, earliest first. A binary heap: hundreds of cases wait at once in a storm. Times are monotonic milliseconds. */
export class RetryQueue<Item> {
  private readonly heap: Array<{ dueMs: number; order: number; item: Item }> = []
  private order = 0

  get size(): number {
    return this.heap.length
  }

  /** When the earliest is due; Infinity when nothing waits. */
  get nextDueMs(): number {
    return this.heap[0]?.dueMs ?? Infinity
  }

  add(item: Item, dueMs: number): void {
    const { heap } = this
    heap.push({ dueMs, order: this.order++, item })
    let index = heap.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.before(index, parent)) return
      this.swap(index, parent)
      index = parent
    }
  }

  /** The earliest if it is due; it stays where it is. */
  peekDue(nowMs: number): Item | undefined {
    const top = this.heap[0]
    return top && top.dueMs <= nowMs ? top.item : undefined
  }

  /** Takes the earliest out if it is due. */
  takeDue(nowMs: number): Item | undefined {
    const { heap } = this
    const top = heap[0]
    if (!top || top.dueMs > nowMs) return undefined
    const last = heap.pop()!
    if (heap.length) {
      heap[0] = last
      this.sink()
    }
    return top.item
  }

  /** Drops what `isWanted` refuses. */
  keep(isWanted: (item: Item) => boolean): void {
    const wanted = this.heap.filter(({ item }) => isWanted(item))
    this.heap.length = 0
    for (const { item, dueMs } of wanted) this.add(item, dueMs)
  }

  private sink(): void {
    const { heap } = this
    for (let index = 0; ;) {
      const left = 2 * index + 1
      if (left >= heap.length) return
      const child = left + 1 < heap.length && this.before(left + 1, left) ? left + 1 : left
      if (!this.before(child, index)) return
      this.swap(index, child)
      index = child
    }
  }

  private before(one: number, other: number): boolean {
    const left = this.heap[one]!
    const right = this.heap[other]!
    return left.dueMs === right.dueMs ? left.order < right.order : left.dueMs < right.dueMs
  }

  private swap(one: number, other: number): void {
    const kept = this.heap[one]!
    this.heap[one] = this.heap[other]!
    this.heap[other] = kept
  }
}
