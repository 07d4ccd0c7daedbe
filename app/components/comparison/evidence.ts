import {
  formatCoefficient,
  formatCount,
  formatPercent,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  formatQuantity,
} from '~/components/ui/format'
import type { Comparison, PairedShare } from '~/domain/comparison/comparison'
import type { FlipFilter } from './flip-filter-url'

/** One more thing that speaks for or against the verdict, in words; `filter` leads to its cases. */
export type EvidenceLine = { name: string; text: string; filter: FlipFilter | null }

type Facts = Pick<
  Comparison,
  'mustPass' | 'unscored' | 'enforcement' | 'flipRates' | 'noise' | 'epochs' | 'clusters' | 'power' | 'cost' | 'flips'
>

/** What stands beside the difference: only what this comparison has something to say about. */
export function describeEvidence(comparison: Facts): EvidenceLine[] {
  const { mustPass, unscored, enforcement, flipRates, noise, epochs, clusters, power, cost, flips } = comparison
  const lines: EvidenceLine[] = []
  const add = (name: string, text: string, filter: FlipFilter | null = null) => lines.push({ name, text, filter })

  if (mustPass && mustPass.total > 0) {
    const bound =
      mustPass.regressedAtMost == null
        ? ''
        : `; by chance up to ${formatPercent(mustPass.regressedAtMost)} of such cases could still regress`
    add('Zero tolerance', `${formatCount(mustPass.regressed)} of ${formatQuantity(mustPass.total, 'case')} regressed${bound}.`, {
      mustPass: true,
    })
  }
  if (enforcement) {
    add('Over-enforcement, same cases', describeShare(enforcement.over))
    add('Under-enforcement, same cases', describeShare(enforcement.under))
  }
  if (unscored && unscored.baseline !== null && unscored.candidate !== null)
    add(
      'Without a score',
      `${formatPercent(unscored.baseline)} → ${formatPercent(unscored.candidate)}; ${formatCount(unscored.onlyBaseline)} only before, ${formatCount(unscored.onlyCandidate)} only now, p ${withEquals(formatPValue(unscored.pValue))}.`,
      flips.unscored > 0 ? { flip: ['unscored'] } : null,
    )
  if (flipRates)
    add(
      'Flips as shares',
      `${formatPercent(flipRates.churn)} of all cases flipped; ${formatPercent(flipRates.adverseCorrectionRate)} of what was right broke, ${formatPercent(flipRates.beneficialCorrectionRate)} of what was wrong was repaired.`,
      { flip: ['regressed', 'fixed'] },
    )
  if (noise)
    add(
      'Noise',
      `${formatCount(noise.flips)} of ${formatQuantity(noise.n, 'case')} (${formatPercent(noise.rate)}) flip when the same version is asked again; ${formatCount(noise.regressedByNoise)} of the regressions and ${formatCount(noise.fixedByNoise)} of the fixes are among them.`,
      { noise: true },
    )
  else add('Noise', 'Not measured: replay either version again to learn how many flips are the model’s own unsteadiness.')
  if (epochs)
    add(
      'Over all epochs',
      `${formatPoints(epochs.difference.estimate)} points, CI ${formatPointsInterval(epochs.difference)}, errors clustered by case; ${formatPercent(epochs.candidate.unsteady)} of the cases are answered unsteadily now, ${formatPercent(epochs.baseline.unsteady)} before.`,
    )
  if (clusters)
    add(
      'Near duplicates',
      `The cases form ${formatQuantity(clusters.clusters, 'group')}; counted by group the interval is ${formatPointsInterval(clusters)} points (design effect ${formatCoefficient(clusters.designEffect, 2)}).`,
    )
  if (power)
    add(
      'Power',
      `With ${formatPercent(power.discordance)} of the cases flipping, so many cases had a chance of ${formatPercent(power.power, 0)} to show a loss of ${(power.shift * 100).toFixed(1)} points.`,
    )
  if (cost)
    add(
      'Error cost of a case',
      `${formatCoefficient(cost.baseline)} → ${formatCoefficient(cost.candidate)}, bootstrap interval of the difference ${formatCoefficient(cost.difference.lower)} to ${formatCoefficient(cost.difference.upper)} (below 0 is cheaper).`,
    )
  return lines
}

function describeShare({ n, baseline, candidate, difference, pValue }: PairedShare): string {
  return `${formatPercent(baseline)} → ${formatPercent(candidate)} of ${formatQuantity(n, 'case')}: ${formatPoints(difference.estimate)} points, CI ${formatPointsInterval(difference)}, p ${withEquals(formatPValue(pValue))}.`
}

const withEquals = (p: string) => (p.startsWith('<') ? p : `= ${p}`)
