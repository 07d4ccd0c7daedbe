import { computeSideMetrics } from '../metrics/side-metrics'
import { increment } from '../metrics/outcome-codec'
import type { OutcomeCodec } from '../metrics/outcome-codec'
import type { VerdictScheme } from '../policy/verdict-scheme'
import type { FlipCounts, FlipKind, SliceComparison } from './comparison'
import { flipCounter } from './flip-counter'
import { estimateDifference, smallestShift, testDifference } from './decide-verdict'
import { adjustSlices } from './rule-pairs'

/** The counters of the whole or of one slice: what a case adds is a handful of array increments. */
export class PairCounters {
  readonly baseline: Uint32Array
  readonly candidate: Uint32Array
  private readonly flipCounts = flipCounter()

  constructor(private readonly codec: OutcomeCodec) {
    this.baseline = new Uint32Array(codec.size)
    this.candidate = new Uint32Array(codec.size)
  }

  /** Codes are −1 for a side that the case is not on. */
  add(flip: FlipKind, baselineCode: number, candidateCode: number, baselineWrongRule: boolean, candidateWrongRule: boolean): void {
    this.flipCounts.add(flip)
    if (baselineCode >= 0) increment(this.baseline, baselineCode)
    if (candidateCode >= 0) increment(this.candidate, candidateCode)
    if (baselineWrongRule) increment(this.baseline, this.codec.wrongRuleCode)
    if (candidateWrongRule) increment(this.candidate, this.codec.wrongRuleCode)
  }

  get flips(): FlipCounts {
    return this.flipCounts.counts()
  }

  /** Cases with a score on both sides and one expected verdict. */
  get compared(): number {
    const { fixed, regressed, stillRight, stillWrong } = this.flips
    return fixed + regressed + stillRight + stillWrong
  }
}

export type SliceCounters = { by: string; value: string; counters: PairCounters }

/** Losses that stand after adjustment first, then other losses, then what did not change, then gains; within each the largest loss first. */
function harmOrder(alpha: number): (a: SliceComparison, b: SliceComparison) => number {
  const tier = ({ difference: { estimate }, pAdjusted }: SliceComparison) =>
    estimate === null ? 4 : estimate < 0 ? (pAdjusted !== null && pAdjusted < alpha ? 0 : 1) : estimate === 0 ? 2 : 3
  const text = (slice: SliceComparison) => `${slice.by}\u0000${slice.value}`
  return (a, b) =>
    tier(a) - tier(b) ||
    (a.difference.estimate ?? 0) - (b.difference.estimate ?? 0) ||
    b.n - a.n ||
    (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0)
}

/** Figures of every slice, p adjusted over all of them (Benjamini-Hochberg), the most harmful first. */
export function finishSlices(
  slices: readonly SliceCounters[],
  codec: OutcomeCodec,
  scheme: VerdictScheme,
  confidence: number,
): SliceComparison[] {
  const rows = slices.map(({ by, value, counters }) => {
    const { flips, compared: n } = counters
    const paired = { fixed: flips.fixed, regressed: flips.regressed, n }
    return {
      by,
      value,
      n,
      baseline: computeSideMetrics(counters.baseline, codec, scheme, confidence),
      candidate: computeSideMetrics(counters.candidate, codec, scheme, confidence),
      flips,
      difference: estimateDifference(paired, confidence),
      pValue: testDifference(paired).value,
      smallestDetectableShift: smallestShift(paired, confidence),
    }
  })
  const adjusted = adjustSlices(rows.map((row) => row.pValue))
  return rows.map((row, index) => Object.assign(row, { pAdjusted: adjusted[index] ?? null })).sort(harmOrder(1 - confidence))
}
