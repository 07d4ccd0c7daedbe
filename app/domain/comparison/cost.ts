import type { ErrorCost } from '../policy/policy'
import { twoSidedZ } from '../statistics/special-functions/normal-distribution'
import type { ExpectedVerdict } from '../verdict/verdict'
import type { CostComparison } from './comparison'

/** What a verdict costs where another was right: the entry for the severity, else the one without a severity, else 0. */
export function createCostLookup(
  errorCosts: readonly ErrorCost[],
): (expected: Pick<ExpectedVerdict, 'label' | 'severity'>, predicted: string) => number {
  const key = (...parts: string[]) => parts.join('\u0000')
  const costs = new Map(errorCosts.map((entry) => [key(entry.expected, entry.predicted, entry.severity ?? ''), entry.cost]))
  return ({ label, severity }, predicted) => {
    if (label === null) return 0
    return costs.get(key(label, predicted, severity ?? '')) ?? costs.get(key(label, predicted, '')) ?? 0
  }
}

/**
 * Error costs of both sides over the compared cases: mean cost of a case, and candidate − baseline with its interval. Cases are counted by
 * how their costs differ, so that memory and time do not grow with them.
 */
export function createCostAccumulator(
  errorCosts: readonly ErrorCost[],
  seed: number,
): { add(expected: ExpectedVerdict, before: string, after: string): void; finish(confidence: number): CostComparison } {
  const costOf = createCostLookup(errorCosts)
  const differences = new Map<number, number>()
  let n = 0
  let baselineTotal = 0
  let candidateTotal = 0
  return {
    add(expected, before, after) {
      const [baseline, candidate] = [costOf(expected, before), costOf(expected, after)]
      n++
      baselineTotal += baseline
      candidateTotal += candidate
      differences.set(candidate - baseline, (differences.get(candidate - baseline) ?? 0) + 1)
    },
    finish(confidence) {
      const mean = n === 0 ? null : (candidateTotal - baselineTotal) / n
      let squares = 0
      for (const [difference, count] of differences) squares += count * (difference - (mean ?? 0)) ** 2
      const half = mean === null || n < 2 ? null : twoSidedZ(confidence) * Math.sqrt(squares / (n - 1) / n)
      return {
        n,
        baseline: n === 0 ? null : baselineTotal / n,
        candidate: n === 0 ? null : candidateTotal / n,
        difference: {
          estimate: mean,
          lower: mean === null || half === null ? null : mean - half,
          upper: mean === null || half === null ? null : mean + half,
          confidence,
          method: 'normal',
        },
        resamples: 0,
        seed,
      }
    },
  }
}
