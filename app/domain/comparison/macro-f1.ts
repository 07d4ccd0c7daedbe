import type { VerdictScheme } from '../policy/verdict-scheme'
import { classificationMetricsOfCells, pairedBootstrapOfCells, pairedRandomizationOfCells, type PairedCell } from '../statistics'
import type { MacroF1Comparison } from './comparison'

const resamples = 10_000
/** So many arrangements take about a tenth of a second. */
const mostEnumerated = 100_000

/**
 * Macro-F1 of both sides over the compared cases, where accuracy hides a rare label: candidate − baseline with a BCa bootstrap interval
 * (Efron 1987; percentile where no correction can be estimated), and p of Fisher's randomisation test, exact up to 100 000 distinguishable
 * arrangements. Cases are counted by expected label and both answers, so that memory and time do not grow with them.
 */
export function createMacroF1Accumulator(
  scheme: VerdictScheme,
  seed: number,
): { add(expected: string, before: string, after: string): void; finish(confidence: number): MacroF1Comparison } {
  const all = scheme.labels.map(({ id }) => id)
  const positions = new Map(all.map((label, position) => [label, position]))
  const k = all.length
  const counts = new Uint32Array(k * k * k)

  return {
    add(expected, before, after) {
      const [truth, a, b] = [positions.get(expected), positions.get(before), positions.get(after)]
      if (truth === undefined || a === undefined || b === undefined) return
      const cell = (truth * k + a) * k + b
      counts[cell] = (counts[cell] ?? 0) + 1
    },
    finish(confidence) {
      const label = (position: number) => all[position] as string
      const cells = Array.from(counts).flatMap((count, cell): PairedCell[] =>
        count === 0
          ? []
          : [{ truth: label(Math.floor(cell / (k * k))), predA: label(Math.floor(cell / k) % k), predB: label(cell % k), count }],
      )
      // As in the figures of each side: a label that nobody expected and nobody said is not in the mean.
      const labels = all.filter((each) => cells.some(({ truth, predA, predB }) => each === truth || each === predA || each === predB))
      const n = cells.reduce((sum, { count }) => sum + count, 0)
      const sideValue = (side: 'predA' | 'predB') =>
        classificationMetricsOfCells({
          cells: cells.map((cell) => ({ truth: cell.truth, predicted: cell[side], count: cell.count })),
          labels,
        }).macroF1
      const choice = { metric: 'macroF1' as const, labels, cells, seed, resamples }
      const bootstrap = n < 2 ? null : pairedBootstrapOfCells({ ...choice, confidence })
      const interval = bootstrap?.bca ?? bootstrap?.percentile ?? null
      const { observed, pTwoSided, method } = pairedRandomizationOfCells({ ...choice, mostEnumerated })
      return {
        n,
        baseline: sideValue('predA'),
        candidate: sideValue('predB'),
        difference: {
          estimate: observed,
          lower: interval?.lower ?? null,
          upper: interval?.upper ?? null,
          confidence,
          method: bootstrap?.bca ? 'BCa bootstrap' : 'percentile bootstrap',
        },
        pValue: { value: pTwoSided, method: method === 'exact' ? 'exact randomisation' : 'randomisation' },
        resamples,
        seed,
      }
    },
  }
}
