import { adjustPValues, cochranQ, nonInferiorityPaired, wilsonInterval } from '../statistics'
import type { Outcome } from '../verdict/verdict'
import { checkComparisonOptions } from './compare'
import type { ComparisonSide, ComparisonVerdict, DifferenceEstimate } from './comparison'
import { estimateDifference, fewCases, testDifference } from './decide-verdict'
import { isScored } from './flips'

/** A smaller share of cases without a score is not worth a warning. */
const noticeable = 0.01

export type ManyVersionFacts = Pick<ComparisonSide, 'replay' | 'promptVersion' | 'promptHash' | 'goldenRevision' | 'model'>

export type ManyVersion = ManyVersionFacts & {
  name: string
  /** Cases of this replay with a score, and labelled ones without; the accuracy is over the cases that all versions share. */
  scored: number
  unscored: number
  correct: number
  accuracy: number | null
  accuracyInterval: { lower: number; upper: number; confidence: number } | null
}

export type ManyPair = {
  /** Replays, the earlier one in the list as the baseline. */
  baseline: string
  candidate: string
  fixed: number
  regressed: number
  difference: DifferenceEstimate
  pValue: number | null
  /** By Holm over all pairs. */
  pAdjusted: number | null
  verdict: ComparisonVerdict
}

/** The `touchstone.comparison-many/1` document. */
export type ManyComparison = {
  schema: 'touchstone.comparison-many/1'
  /** Cases that every version has, with the same expected verdict and a score in each. */
  n: number
  versions: ManyVersion[]
  /** "All versions are right equally often." */
  cochranQ: { q: number | null; df: number | null; p: number | null }
  pairs: ManyPair[]
  margin: number
  confidence: number
  sentence: string
  warnings: string[]
  /** Cases that a prompt of any version quotes: in no figure. Where there are any. */
  leaked?: { n: number }
}

/**
 * Compares any number of versions over the cases that all of them share. Cochran's Q says whether they differ at all; each pair is judged as
 * two versions are, but with p of McNemar's test and of the test of non-inferiority adjusted over all pairs (Holm 1979), so that looking at
 * many pairs makes no false finding likelier than α. Intervals are not adjusted.
 *
 * @param input cases: what became of each case in each version, in the order of `versions`; null where a version does not have it or was
 * asked for another expected verdict.
 * @throws RangeError for fewer than two versions, a row of another length, margin or confidence out of range.
 */
export function compareMany(input: {
  versions: readonly ManyVersionFacts[]
  cases: Iterable<ReadonlyArray<Outcome | null>>
  margin?: number
  confidence?: number
  warnings?: readonly string[]
  leaked?: { n: number }
}): ManyComparison {
  const { versions, margin = 0.02, confidence = 0.95, warnings = [], leaked } = input
  checkComparisonOptions({ margin, confidence })
  if (versions.length < 2) throw new RangeError(`there must be at least two versions to compare, got ${versions.length}`)
  const scored = versions.map(() => 0)
  const unscored = versions.map(() => 0)
  const shared: Array<Array<0 | 1>> = []
  for (const outcomes of input.cases) {
    if (outcomes.length !== versions.length) throw new RangeError(`a case must have ${versions.length} outcomes, got ${outcomes.length}`)
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === null || outcome === 'unlabelled') continue
      const counts = isScored(outcome) ? scored : unscored
      counts[index] = (counts[index] ?? 0) + 1
    }
    if (outcomes.every((outcome) => outcome !== null && isScored(outcome)))
      shared.push(outcomes.map((outcome) => (outcome === 'correct' ? 1 : 0)))
  }
  const n = shared.length
  const names = nameVersions(versions)
  const rows = versions.map((version, index): ManyVersion => {
    const correct = shared.reduce((sum, row) => sum + (row[index] ?? 0), 0)
    return {
      ...version,
      name: names[index] ?? version.replay,
      scored: scored[index] ?? 0,
      unscored: unscored[index] ?? 0,
      correct,
      accuracy: n === 0 ? null : correct / n,
      accuracyInterval: n === 0 ? null : { ...wilsonInterval({ successes: correct, n, confidence }), confidence },
    }
  })
  const overall = cochranQ({ correct: shared })
  const pairs = judgePairs(versions, shared, margin, confidence)
  return {
    schema: 'touchstone.comparison-many/1',
    n,
    versions: rows,
    cochranQ: overall,
    pairs,
    margin,
    confidence,
    sentence: writeManySentence(rows, overall.p, n, 1 - confidence),
    warnings: [
      ...warnings,
      ...warnOfUnscored(rows),
      ...(n > 0 && n < fewCases ? [`Only ${n} ${n === 1 ? 'case is' : 'cases are'} shared by all versions.`] : []),
    ],
    ...(leaked ? { leaked } : {}),
  }
}

/** A version that leaves cases without a score takes them out of the comparison of all. */
function warnOfUnscored(versions: readonly ManyVersion[]): string[] {
  return versions
    .filter(({ scored, unscored }) => unscored > noticeable * (scored + unscored))
    .map(
      ({ name, scored, unscored }) =>
        `${name} gave no score to ${unscored.toLocaleString('en-US')} of ${(scored + unscored).toLocaleString('en-US')} cases; they are left out for every version.`,
    )
}

function judgePairs(
  versions: readonly ManyVersionFacts[],
  shared: ReadonlyArray<ReadonlyArray<0 | 1>>,
  margin: number,
  confidence: number,
): ManyPair[] {
  const n = shared.length
  const alpha = 1 - confidence
  const pairs = versions.flatMap((baseline, first) =>
    versions.slice(first + 1).map((candidate, offset) => {
      const second = first + 1 + offset
      let fixed = 0
      let regressed = 0
      for (const row of shared) {
        if (row[first] === row[second]) continue
        if (row[second] === 1) fixed++
        else regressed++
      }
      return { baseline: baseline.replay, candidate: candidate.replay, fixed, regressed }
    }),
  )
  const pValues = pairs.map(({ fixed, regressed }) => testDifference({ fixed, regressed, n }).value)
  const adjusted = adjustPValues({ p: pValues, alpha }).holm.adjusted
  const notWorse = adjustPValues({
    p: pairs.map(({ fixed, regressed }) =>
      n < fewCases ? null : nonInferiorityPaired({ n10: fixed, n01: regressed, n, margin, alpha: alpha / 2 }).pOneSided,
    ),
  }).holm.adjusted
  return pairs.map((pair, index) => {
    const difference = estimateDifference({ ...pair, n }, confidence)
    const pAdjusted = adjusted[index] ?? null
    return {
      ...pair,
      difference,
      pValue: pValues[index] ?? null,
      pAdjusted,
      verdict: decidePair(difference, pAdjusted, notWorse[index] ?? null, alpha),
    }
  })
}

function decidePair(
  { estimate, lower }: DifferenceEstimate,
  pAdjusted: number | null,
  pNotWorse: number | null,
  alpha: number,
): ComparisonVerdict {
  if (estimate === null || lower === null || pAdjusted === null) return 'inconclusive'
  if (pAdjusted < alpha && lower > 0) return 'better'
  if (pNotWorse !== null && pNotWorse < alpha / 2) return 'not-worse'
  return pAdjusted < alpha && estimate < 0 ? 'worse' : 'inconclusive'
}

/** By version, with the model where they differ in it, and by replay where that is not enough. */
function nameVersions(versions: readonly ManyVersionFacts[]): string[] {
  const oneModel = new Set(versions.map((version) => version.model)).size === 1
  const names = versions.map(({ promptVersion, promptHash, model }) => {
    const name = promptVersion === null ? `text ${promptHash.slice(0, 12)}` : `v${promptVersion}`
    return oneModel ? name : `${name} with ${model}`
  })
  return names.map((name, index) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}, replay ${versions[index]?.replay}`))
}

function writeManySentence(versions: readonly ManyVersion[], p: number | null, n: number, alpha: number): string {
  if (n === 0) return `The ${versions.length} versions cannot be compared: no case has a score in all of them.`
  const best = versions.reduce((ahead, version) => (version.correct > ahead.correct ? version : ahead))
  const ties = versions.filter((version) => version.correct === best.correct).map((version) => version.name)
  const figure = `${((best.accuracy ?? 0) * 100).toFixed(1)}% of ${n.toLocaleString('en-US')} shared cases right`
  const lead = `${ties.join(' and ')} ${ties.length === 1 ? 'is' : 'are'} ahead with ${figure}`
  if (p === null || p >= alpha) return `No difference between the ${versions.length} versions can be told from noise; ${lead}.`
  return `The ${versions.length} versions differ; ${lead}. Each pair is judged below.`
}
