import { clusteredPairedDifference, epochs, pairwiseFlipMulticlass } from '../statistics'
import type { EpochComparison, EpochSide } from './comparison'
import type { JudgedSide } from './flips'

/** Repeated answers of both sides: how steady each is, and the difference with errors clustered by case. */
export function createEpochAccumulator() {
  const sides = { baseline: createSide(), candidate: createSide() }
  const differences: number[] = []
  const clusters: string[] = []

  return {
    /** `cluster`: of near duplicates; by default the case alone. */
    add(caseId: string, baseline: JudgedSide, candidate: JudgedSide, cluster = caseId): void {
      const before = sides.baseline.add(baseline)
      const after = sides.candidate.add(candidate)
      if (before === null || after === null) return
      differences.push(after - before)
      clusters.push(cluster)
    },
    /** Undefined where no case was answered more than once. */
    finish(confidence: number): EpochComparison | undefined {
      if (sides.baseline.most < 2 && sides.candidate.most < 2) return undefined
      const {
        estimate,
        lower,
        upper,
        se,
        clusters: count,
        method,
        warning,
      } = clusteredPairedDifference({ differences, clusters, confidence })
      return {
        baseline: sides.baseline.finish(),
        candidate: sides.candidate.finish(),
        difference: { estimate, lower, upper, confidence, method },
        standardError: se,
        clusters: count,
        ...(warning === undefined ? {} : { warning }),
      }
    },
  }
}

function createSide() {
  const trials: Array<Array<0 | 1>> = []
  const verdicts: string[][] = []
  let most = 0
  return {
    get most() {
      return most
    },
    /** Share of this case's scored answers that are right; null when none is scored. */
    add({ outcome, epochs: answers }: JudgedSide): number | null {
      if (!answers) return outcome === 'correct' ? 1 : outcome === 'wrong' ? 0 : null
      most = Math.max(most, answers.length)
      const scored = answers.flatMap(({ right }) => (right === null ? [] : [right]))
      verdicts.push(answers.map(({ answer }) => answer))
      if (scored.length === 0) return null
      trials.push(scored)
      return scored.reduce<number>((sum, right) => sum + right, 0) / scored.length
    },
    finish(): EpochSide {
      const summary = epochs({ trials })
      const answers = pairwiseFlipMulticlass({ verdicts })
      return {
        epochs: Math.max(1, most),
        meanAccuracy: summary.mean,
        standardError: summary.seMean,
        within: summary.within,
        between: summary.between,
        unsteady: answers.flipRateAny,
        disagreement: answers.flipRatePairwise,
        entropyBits: answers.meanEntropyBits,
        passHatK: summary.passHatK,
        passAtK: summary.passAtK,
      }
    },
  }
}
