import { requireFinite, requireNonNegative, requireSameLength } from './checks'
import { sum } from './descriptive'

/** cost[truth][predicted], in the policy's own unit. */
export type CostMatrix = Record<string, Record<string, number>>

export function costOf(cost: CostMatrix, truth: string, predicted: string): number {
  const value = Object.hasOwn(cost, truth) && Object.hasOwn(cost[truth] ?? {}, predicted) ? cost[truth]?.[predicted] : undefined
  if (value === undefined)
    throw new RangeError(`cost must name every pair of labels, got none for truth "${truth}" and predicted "${predicted}"`)
  requireFinite(`cost["${truth}"]["${predicted}"]`, value)
  return value
}

/** Row-major costs of every pair of labels. */
export const flattenCosts = (cost: CostMatrix, labels: readonly string[]): Float64Array =>
  Float64Array.from(labels.flatMap((truth) => labels.map((predicted) => costOf(cost, truth, predicted))))

/**
 * What the errors cost (cost-sensitive learning, Elkan 2001): total = Σ wᵢ C[tᵢ][pᵢ], perCase = total / Σ wᵢ, worst = the total had every
 * case been answered in the costliest way, normalised = total / worst.
 *
 * @param input weights per case ≥ 0, or null: all 1.
 * @returns in the unit of the matrix; perCase and normalised null where they would be 0/0.
 * @throws RangeError for a pair without a cost, a negative weight, or arrays of unequal length.
 */
export function severityWeightedCost(input: {
  truth: readonly string[]
  predicted: readonly string[]
  cost: CostMatrix
  weights?: readonly number[] | null
}): { total: number; perCase: number | null; worst: number; normalised: number | null } {
  const { truth, predicted, cost, weights } = input
  requireSameLength('truth', truth, 'predicted', predicted)
  if (weights) requireSameLength('weights', weights, 'truth', truth)
  const costliest = new Map<string, number>()
  const costs: number[] = []
  const worstCosts: number[] = []
  const caseWeights: number[] = []
  for (const [index, expected] of truth.entries()) {
    const weight = weights ? (weights[index] as number) : 1
    requireNonNegative(`weights[${index}]`, weight)
    const paid = costOf(cost, expected, predicted[index] as string)
    let highest = costliest.get(expected)
    if (highest === undefined) {
      highest = Math.max(...Object.values(cost[expected] ?? {}))
      costliest.set(expected, highest)
    }
    costs.push(weight * paid)
    worstCosts.push(weight * highest)
    caseWeights.push(weight)
  }
  const total = sum(costs)
  const worst = sum(worstCosts)
  const weightSum = sum(caseWeights)
  return { total, perCase: weightSum === 0 ? null : total / weightSum, worst, normalised: worst === 0 ? null : total / worst }
}
