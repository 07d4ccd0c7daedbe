import type { ErrorCost } from '../policy/policy'
import { pairedBootstrapOfCells, severityWeightedCost } from '../statistics'
import type { ExpectedVerdict } from '../verdict/verdict'
import type { CostComparison } from './comparison'

const resamples = 10_000

/** What a verdict costs where another was right: the entry for the severity, else the one without a severity, else 0. */
function createCostLookup(
  errorCosts: readonly ErrorCost[],
): (expected: Pick<ExpectedVerdict, 'label' | 'severity'>, predicted: string) => number {
  const key = (...parts: string[]) => parts.join('\u0000')
  const costs = new Map(errorCosts.map((entry) => [key(entry.expected, entry.predicted, entry.severity ?? ''), entry.cost]))
  return ({ label, severity }, predicted) => {
    if (label === null) return 0
    return costs.get(key(label, predicted, severity ?? '')) ?? costs.get(key(label, predicted, '')) ?? 0
  }
}

type CostCell = { truth: string; expected: ExpectedVerdict; predA: string; predB: string; count: number }

/**
 * Error costs of both sides over the compared cases: mean cost of a case, and candidate − baseline with a percentile bootstrap interval.
 * Cases are counted by expected label, severity and both verdicts, so that memory and time do not grow with them.
 */
export function createCostAccumulator(
  errorCosts: readonly ErrorCost[],
  seed: number,
): { add(expected: ExpectedVerdict, before: string, after: string): void; finish(confidence: number): CostComparison } {
  const costOf = createCostLookup(errorCosts)
  const cells = new Map<string, CostCell>()
  return {
    add(expected, before, after) {
      const truth = `${expected.label} ${expected.severity ?? ''}`
      const key = `${truth}\u0000${before}\u0000${after}`
      const cell = cells.get(key)
      if (cell) cell.count++
      else cells.set(key, { truth, expected, predA: before, predB: after, count: 1 })
    },
    finish(confidence) {
      const all = [...cells.values()]
      const n = all.reduce((sum, cell) => sum + cell.count, 0)
      const predictions = [...new Set(all.flatMap((cell) => [cell.predA, cell.predB]))]
      const expected = new Map(all.map((cell) => [cell.truth, cell.expected]))
      const labels = [...new Set([...expected.keys(), ...predictions])]
      const cost = Object.fromEntries(
        labels.map((truth) => [
          truth,
          Object.fromEntries(labels.map((predicted) => [predicted, costOf(expected.get(truth) ?? { label: null }, predicted)])),
        ]),
      )
      const mean = (side: 'predA' | 'predB') =>
        severityWeightedCost({
          truth: all.map((cell) => cell.truth),
          predicted: all.map((cell) => cell[side]),
          cost,
          weights: all.map((cell) => cell.count),
        }).perCase
      const [baseline, candidate] = [mean('predA'), mean('predB')]
      const interval =
        n < 2 ? null : pairedBootstrapOfCells({ metric: 'cost', labels, cost, cells: all, seed, resamples, confidence }).percentile
      return {
        n,
        baseline,
        candidate,
        difference: {
          estimate: baseline === null || candidate === null ? null : candidate - baseline,
          lower: interval?.lower ?? null,
          upper: interval?.upper ?? null,
          confidence,
          method: 'percentile bootstrap',
        },
        resamples,
        seed,
      }
    },
  }
}
