import type { Comparison, DifferenceEstimate, EpochSide, PairedShare } from '~/domain/comparison/comparison'
import { count, decimal, percent, points } from './format-figures'
import { inert } from './terminal'

const interval = ({ estimate, lower, upper }: DifferenceEstimate): string =>
  `${points(estimate)} points${lower === null ? '' : ` (${points(lower)} to ${points(upper)})`}`

/** What stands behind the difference, a line each: the errors apart, noise, epochs, clusters, zero tolerance, power. */
export function describeEvidence(comparison: Comparison): string[] {
  const { enforcement, flipRates, noise, epochs, clusters, mustPass, power, unscored, precisionAtPrevalence, cost } = comparison
  const lines: string[] = []
  const errors = (name: string, { n, difference, pValue }: PairedShare) => {
    if (n > 0) lines.push(`${name} ${interval(difference)} over ${count(n)} cases; p = ${decimal(pValue, 4)}.`)
  }
  if (enforcement) {
    errors('Over-enforcement', enforcement.over)
    errors('Under-enforcement', enforcement.under)
  }
  if (flipRates && comparison.n > 0)
    lines.push(
      `Flips: ${percent(flipRates.churn)} of all cases; ${percent(flipRates.adverseCorrectionRate)} of what was right was broken, ${percent(flipRates.beneficialCorrectionRate)} of what was wrong was fixed.`,
    )
  if (unscored?.difference && (unscored.onlyBaseline > 0 || unscored.onlyCandidate > 0))
    lines.push(`Without a score: ${interval(unscored.difference)}; p = ${decimal(unscored.pValue, 4)}.`)
  if (cost)
    lines.push(
      `Mean cost of an error: ${decimal(cost.baseline)} → ${decimal(cost.candidate)}, ${decimal(cost.difference.estimate)} (${decimal(cost.difference.lower)} to ${decimal(cost.difference.upper)}).`,
    )
  if (precisionAtPrevalence)
    lines.push(
      `Precision where ${percent(precisionAtPrevalence.prevalence)} of the items violate: ${percent(precisionAtPrevalence.baseline)} → ${percent(precisionAtPrevalence.candidate)}.`,
    )
  if (mustPass && mustPass.total > 0)
    lines.push(
      `Zero tolerance: ${count(mustPass.regressed)} of ${count(mustPass.total)} regressed; at most ${percent(mustPass.regressedAtMost ?? null)} of such cases do.`,
    )
  if (noise)
    lines.push(
      `Noise floor (${inert(noise.replay)}): ${count(noise.flips)} of ${count(noise.n)} answers (${percent(noise.rate)}) differ when the same version is replayed again; of the flips here, ${count(noise.fixedByNoise)} fixed and ${count(noise.regressedByNoise)} regressed are of such cases.`,
    )
  if (epochs) {
    const steadiness = ({ epochs: k, unsteady, disagreement, passHatK }: EpochSide) =>
      `${k} epochs, ${percent(unsteady)} of cases not unanimous, two answers differ ${percent(disagreement)} of the time, all ${passHatK.length} right in ${percent(passHatK.at(-1) ?? null)}`
    lines.push(
      `Baseline: ${steadiness(epochs.baseline)}.`,
      `Candidate: ${steadiness(epochs.candidate)}.`,
      `Over all epochs, errors clustered by case: ${interval(epochs.difference)}, ${count(epochs.clusters)} clusters${epochs.warning ? `; ${inert(epochs.warning)}` : ''}.`,
    )
  }
  if (clusters)
    lines.push(
      `Near duplicates as one (${count(clusters.clusters)} groups): ${points(clusters.lower)} to ${points(clusters.upper)} points, design effect ${decimal(clusters.designEffect)}.`,
    )
  if (power)
    lines.push(
      `Power: a loss of ${points(power.shift).replace('+', '')} points would have shown as worse ${percent(power.power)} of the time with this many cases.`,
    )
  return lines
}
