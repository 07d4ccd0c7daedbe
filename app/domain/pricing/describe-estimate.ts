import { formatCost, formatCount, formatDuration } from '../figures'

/** What a run would take, as it is told to people. US dollars; null: not known. */
export type EstimateFigures = {
  calls: number
  cached: number
  inputTokens: number
  outputTokens: number
  costUsd: number | null
  durationMs: number | null
  /** What the unfinished run that would be continued has cost. */
  soFarUsd: number | null
  /** Of the price table that was used. */
  price: { date: string; source: string } | null
  spending: { ceilingUsd: number | null; spentUsd: number; heldUsd: number }
}

/**
 * One line on what a run would take, and whether that fits what it may spend; `budgetUsd` is all that the run may cost. A limit with a price
 * that is not known keeps it from starting.
 */
export function describeEstimate(estimate: EstimateFigures, budgetUsd?: number): string {
  const { calls, cached, inputTokens, outputTokens, costUsd, durationMs, soFarUsd, price, spending } = estimate
  const fromCache = cached > 0 ? ` (${formatCount(cached)} more from the cache)` : ''
  if (calls === 0) return `No calls: ${cached > 0 ? `all ${formatCount(cached)} answers are in the cache` : 'nothing is left to ask'}.`
  const parts = [
    `About ${formatCount(calls)} calls${fromCache}`,
    `${formatCount(inputTokens)} tokens in and ${formatCount(outputTokens)} out`,
    costUsd === null ? 'at a price that is not known' : `${formatCost(costUsd)}${price ? ` at the prices of ${price.date}` : ''}`,
    ...(durationMs === null ? [] : [`${formatDuration(durationMs)} at the usual latency`]),
  ]
  const { ceilingUsd, spentUsd, heldUsd } = spending
  const limits = [
    ...(budgetUsd === undefined
      ? []
      : [
          {
            name: `the budget of ${formatCost(budgetUsd)}${soFarUsd ? `, of which ${formatCost(soFarUsd)} are spent` : ''}`,
            leftUsd: budgetUsd - (soFarUsd ?? 0),
          },
        ]),
    ...(ceilingUsd === null
      ? []
      : [
          {
            name: `the workspace's ceiling of ${formatCost(ceilingUsd)}, of which ${formatCost(spentUsd)} are spent`,
            leftUsd: ceilingUsd - spentUsd - heldUsd,
          },
        ]),
  ]
  const fits = limits.map(({ name, leftUsd }) =>
    costUsd === null
      ? ` It will not start: ${name} cannot be kept where the price is not known.`
      : costUsd <= leftUsd
        ? ` That fits ${name}.`
        : ` That does not fit ${name}: it will stop before it, and can be continued.`,
  )
  return `${parts.join(', ')}.${fits.join('')}`
}
