import type { FlipKind, HeadlineFigures, LeakedComparison } from './comparison'
import { decideVerdict, estimateDifference, testDifference, type PairedCounts } from './decide-verdict'
import { isScored, type JudgedSide } from './flips'
import { flipCounter } from './flip-counter'

/** Which sides' prompts quote a case. */
export type QuotedBy = { baseline: boolean; candidate: boolean }

/** A headline without the leaked cases, and of each side how many of its scored cases are right. */
export type HeadlineCounts = PairedCounts & { baseline: Correct; candidate: Correct }
type Correct = { correct: number; n: number }

/** Counts the cases that a prompt quotes apart, and says what the headline would be had they been treated the other way. */
export function createLeakAccumulator() {
  const flips = flipCounter()
  const quoted = { n: 0, baseline: 0, candidate: 0 }
  const sides = { baseline: { correct: 0, n: 0 }, candidate: { correct: 0, n: 0 } }

  return {
    add(by: QuotedBy, flip: FlipKind, baseline: JudgedSide | null, candidate: JudgedSide | null): void {
      flips.add(flip)
      quoted.n++
      if (by.baseline) quoted.baseline++
      if (by.candidate) quoted.candidate++
      for (const [counts, side] of [
        [sides.baseline, baseline],
        [sides.candidate, candidate],
      ] as const) {
        if (!side || !isScored(side.outcome)) continue
        counts.n++
        if (side.outcome === 'correct') counts.correct++
      }
    },

    /** Undefined where no case is quoted. `headline` is that of the comparison, which counts these cases or not. */
    finish(
      headline: HeadlineCounts,
      { counted, margin, confidence }: { counted: boolean; margin: number; confidence: number },
    ): LeakedComparison | undefined {
      if (quoted.n === 0) return undefined
      const sign = counted ? -1 : 1
      const { fixed, regressed, stillRight, stillWrong } = flips.counts()
      const counts: PairedCounts = {
        fixed: headline.fixed + sign * fixed,
        regressed: headline.regressed + sign * regressed,
        n: headline.n + sign * (fixed + regressed + stillRight + stillWrong),
      }
      const accuracy = (side: 'baseline' | 'candidate') => {
        const n = headline[side].n + sign * sides[side].n
        return n === 0 ? null : (headline[side].correct + sign * sides[side].correct) / n
      }
      const figures: HeadlineFigures = {
        ...counts,
        baselineAccuracy: accuracy('baseline'),
        candidateAccuracy: accuracy('candidate'),
        difference: estimateDifference(counts, confidence),
        pValue: testDifference(counts).value,
        verdict: decideVerdict(counts, margin, confidence),
      }
      return {
        n: quoted.n,
        quotedByBaseline: quoted.baseline,
        quotedByCandidate: quoted.candidate,
        counted,
        flips: flips.counts(),
        ...(counted ? { without: figures } : { with: figures }),
      }
    },
  }
}
