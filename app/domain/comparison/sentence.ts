import type { Comparison, ComparisonVerdict, DifferenceEstimate, LeakedComparison } from './comparison'

const minus = '\u2212'

/** 0.0943 → `+9.4`; a true minus sign. What rounds to 0 is `0.0`, without a sign. */
export function formatSignedPoints(share: number): string {
  const digits = Math.abs(share * 100).toFixed(1)
  if (Number(digits) === 0) return digits
  return `${share < 0 ? minus : '+'}${digits}`
}

/** 0.02 → `2 points`, 0.015 → `1.5 points`, 0.01 → `1 point`. */
export function formatMargin(margin: number): string {
  const points = Number((margin * 100).toFixed(2))
  return `${points} ${points === 1 ? 'point' : 'points'}`
}

const formatCount = (count: number): string => count.toLocaleString('en-US')

/** Two figures are enough for an estimate: 237 → 240, 1234 → 1200. */
export function roundAbout(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.ceil(count / step) * step
}

export type SentenceFacts = {
  names: { baseline: string; candidate: string }
  verdict: ComparisonVerdict
  n: number
  fixed: number
  regressed: number
  difference: DifferenceEstimate
  margin: number
  moreCasesNeeded: number | null
  mustPassRegressed: number
  leaked?: LeakedComparison
}

const verdictWords: Record<ComparisonVerdict, string> = {
  better: 'better',
  'not-worse': 'not worse',
  worse: 'worse',
  inconclusive: 'inconclusive',
}

/** "7 cases are quoted in a prompt and left out; with them: 48 fixed, …". */
export function writeLeakSentence({ n, counted, ...other }: LeakedComparison): string {
  const figures = counted ? other.without : other.with
  const cases = n === 1 ? '1 case is' : `${formatCount(n)} cases are`
  const lead = `${cases} quoted in a prompt and ${counted ? 'counted all the same' : 'left out'}`
  if (!figures) return `${lead}.`
  const { fixed, regressed, difference, verdict } = figures
  const points = difference.estimate === null ? 'no difference to tell' : `${formatSignedPoints(difference.estimate)} points`
  return `${lead}; ${counted ? 'without' : 'with'} them: ${formatCount(fixed)} fixed, ${formatCount(regressed)} regressed of ${formatCount(figures.n)}, ${points}, ${verdictWords[verdict]}.`
}

/**
 * What the comparison says, in one sentence that a lead can act on; regressions of zero-tolerance cases and cases left out because a prompt
 * quotes them follow in sentences of their own.
 */
export function writeSentence({
  names,
  verdict,
  n,
  fixed,
  regressed,
  difference,
  margin,
  moreCasesNeeded,
  mustPassRegressed,
  leaked,
}: SentenceFacts): string {
  const { baseline, candidate } = names
  const { estimate, lower, upper, confidence } = difference
  const quoted = leaked ? ` ${writeLeakSentence(leaked)}` : ''
  if (n === 0 || estimate === null || lower === null || upper === null)
    return `${candidate} and ${baseline} cannot be compared: no${leaked?.counted === false ? ' other' : ''} case has a score on both sides.${quoted}`
  const flips =
    fixed + regressed === 0 ? `no case changed in ${formatCount(n)}` : `${formatCount(fixed)} fixed, ${formatCount(regressed)} regressed`
  const figures = `${flips}, ${formatSignedPoints(estimate)} points, ${Number((confidence * 100).toFixed(2))}% CI ${formatSignedPoints(lower)} to ${formatSignedPoints(upper)}`
  const more =
    moreCasesNeeded === null
      ? 'no realistic number of cases would settle it'
      : `about ${formatCount(roundAbout(moreCasesNeeded))} more cases would settle it`
  const sentences: Record<ComparisonVerdict, string> = {
    better: `${candidate} is better than ${baseline}: ${figures}.`,
    'not-worse':
      upper < 0
        ? `${candidate} is slightly worse than ${baseline}, but within the margin of ${formatMargin(margin)}: ${figures}.`
        : `${candidate} is not worse than ${baseline} by the margin of ${formatMargin(margin)}: ${figures}.`,
    worse: `${candidate} is worse than ${baseline}: ${figures}.`,
    inconclusive: `Cannot tell yet whether ${candidate} is better than ${baseline}: ${figures}; ${more}.`,
  }
  const zeroTolerance =
    mustPassRegressed === 0
      ? ''
      : ` ${formatCount(mustPassRegressed)} zero-tolerance ${mustPassRegressed === 1 ? 'case' : 'cases'} regressed.`
  return sentences[verdict] + zeroTolerance + quoted
}

type NamedSide = Pick<Comparison['baseline'], 'promptVersion' | 'promptHash' | 'model' | 'withoutContext'>

/** What the sides are called: by version, by text where there is none, with the model where that is what sets them apart. */
export function nameSides(baseline: NamedSide, candidate: NamedSide): { baseline: string; candidate: string } {
  const versionOf = (side: NamedSide) =>
    side.promptVersion === null ? `the text ${side.promptHash.slice(0, 12)}` : `v${side.promptVersion}`
  const names = { baseline: versionOf(baseline), candidate: versionOf(candidate) }
  if (names.baseline !== names.candidate) return names
  if (baseline.model !== candidate.model)
    return { baseline: `${names.baseline} with ${baseline.model}`, candidate: `${names.candidate} with ${candidate.model}` }
  const context = (side: NamedSide) => (side.withoutContext ? 'without context' : 'with context')
  if (context(baseline) !== context(candidate))
    return { baseline: `${names.baseline} ${context(baseline)}`, candidate: `${names.candidate} ${context(candidate)}` }
  return { baseline: `the first replay of ${names.baseline}`, candidate: `the second` }
}
