import { flipKinds, type FlipCounts, type FlipKind } from './comparison'

const flipIndex = Object.fromEntries(flipKinds.map((kind, index) => [kind, index])) as Record<FlipKind, number>

/** Counts flips by kind, by one array increment each. */
export function flipCounter() {
  const numbers = new Uint32Array(flipKinds.length)
  return {
    add(flip: FlipKind): void {
      const index = flipIndex[flip]
      numbers[index] = (numbers[index] ?? 0) + 1
    },
    /** Every kind, `leaked` only where there are any. */
    counts(): FlipCounts {
      const counts = flipKinds.map((kind, index) => [kind, numbers[index] ?? 0] as const)
      return Object.fromEntries(counts.filter(([kind, count]) => kind !== 'leaked' || count > 0)) as FlipCounts
    },
  }
}
