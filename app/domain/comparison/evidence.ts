import { clopperPearson, mcnemarPower, newcombeIndependent, newcombePaired, versionFlipsOfCounts } from '../statistics'
import { testDifference } from './decide-verdict'
import type { DifferenceEstimate, FlipRates, PairedShare, PowerComparison, SliceComparison } from './comparison'
import type { JudgedSide } from './flips'

/** The same cases on both sides: yes on both, on the candidate only, on the baseline only, on neither. */
export type PairedYes = { both: number; onlyCandidate: number; onlyBaseline: number; neither: number }

/** Shares of one event on both sides with Newcombe's interval of the difference, which stays inside what is possible for rare events. */
export function comparePairedShares({ both, onlyCandidate, onlyBaseline, neither }: PairedYes, confidence: number): PairedShare {
  const n = both + onlyCandidate + onlyBaseline + neither
  const { diff, lower, upper } = newcombePaired({ n11: both, n10: onlyCandidate, n01: onlyBaseline, n00: neither, confidence })
  return {
    n,
    baseline: n === 0 ? null : (both + onlyBaseline) / n,
    candidate: n === 0 ? null : (both + onlyCandidate) / n,
    difference: { estimate: diff, lower, upper, confidence, method: 'newcombe paired' },
    pValue: testDifference({ fixed: onlyCandidate, regressed: onlyBaseline, n }).value,
  }
}

/** Over- and under-enforcement over the cases scored on both sides: the two errors apart, each with the interval of its change. */
export function createEnforcementAccumulator(positiveLabel: string) {
  const none = (): PairedYes => ({ both: 0, onlyCandidate: 0, onlyBaseline: 0, neither: 0 })
  const counts = { over: none(), under: none() }
  return {
    add({ expected, verdict: before }: JudgedSide, { verdict: after }: JudgedSide): void {
      if (!expected || expected.label === null || !before || !after) return
      const violates = expected.label === positiveLabel
      const wrong = (label: string) => (label === positiveLabel) !== violates
      const kind = counts[violates ? 'under' : 'over']
      const [wasWrong, isWrong] = [wrong(before.label), wrong(after.label)]
      kind[wasWrong ? (isWrong ? 'both' : 'onlyBaseline') : isWrong ? 'onlyCandidate' : 'neither']++
    },
    finish: (confidence: number) => ({
      over: comparePairedShares(counts.over, confidence),
      under: comparePairedShares(counts.under, confidence),
    }),
  }
}

/** Flips as shares of what could flip, from the four counts. */
export function describeFlipRates(flips: { fixed: number; regressed: number; stillRight: number; stillWrong: number }): FlipRates {
  const { fixed, regressed, stillRight, stillWrong } = flips
  const { negativeFlipRate, adverseCorrectionRate, beneficialCorrectionRate, churn } = versionFlipsOfCounts({
    fixed,
    broken: regressed,
    rightBefore: stillRight + regressed,
    n: fixed + regressed + stillRight + stillWrong,
  })
  return { negativeFlipRate, adverseCorrectionRate, beneficialCorrectionRate, churn }
}

/** The chance that this many cases had to show a loss as large as the margin, at the share of flips seen (at least the margin). */
export function describePower(
  { fixed, regressed, n }: { fixed: number; regressed: number; n: number },
  margin: number,
  confidence: number,
): PowerComparison | undefined {
  if (n === 0) return undefined
  const discordance = Math.max(margin, (fixed + regressed) / n)
  const { powerRightDirection } = mcnemarPower({
    p10: (discordance - margin) / 2,
    p01: (discordance + margin) / 2,
    n,
    alpha: 1 - confidence,
    test: 'midP',
  })
  return { shift: margin, discordance, power: powerRightDirection }
}

/** Upper bound of the share that may regress although so few of these did, exact and two-sided; null for no cases. */
export function boundRegressions(regressed: number, n: number, confidence: number): number | null {
  return n === 0 ? null : clopperPearson({ successes: regressed, n, confidence }).upper
}

/** The candidate's accuracy in a slice less that on all other cases, which are different ones; null where the slice is everything. */
export function compareWithRest(
  slice: Pick<SliceComparison, 'candidate'>,
  all: { correct: number; n: number },
  confidence: number,
): DifferenceEstimate | null {
  const x1 = correctOf(slice.candidate)
  const { n: n1 } = slice.candidate
  const [x2, n2] = [all.correct - x1, all.n - n1]
  if (n1 === 0 || n2 <= 0) return null
  const { diff, lower, upper } = newcombeIndependent({ x1, n1, x2, n2, confidence })
  return { estimate: diff, lower, upper, confidence, method: 'newcombe independent' }
}

export const correctOf = ({ confusion }: Pick<SliceComparison['candidate'], 'confusion'>): number =>
  confusion.reduce((sum, { expected, predicted, count }) => sum + (expected === predicted ? count : 0), 0)
