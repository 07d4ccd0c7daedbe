import { formatCoefficient, formatCount, formatPercent, formatPoints, formatPointsInterval, formatQuantity, statePValue } from '../figures'
import { unscoredReasons } from '../verdict/verdict'
import type { Comparison, DifferenceEstimate, EpochSide, FlipKind, PairedShare, RelabellingKind, RevisionStep } from './comparison'
import { smallestShift } from './decide-verdict'
import { roundAbout } from './sentence'

/** One more thing that speaks for or against the verdict, in words. `cases` narrows the flips to those it speaks of; null: of none. */
export type EvidenceLine = { name: string; text: string; cases: EvidenceCases | null }
type EvidenceCases = { flip?: FlipKind[]; mustPass?: boolean; noise?: boolean; relabelling?: RelabellingKind; flipByNewLabels?: FlipKind }

type Facts = Pick<Comparison, 'n' | 'flips' | 'difference' | 'margin' | 'verdict' | 'moreCasesNeeded'> &
  Partial<Omit<Comparison, 'baseline' | 'candidate'>> & {
    baseline?: Pick<Comparison['baseline'], 'unscored' | 'wrongRule'>
    candidate?: Pick<Comparison['candidate'], 'unscored' | 'wrongRule'>
  }
type Add = (name: string, text: string, cases?: EvidenceCases | null) => void

/** What stands beside the difference, on the page, at the terminal and in every report: only what this comparison has something to say about. */
export function describeEvidence(comparison: Facts): EvidenceLine[] {
  const lines: EvidenceLine[] = []
  const add: Add = (name, text, cases = null) => lines.push({ name, text, cases })
  describeLeaks(comparison, add)
  describeRevisions(comparison, add)
  describeWhatNTells(comparison, add)
  describeErrors(comparison, add)
  describeUnscored(comparison, add)
  describeSteadiness(comparison, add)
  return lines
}

/** Cases that a prompt quotes: what became of them, and where they count. */
function describeLeaks({ leaked, flips }: Facts, add: Add): void {
  if (!leaked) return
  const { n, counted, quotedByBaseline, quotedByCandidate, flips: became } = leaked
  add(
    'Quoted in a prompt',
    `${formatQuantity(n, 'case')}: ${formatCount(quotedByBaseline)} in the baseline’s, ${formatCount(quotedByCandidate)} in the candidate’s; ${formatCount(became.fixed)} fixed, ${formatCount(became.regressed)} regressed, ${formatCount(became.stillRight)} still right, ${formatCount(became.stillWrong)} still wrong. ${counted ? 'Counted in every figure, as was asked.' : 'In no figure but zero tolerance, cost and latency.'}`,
    flips.leaked ? { flip: ['leaked'] } : null,
  )
}

const stepWords: Record<RevisionStep['step'], string> = {
  baseline: '',
  removed: 'removed cases',
  relabelled: 'relabelling',
  prompt: 'the prompt',
  added: 'added cases',
}

/** Across revisions: what the prompt changed, and what the golden set's change did. */
function describeRevisions({ revisions }: Facts, add: Add): void {
  if (!revisions) return
  const { steps, relabelling, prompt, candidateRevision, rewritten } = revisions
  const changes = steps.slice(1).map(({ step, change }) => `${stepWords[step]} ${formatPoints(change)}`)
  add(
    'Across revisions',
    `Accuracy ${formatPercent(steps[0]?.accuracy)} → ${formatPercent(steps.at(-1)?.accuracy)}, in points: ${changes.join(', ')}.${rewritten > 0 ? ` ${formatQuantity(rewritten, 'case')} with other content count as removed and as added.` : ''}`,
  )
  add(
    'Relabelling alone',
    `${formatQuantity(relabelling.cases, 'case')} relabelled: ${formatCount(relabelling.becameRight)} of the baseline’s answers became right, ${formatCount(relabelling.becameWrong)} became wrong, ${formatCount(relabelling.sameOutcome)} stayed what they were; ${formatCount(relabelling.labelled)} newly labelled, ${formatCount(relabelling.unlabelled)} no longer.`,
    relabelling.cases > 0 ? { flip: ['relabelled'] } : null,
  )
  add(
    'The prompt alone',
    `By the labels of revision ${candidateRevision}: ${formatCount(prompt.fixed)} fixed, ${formatCount(prompt.regressed)} regressed of ${formatCount(prompt.n)}: ${describeDifference(prompt.difference)}, ${statePValue(prompt.pValue)}, ${prompt.verdict.replace('-', ' ')}.`,
  )
}

/** What so many cases can show, and how many more would settle it. */
function describeWhatNTells({ n, flips, difference, margin, verdict, moreCasesNeeded, power }: Facts, add: Add): void {
  if (verdict === 'inconclusive' && n > 0)
    add(
      'Cases needed',
      moreCasesNeeded === null
        ? 'No realistic number of further cases would settle it.'
        : `About ${formatCount(roundAbout(moreCasesNeeded))} more cases like these would settle it (80% power, at the rates of flips seen).`,
    )
  if (power)
    add(
      'Power',
      `With ${formatPercent(power.discordance)} of the cases flipping, ${formatQuantity(n, 'case')} had a chance of ${formatPercent(power.power, 0)} to show a loss of ${formatPointsSize(power.shift)} points.`,
    )
  if (n === 0) return
  const shift = smallestShift({ fixed: flips.fixed, regressed: flips.regressed, n }, difference.confidence)
  add(
    'Smallest shift it could show',
    shift === null
      ? 'n/a: so few flips show no shift with 80% power.'
      : `±${formatPointsSize(shift)} points, with 80% power at the share of flips seen; the margin is ${formatPointsSize(margin)}.`,
  )
}

/** The errors apart: zero tolerance, over and under, what they cost, the wrong rule, precision in production. */
function describeErrors(
  { mustPass, enforcement, cost, macroF1, precisionAtPrevalence, baseline, candidate, flipRates, n }: Facts,
  add: Add,
): void {
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
  if (cost)
    add(
      'Error cost of a case',
      `${formatCoefficient(cost.baseline)} → ${formatCoefficient(cost.candidate)}, difference ${formatSigned(cost.difference.estimate)}, bootstrap interval ${formatSigned(cost.difference.lower)} to ${formatSigned(cost.difference.upper)} (below 0 is cheaper).`,
    )
  if (macroF1 && macroF1.n > 0)
    add(
      'Macro-F1, same cases',
      `${formatCoefficient(macroF1.baseline)} → ${formatCoefficient(macroF1.candidate)}, difference ${formatSigned(macroF1.difference.estimate)}, bootstrap interval ${formatSigned(macroF1.difference.lower)} to ${formatSigned(macroF1.difference.upper)}, ${statePValue(macroF1.pValue.value)} (${macroF1.pValue.method}).`,
    )
  if (precisionAtPrevalence)
    add(
      'Precision in production',
      `Where ${formatPercent(precisionAtPrevalence.prevalence)} of the items violate: ${formatPercent(precisionAtPrevalence.baseline)} → ${formatPercent(precisionAtPrevalence.candidate)}.`,
    )
  if (baseline && candidate && baseline.wrongRule + candidate.wrongRule > 0)
    add('Right label, wrong rule', `${formatCount(baseline.wrongRule)} → ${formatQuantity(candidate.wrongRule, 'case')}.`)
  if (flipRates && n > 0)
    add(
      'Flips as shares',
      `${formatPercent(flipRates.churn)} of all cases flipped; ${formatPercent(flipRates.adverseCorrectionRate)} of what was right broke, ${formatPercent(flipRates.beneficialCorrectionRate)} of what was wrong was repaired.`,
      { flip: ['regressed', 'fixed'] },
    )
}

function describeUnscored({ unscored, flips, baseline, candidate }: Facts, add: Add): void {
  if (!unscored || unscored.baseline === null || unscored.candidate === null) return
  if (unscored.baseline + unscored.candidate === 0) return add('Without a score', 'None: every case has a score on both sides.')
  const difference = unscored.difference?.estimate == null ? '' : ` (${describeDifference(unscored.difference)})`
  const reasons = unscoredReasons.flatMap((reason) => {
    const [before, after] = [baseline?.unscored[reason] ?? 0, candidate?.unscored[reason] ?? 0]
    return before + after === 0 ? [] : [`${reason} ${formatCount(before)} → ${formatCount(after)}`]
  })
  add(
    'Without a score',
    `${formatPercent(unscored.baseline)} → ${formatPercent(unscored.candidate)}${difference}; ${formatCount(unscored.onlyBaseline)} only before, ${formatCount(unscored.onlyCandidate)} only now, ${statePValue(unscored.pValue)}${reasons.length === 0 ? '' : `; by reason: ${reasons.join(', ')}`}.`,
    flips.unscored > 0 ? { flip: ['unscored'] } : null,
  )
}

/** How much of it is the model's own unsteadiness, and how far cases are independent. */
function describeSteadiness({ n, difference, noise, epochs, clusters }: Facts, add: Add): void {
  if (noise)
    add(
      'Noise',
      `Noise floor ${formatPercent(noise.rate)}: ${formatCount(noise.flips)} of ${formatQuantity(noise.n, 'case')} flip when the same version is asked again (replay ${noise.replay}); ${formatCount(noise.regressedByNoise)} of the regressions and ${formatCount(noise.fixedByNoise)} of the fixes are among them.`,
      { noise: true },
    )
  else add('Noise', 'Not measured: replay either version again to learn how many flips are the model’s own unsteadiness.')
  if (epochs) {
    add(
      'Over all epochs',
      `${describeDifference(epochs.difference)}, errors clustered by ${clusters ? 'group of near duplicates' : 'case'} (${formatQuantity(epochs.clusters, 'cluster')}), since answers within one depend on each other${epochs.warning === undefined ? '' : `; ${epochs.warning}`}.`,
    )
    add('Steadiness before', describeSide(epochs.baseline))
    add('Steadiness now', describeSide(epochs.candidate))
  }
  if (clusters)
    add(
      'Near duplicates',
      `The ${formatQuantity(n, 'case')} form ${formatQuantity(clusters.clusters, 'group')}, since near duplicates are right or wrong together: counted by group the interval is ${formatPointsInterval(withinPossible(clusters))} points, where it is ${formatPointsInterval(difference)} case by case (design effect ${formatCoefficient(clusters.designEffect, 2)}).`,
    )
  else if (clusters === null) add('Near duplicates', 'Not looked for in a set of this size: the interval takes every case for itself.')
}

function describeShare({ n, baseline, candidate, difference, pValue }: PairedShare): string {
  return `${formatPercent(baseline)} → ${formatPercent(candidate)} of ${formatQuantity(n, 'case')}: ${describeDifference(difference)}, ${statePValue(pValue)}.`
}

const describeSide = ({ epochs, unsteady, disagreement, passHatK }: EpochSide): string =>
  `Asked ${formatQuantity(epochs, 'time')}; ${formatPercent(unsteady)} of the cases are answered unsteadily, two answers differ ${formatPercent(disagreement)} of the time, all ${passHatK.length} are right in ${formatPercent(passHatK.at(-1))}.`

const describeDifference = (difference: DifferenceEstimate): string =>
  `${formatPoints(difference.estimate)} points, CI ${formatPointsInterval(difference)}`

/** Few clusters make an interval wider than any difference can be. */
const withinPossible = ({ lower, upper }: { lower: number | null; upper: number | null }) => ({
  lower: lower === null ? null : Math.max(-1, lower),
  upper: upper === null ? null : Math.min(1, upper),
})

const formatPointsSize = (share: number): string => (share * 100).toFixed(1)

const formatSigned = (value: number | null): string =>
  value !== null && Number(value.toFixed(3)) > 0 ? `+${formatCoefficient(value)}` : formatCoefficient(value)
