import type { Comparison, ComparisonSide, ComparisonVerdict } from '../comparison/comparison'
import { decideVerdict, estimateDifference } from '../comparison/decide-verdict'
import { formatMargin, formatSignedPoints } from '../comparison/sentence'
import { evaluateOverallFloors, evaluateSliceCondition } from './gate-floors'
import type { GateConditions } from './gate-conditions'
import { condition, percent } from './gate-result'
import type { GateConditionResult, GateEvaluation } from './gate-result'
import { judgeDifference } from './judge-difference'

/** What the gate must know besides the comparison. Content hashes of the golden set say whether both sides saw the same cases. */
export type GateFacts = {
  /** Trials that have no result yet. */
  missing: { baseline: number; candidate: number }
  golden: { baselineHash: string; candidateHash: string; expectedHash?: string | null }
}

/** Judges a figure that must not be above a ceiling. A figure that is not known cannot pass. */
function ceiling(
  name: string,
  figure: number | null,
  limit: number,
  format: (value: number) => string,
  unknown: string,
): GateConditionResult {
  if (figure === null) return condition(name, 'inconclusive', `n/a, at most ${format(limit)}`, unknown)
  return condition(
    name,
    figure <= limit ? 'pass' : 'fail',
    `${format(figure)}, at most ${format(limit)}`,
    `${format(figure)} is above ${format(limit)}`,
  )
}

/**
 * Judges a comparison against a suite's conditions. Fails closed: a figure that is null, results that are missing, a slice without cases or
 * a golden set that is not the one meant make a condition inconclusive, and one such condition keeps the whole from passing. The whole
 * fails when any condition fails.
 */
export function evaluateGate(conditions: GateConditions, comparison: Comparison, facts: GateFacts): GateEvaluation {
  const results = [
    evaluateResults(facts),
    evaluateGoldenSet(comparison, facts),
    ...evaluateAnswers(conditions, comparison),
    evaluateDifference(conditions, comparison),
    ...evaluateZeroTolerance(conditions, comparison),
    ...evaluateOverallFloors(conditions, comparison.candidate),
    ...conditions.slices.flatMap((slice) => evaluateSliceCondition(slice, conditions, comparison)),
    ...evaluateCeilings(conditions, comparison),
  ]
  const result = results.some((entry) => entry.result === 'fail')
    ? 'fail'
    : results.some((entry) => entry.result === 'inconclusive')
      ? 'inconclusive'
      : 'pass'
  return { result, conditions: results }
}

function evaluateResults({ missing }: GateFacts): GateConditionResult {
  const total = missing.baseline + missing.candidate
  const evidence =
    total === 0
      ? 'every case was answered on both sides'
      : `${missing.baseline} baseline and ${missing.candidate} candidate trials have no result`
  return condition('results', total === 0 ? 'pass' : 'inconclusive', evidence, 'results are missing')
}

function evaluateGoldenSet({ baseline, candidate }: Comparison, { golden }: GateFacts): GateConditionResult {
  const short = (hash: string) => hash.slice(0, 12)
  const same = golden.baselineHash === golden.candidateHash && baseline.goldenRevision === candidate.goldenRevision
  if (!same)
    return condition(
      'golden set',
      'inconclusive',
      `baseline revision ${baseline.goldenRevision} (${short(golden.baselineHash)}), candidate revision ${candidate.goldenRevision} (${short(golden.candidateHash)})`,
      'the sides were replayed on different revisions of the golden set',
    )
  const expected = golden.expectedHash ?? null
  const asExpected = expected === null || (expected !== '' && golden.candidateHash.startsWith(expected))
  const evidence = `revision ${candidate.goldenRevision} (${short(golden.candidateHash)})`
  return condition(
    'golden set',
    asExpected ? 'pass' : 'inconclusive',
    evidence,
    `the suite is about the golden set ${short(expected ?? '')}, which this is not`,
  )
}

/** Conditions on what was replayed, which no case still to come can lift. */
export const answersNames = { errors: 'answers', silence: 'unscored' } as const

/**
 * A suite without `maxUnscored` allows nothing that would hide behind it: cases that the provider never answered are missing results, and a
 * candidate that leaves more cases without a score than the baseline does looks better than it is.
 */
function evaluateAnswers({ maxUnscored, alpha }: GateConditions, comparison: Comparison): GateConditionResult[] {
  if (maxUnscored !== undefined) return []
  const results: GateConditionResult[] = []
  const { baseline, candidate, unscored } = comparison
  const [before, after] = [baseline.unscored.error, candidate.unscored.error]
  if (before + after > 0)
    results.push(
      condition(
        answersNames.errors,
        'inconclusive',
        `${before} baseline and ${after} candidate cases ended in an error`,
        'results are missing; maxUnscored says how many may be',
      ),
    )
  if (unscored && unscored.onlyCandidate > unscored.onlyBaseline && unscored.pValue !== null && unscored.pValue < alpha)
    results.push(
      condition(
        answersNames.silence,
        'inconclusive',
        `${unscored.onlyCandidate} cases have a score in the baseline only, ${unscored.onlyBaseline} in the candidate only`,
        'the candidate leaves more cases without a score; maxUnscored says how many may be',
      ),
    )
  return results
}

/** What the condition on the difference is called. */
export const differenceName = ({ require, margin }: Pick<GateConditions, 'require' | 'margin'>): string =>
  require === 'better' ? 'better than the baseline' : `not worse by ${formatMargin(margin)}`

function evaluateDifference(conditions: GateConditions, { flips, n }: Comparison): GateConditionResult {
  const { alpha, margin } = conditions
  const counts = { fixed: flips.fixed, regressed: flips.regressed, n }
  const { estimate, lower, upper } = estimateDifference(counts, 1 - alpha)
  const name = differenceName(conditions)
  if (estimate === null || lower === null || upper === null)
    return condition(name, 'inconclusive', 'n/a', 'no case has a score on both sides')
  const verdict = decideVerdict(counts, margin, 1 - alpha)
  const evidence = `${flips.fixed} fixed, ${flips.regressed} regressed of ${n}: ${formatSignedPoints(estimate)} points, ${Number(((1 - alpha) * 100).toFixed(2))}% CI ${formatSignedPoints(lower)} to ${formatSignedPoints(upper)}`
  const reasons: Record<ComparisonVerdict, string> = {
    worse: 'the candidate is worse than the baseline',
    inconclusive: 'the difference cannot be told from noise at this number of cases',
    better: 'the candidate is not shown to be better',
    'not-worse': 'the candidate is not shown to be better',
  }
  return condition(name, judgeDifference(conditions, counts), evidence, reasons[verdict])
}

/** Regressions among zero-tolerance cases fail; such a case without a score on either side cannot pass. */
function evaluateZeroTolerance({ mustPass }: GateConditions, comparison: Comparison): GateConditionResult[] {
  const results: GateConditionResult[] = []
  const judge = (name: string, total: number, regressed: number, unscored: number) => {
    const evidence = `${regressed} of ${total} regressed${unscored ? `, ${unscored} without a score` : ''}`
    if (regressed > 0)
      return condition(name, 'fail', evidence, `${regressed} zero-tolerance ${regressed === 1 ? 'case' : 'cases'} regressed`)
    if (total === 0) return condition(name, 'inconclusive', 'no such case', 'no case is held to this condition')
    return condition(name, unscored === 0 ? 'pass' : 'inconclusive', evidence, 'zero-tolerance cases have no score')
  }
  const marked = comparison.mustPass
  if (marked && marked.total > 0) results.push(judge('mustPass', marked.total, marked.regressed, marked.unscored))
  if (mustPass && 'tag' in mustPass) {
    const flips = comparison.slices.find((slice) => slice.by === 'tag' && slice.value === mustPass.tag)?.flips
    const total = flips ? flips.fixed + flips.regressed + flips.stillRight + flips.stillWrong + flips.unscored : 0
    results.push(judge(`mustPass: tag ${mustPass.tag}`, total, flips?.regressed ?? 0, flips?.unscored ?? 0))
  } else if (mustPass) {
    const { flips, candidate, n } = comparison
    // Nobody said what an unlabelled case should get, so nothing can be held against the candidate there.
    const unscored = Math.max(0, flips.unscored - candidate.unscored.unlabelled)
    results.push(judge('mustPass: all', n + unscored, flips.regressed, unscored))
  }
  return results
}

function evaluateCeilings(conditions: GateConditions, { baseline, candidate }: Comparison): GateConditionResult[] {
  const results: GateConditionResult[] = []
  const { maxUnscored, maxCostUsd, maxLatencyMs, maxOverEnforcement, maxUnderEnforcement } = conditions
  if (maxUnscored !== undefined)
    for (const [name, side] of [
      ['baseline', baseline],
      ['candidate', candidate],
    ] as const)
      results.push(ceiling(`unscored, ${name}`, unscoredShare(side), maxUnscored, percent, 'no labelled case was replayed'))
  if (maxOverEnforcement !== undefined)
    results.push(ceiling('over-enforcement', candidate.overEnforcement, maxOverEnforcement, percent, 'no scored case is allowed content'))
  if (maxUnderEnforcement !== undefined)
    results.push(ceiling('under-enforcement', candidate.underEnforcement, maxUnderEnforcement, percent, 'no scored case violates'))
  if (maxCostUsd !== undefined) {
    const total = baseline.costUsd === null || candidate.costUsd === null ? null : baseline.costUsd + candidate.costUsd
    results.push(
      ceiling('cost of both sides', total, maxCostUsd, (usd) => `$${usd.toFixed(usd < 1 ? 4 : 2)}`, "the model's price is not known"),
    )
  }
  for (const quantile of ['p50', 'p95'] as const) {
    const limit = maxLatencyMs?.[quantile]
    if (limit !== undefined)
      results.push(
        ceiling(
          `latency ${quantile}`,
          candidate.latencyMs[quantile],
          limit,
          (ms) => `${Math.round(ms)} ms`,
          'no answer of the candidate was timed',
        ),
      )
  }
  return results
}

/** Share of the labelled cases without a score; null when there are none. */
function unscoredShare({ n, unscored }: Pick<ComparisonSide, 'n' | 'unscored'>): number | null {
  const without = unscored.refused + unscored.contentFilter + unscored.truncated + unscored.unparseable + unscored.error
  return n + without === 0 ? null : without / (n + without)
}
