import type { ClusterComparison, ComparisonSide, ComparisonVerdict, FlipCounts, UnscoredComparison } from './comparison'
import { fewCases } from './decide-verdict'
import { formatSignedPoints } from './sentence'

export type WarningFacts = {
  baseline: ComparisonSide
  candidate: ComparisonSide
  flips: FlipCounts
  n: number
  unscored: UnscoredComparison
  alpha: number
  /** Columns with more values than slices are made of. */
  skippedColumns: readonly string[]
  /** Columns that were asked for and that no case has. */
  emptyColumns: readonly string[]
  verdict: ComparisonVerdict
  /** Cases of one id with other content. */
  rewritten: number
  clusters: ClusterComparison | undefined
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
const list = (values: readonly string[]): string => values.join(', ')

/** Everything that a reader must know before believing the sentence, in plain words. */
export function writeWarnings({
  baseline,
  candidate,
  flips,
  n,
  unscored,
  alpha,
  skippedColumns,
  emptyColumns,
  verdict,
  rewritten,
  clusters,
}: WarningFacts): string[] {
  const warnings: string[] = []
  if ([baseline, candidate].some((side) => side.model.startsWith('touchstone:')))
    warnings.push('The answers come from the rehearsal classifier, which matches words; no figure here is that of a language model.')
  if (baseline.goldenRevision !== candidate.goldenRevision)
    warnings.push(
      `The replays pin revisions ${baseline.goldenRevision} and ${candidate.goldenRevision} of the golden set. Compared are the ${n} cases that both have with the same expected verdict; ` +
        `left out: ${flips.relabelled} relabelled${rewritten > 0 ? ` (${rewritten} of them with other content)` : ''}, ${flips.added} added, ${flips.removed} removed.`,
    )
  if (baseline.model !== candidate.model)
    warnings.push(`The sides used different models, ${baseline.model} and ${candidate.model}: the difference is not the prompt's alone.`)
  const [before, after] = [baseline.providerModels, candidate.providerModels]
  if (before.length && after.length && list(before.toSorted()) !== list(after.toSorted()))
    warnings.push(
      `The provider answered with ${list(before)} for the baseline and ${list(after)} for the candidate: the model may have changed between the replays.`,
    )
  else {
    const [was, is] = [baseline.systemFingerprints ?? [], candidate.systemFingerprints ?? []]
    // One model answers by several configurations at a time: only where none is shared has it changed.
    if (was.length && is.length && !was.some((fingerprint) => is.includes(fingerprint)))
      warnings.push(
        `The provider’s system fingerprint was ${list(was.slice(0, 3))} for the baseline and is ${list(is.slice(0, 3))} for the candidate: what answers may have changed between the replays.`,
      )
  }
  for (const [name, models] of [
    ['baseline', before],
    ['candidate', after],
  ] as const)
    if (models.length > 1) warnings.push(`The provider changed the model during the ${name}: ${list(models)}.`)
  if (unscored.pValue !== null && unscored.pValue < alpha && unscored.baseline !== null && unscored.candidate !== null)
    warnings.push(
      `The share of cases without a score differs: ${percent(unscored.baseline)} in the baseline, ${percent(unscored.candidate)} in the candidate. Accuracy is about the scored cases only.`,
    )
  const { lower = null, upper = null } = clusters ?? {}
  if (clusters && lower !== null && upper !== null && ((verdict === 'better' && lower <= 0) || (verdict === 'worse' && upper >= 0)))
    warnings.push(
      `Some cases are near duplicates of others. With each of the ${clusters.clusters} groups counted as one, the interval is ${formatSignedPoints(lower)} to ${formatSignedPoints(upper)} points and holds 0.`,
    )
  if (n > 0 && n < fewCases) warnings.push(`Only ${n} ${n === 1 ? 'case was' : 'cases were'} compared.`)
  if (skippedColumns.length) warnings.push(`Not sliced by ${list(skippedColumns)}: too many different values.`)
  if (emptyColumns.length) warnings.push(`Not sliced by ${list(emptyColumns)}: no case has a value for it.`)
  return warnings
}
