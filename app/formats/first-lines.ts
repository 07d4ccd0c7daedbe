/**
 * Remembers the line on which each id was seen first, for millions of ids in 16 bytes each or so: it keeps 64 bits of hash in place of the
 * id. That two different ids share all 64 has a chance of one in ten million among a million ids.
 */
export class FirstLines {
  private capacity = 1 << 12
  private hashes = new Uint32Array(this.capacity * 2)
  private lines = new Uint32Array(this.capacity)
  private marks = new Uint32Array(this.capacity)
  private count = 0

  /**
   * The line on which this id was seen before, and whether it said the same then; null when this is the first time, which is then
   * remembered. Lines count from 1.
   */
  see(id: string, line: number, said = ''): { line: number; isSame: boolean } | null {
    if (this.count * 2 >= this.capacity) this.grow()
    const [low, high] = hash(id)
    const slot = this.find(low, high)
    const seen = this.lines[slot]
    const [mark] = hash(said)
    if (seen) return { line: seen, isSame: this.marks[slot] === mark }
    this.marks[slot] = mark
    this.hashes[slot * 2] = low
    this.hashes[slot * 2 + 1] = high
    this.lines[slot] = line
    this.count += 1
    return null
  }

  /** The slot that holds the hash, or the free one where it belongs. */
  private find(low: number, high: number): number {
    let slot = low & (this.capacity - 1)
    while (this.lines[slot] && (this.hashes[slot * 2] !== low || this.hashes[slot * 2 + 1] !== high))
      slot = (slot + 1) & (this.capacity - 1)
    return slot
  }

  private grow(): void {
    const { hashes, lines, marks, capacity } = this
    this.capacity = capacity * 2
    this.hashes = new Uint32Array(this.capacity * 2)
    this.lines = new Uint32Array(this.capacity)
    this.marks = new Uint32Array(this.capacity)
    for (let old = 0; old < capacity; old += 1) {
      const line = lines[old]
      if (!line) continue
      const low = hashes[old * 2] as number
      const high = hashes[old * 2 + 1] as number
      const slot = this.find(low, high)
      this.hashes[slot * 2] = low
      this.hashes[slot * 2 + 1] = high
      this.lines[slot] = line
      this.marks[slot] = marks[old] as number
    }
  }
}

/** Two 32-bit halves of cyrb64 (public domain, github.com/bryc/code). */
function hash(text: string): [low: number, high: number] {
  let first = 0xdeadbeef
  let second = 0x41c6ce57
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 2654435761)
    second = Math.imul(second ^ code, 1597334677)
  }
  first = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909)
  second = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909)
  return [first >>> 0, second >>> 0]
}
