import type { PairedCounts } from '../comparison/decide-verdict'
import { decideVerdict, estimateDifference } from '../comparison/decide-verdict'
import type { GateConditions } from './gate-conditions'
import type { GateResult } from './gate-result'

/** The condition on the difference, from the counts alone. Inconclusive when nothing was compared. */
export function judgeDifference(
  { require, margin, alpha }: Pick<GateConditions, 'require' | 'margin' | 'alpha'>,
  counts: PairedCounts,
): GateResult {
  const verdict = decideVerdict(counts, margin, 1 - alpha)
  if (verdict === 'worse') return 'fail'
  if (verdict === 'inconclusive') return 'inconclusive'
  if (require !== 'better' || verdict === 'better') return 'pass'
  const { upper } = estimateDifference(counts, 1 - alpha)
  return upper !== null && upper <= 0 ? 'fail' : 'inconclusive'
}

/** Whole numbers between which the totals of a finished replay lie. */
export type CountBounds = {
  /** Fixed − regressed. */
  net: { lower: number; upper: number }
  /** Fixed + regressed. */
  flips: { lower: number; upper: number }
  /** Cases with a score on both sides. */
  n: { lower: number; upper: number }
}

/** Where the rule itself jumps: exact test and mid-p change over at 25 flips, "not worse" needs 20 cases. */
const jumpsOfFlips = [23, 24, 25, 26]
const jumpsOfN = [19, 20]

const ends = ({ lower, upper }: { lower: number; upper: number }, jumps: readonly number[] = []): number[] => [
  ...new Set([lower, upper, ...jumps.filter((jump) => jump > lower && jump < upper)]),
]

/**
 * The result that every pair of totals within the bounds leads to; null where they lead to different ones. The ends are enough: the lower
 * limit of the interval rises with the net change and falls with the number of flips, and so does the significance of a loss fall with
 * either; the places where the rule jumps are looked at too. Totals that cannot be (a net change larger than the flips, an odd sum) are
 * moved outwards.
 */
export function settleDifference(
  conditions: Pick<GateConditions, 'require' | 'margin' | 'alpha'>,
  { net, flips, n }: CountBounds,
): GateResult | null {
  let settled: GateResult | null = null
  for (const change of ends(net))
    for (const flipped of ends(flips, jumpsOfFlips))
      for (const cases of ends(n, jumpsOfN)) {
        const least = Math.max(flipped, Math.abs(change))
        const total = (least + change) % 2 === 0 ? least : least === flips.lower && least > Math.abs(change) ? least - 1 : least + 1
        const result = judgeDifference(conditions, {
          fixed: (total + change) / 2,
          regressed: (total - change) / 2,
          n: Math.max(cases, total),
        })
        if (settled !== null && result !== settled) return null
        settled = result
      }
  return settled
}
