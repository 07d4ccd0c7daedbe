import { formatSignedPoints } from '../comparison/sentence'
import { createBettingConfidenceSequence, replayLockIn } from '../statistics'
import type { Outcome } from '../verdict/verdict'
import type { GateConditions } from './gate-conditions'
import type { GateConditionResult, GateEvaluation, GateResult } from './gate-result'
import { answersNames } from './evaluate-gate'
import { settleDifference } from './judge-difference'

/** How α is shared among what must hold at once; the sum is 1. */
const alphaShares = { net: 0.7, flips: 0.2, unscored: 0.1 }
/** Steps of the confidence sequence: a tenth of a point of the difference. */
const gridSize = 2000

export type EarlyStopSizes = {
  /** Labelled cases of the fixed first part, and of the random rest. */
  first: number
  random: number
  /** Zero-tolerance cases: marked so in the golden set, and those with the suite's tag. All are in the first part. */
  marked: number
  tagged: number
}

/** One labelled case, replayed on both sides. */
export type EarlyStopObservation = {
  part: 'first' | 'random'
  baseline: Outcome
  candidate: Outcome
  marked: boolean
  tagged: boolean
}

export type EarlyStopState = {
  /** What the gate will say, whatever the cases still to come bring; null while that is open. */
  answer: GateResult | null
  /** By the name of the condition; null while it is open. A condition that is not here needs every case. */
  settled: Map<string, GateResult | null>
  seen: number
  /** Difference over all labelled cases, a share: where it lies with confidence 1 − α. */
  difference: { lower: number; upper: number }
}

export type EarlyStopTracker = {
  add(observation: EarlyStopObservation): void
  /** `costUsd`: what both sides have cost so far; null where the price is unknown. */
  state(costUsd: number | null): EarlyStopState
}

const isScored = (outcome: Outcome): boolean => outcome === 'correct' || outcome === 'wrong'

/**
 * Watches a gate's replays case by case and says when its answer is certain at α.
 *
 * The first part is taken in full, so that what it adds to the totals is known and carries no α. The rest comes in random order, without
 * replacement from a known number: three betting confidence sequences (Waudby-Smith & Ramdas 2024) bound its net change, its flips and its
 * cases without a score, at 70, 20 and 10% of α; they hold at all times together, so that one may look after every case. A condition is
 * settled when every total within the bounds gives it the same result. Cases of the first part that are still to come may land anyhow.
 *
 * Throws RangeError on more observations than cases.
 */
export function createEarlyStop(conditions: GateConditions, sizes: EarlyStopSizes): EarlyStopTracker {
  const { alpha } = conditions
  const sequence = (share: number) =>
    sizes.random === 0 ? null : createBettingConfidenceSequence({ alpha: alpha * share, N: sizes.random, gridSize })
  const sequences = { net: sequence(alphaShares.net), flips: sequence(alphaShares.flips), unscored: sequence(alphaShares.unscored) }
  const first = { seen: 0, net: 0, flips: 0, unscored: 0 }
  let randomSeen = 0
  const unscored = { baseline: 0, candidate: 0 }
  const all = { size: sizes.first + sizes.random, seen: 0, fixed: 0, regressed: 0, unscored: 0 }
  const marked = { size: sizes.marked, seen: 0, fixed: 0, regressed: 0, unscored: 0 }
  const tagged = { size: sizes.tagged, seen: 0, fixed: 0, regressed: 0, unscored: 0 }

  function add({ part, baseline, candidate, ...groups }: EarlyStopObservation): void {
    const scored = isScored(baseline) && isScored(candidate)
    const net = scored ? Number(candidate === 'correct') - Number(baseline === 'correct') : 0
    for (const group of [all, ...(groups.marked ? [marked] : []), ...(groups.tagged ? [tagged] : [])]) {
      if (group.seen === group.size) throw new RangeError(`there must be at most ${group.size} cases, got one more`)
      group.seen++
      if (!scored) group.unscored++
      else if (net > 0) group.fixed++
      else if (net < 0) group.regressed++
    }
    if (!isScored(baseline)) unscored.baseline++
    if (!isScored(candidate)) unscored.candidate++
    if (part === 'first') {
      first.seen++
      first.net += net
      first.flips += Math.abs(net)
      first.unscored += Number(!scored)
    } else {
      randomSeen++
      sequences.net?.add((net + 1) / 2)
      sequences.flips?.add(Math.abs(net))
      sequences.unscored?.add(Number(!scored))
    }
  }

  /** The totals of all cases: those of the first part as they are, those of the rest as the sequences bound them. */
  function bounds() {
    const toCome = sizes.first - first.seen
    const total = (name: 'flips' | 'unscored') => {
      const { lower, upper } = sequences[name]?.interval() ?? { lower: 0, upper: 0 }
      return { lower: first[name] + roundUp(lower * sizes.random), upper: first[name] + toCome + roundDown(upper * sizes.random) }
    }
    const { lower, upper } = sequences.net?.interval() ?? { lower: 0.5, upper: 0.5 }
    const net = {
      lower: first.net - toCome + roundUp((2 * lower - 1) * sizes.random),
      upper: first.net + toCome + roundDown((2 * upper - 1) * sizes.random),
    }
    const without = total('unscored')
    return { net, flips: total('flips'), n: { lower: all.size - without.upper, upper: all.size - without.lower } }
  }

  function state(costUsd: number | null): EarlyStopState {
    const totals = bounds()
    const settled = new Map<string, GateResult | null>([['difference', settleDifference(conditions, totals)]])
    const { mustPass, maxUnscored, maxCostUsd } = conditions
    if (marked.size > 0) settled.set('mustPass', settleZeroTolerance(marked))
    if (mustPass && 'tag' in mustPass) settled.set(`mustPass: tag ${mustPass.tag}`, settleZeroTolerance(tagged))
    else if (mustPass) settled.set('mustPass: all', settleZeroTolerance(all))
    if (maxUnscored !== undefined)
      for (const side of ['baseline', 'candidate'] as const)
        settled.set(`unscored, ${side}`, settleCeiling(unscored[side], all.size - all.seen, all.size, maxUnscored))
    if (maxCostUsd !== undefined) settled.set('cost of both sides', costUsd !== null && costUsd > maxCostUsd ? 'fail' : null)
    const results = new Set([...settled.values(), ...(needsEveryCase(conditions) ? [null] : [])])
    const answer = results.has('fail') ? 'fail' : results.has(null) ? null : results.has('inconclusive') ? 'inconclusive' : 'pass'
    const share = (net: number) => (all.size === 0 ? 0 : Math.max(-1, Math.min(1, net / all.size)))
    return {
      answer,
      settled,
      seen: first.seen + randomSeen,
      difference: { lower: share(totals.net.lower), upper: share(totals.net.upper) },
    }
  }

  return { add, state }
}

/** A bound that is a whole number up to rounding is that number. */
const tolerance = 1e-9
const roundUp = (value: number): number => Math.ceil(value - tolerance)
const roundDown = (value: number): number => Math.floor(value + tolerance)

type Group = { size: number; seen: number; fixed: number; regressed: number; unscored: number }

function settleZeroTolerance({ size, seen, fixed, regressed, unscored }: Group): GateResult | null {
  const { certain } = replayLockIn({ n10: fixed, n01: regressed, remaining: size - seen, rule: { kind: 'brokenAtMost', value: 0 } })
  if (certain !== 'pass') return certain
  return size === 0 || unscored > 0 ? 'inconclusive' : 'pass'
}

/** Whether a share of `size` cases, `count` so far and up to `remaining` more, can still be on either side of its ceiling. */
function settleCeiling(count: number, remaining: number, size: number, limit: number): GateResult | null {
  if (size === 0) return 'inconclusive'
  if (count / size > limit) return 'fail'
  return (count + remaining) / size <= limit ? 'pass' : null
}

/** Conditions whose figure the cases still to come can move anyhow. */
const needsEveryCase = ({ overall, slices, maxOverEnforcement, maxUnderEnforcement, maxLatencyMs }: GateConditions): boolean =>
  overall !== undefined ||
  slices.length > 0 ||
  maxOverEnforcement !== undefined ||
  maxUnderEnforcement !== undefined ||
  maxLatencyMs !== undefined

/** Conditions that do not depend on how many cases were replayed, or that more cases cannot lift. */
const unaffected = new Set<string>(['golden set', ...Object.values(answersNames)])
export const notJudged = 'not judged: the gate failed before every case was replayed'

/**
 * The evaluation of a gate that stopped early, from the one over the part replayed: what is settled stands as it is settled, what is not
 * cannot pass.
 */
export function evaluateStopped(
  partial: GateEvaluation,
  state: EarlyStopState,
  { total, alpha, differenceName, callsSaved }: { total: number; alpha: number; differenceName: string; callsSaved: number },
): GateEvaluation {
  const conditions = partial.conditions.map((entry): GateConditionResult => {
    const evidence = entry.evidence
    if (unaffected.has(entry.name)) return entry
    if (entry.name === 'results')
      return {
        ...entry,
        result: 'pass',
        reason: null,
        evidence: `stopped early after ${state.seen} of ${total} labelled cases: the others cannot change the answer (α = ${alpha}); ${callsSaved} calls saved`,
      }
    const isDifference = entry.name === differenceName
    const result = state.settled.get(isDifference ? 'difference' : entry.name) ?? null
    if (result === null) {
      const failed = entry.result === 'fail' && entry.name.startsWith('mustPass')
      return failed ? entry : { ...entry, result: 'inconclusive', reason: notJudged }
    }
    const { lower, upper } = state.difference
    return {
      name: entry.name,
      result,
      evidence: isDifference
        ? `${evidence} over the part replayed; over all ${total} cases ${formatSignedPoints(lower)} to ${formatSignedPoints(upper)} points (confidence sequence)`
        : evidence,
      reason: result === 'pass' ? null : (entry.reason ?? 'the cases still to come cannot change this'),
    }
  })
  const results = conditions.map((entry) => entry.result)
  const passes = state.answer === 'pass' && results.every((result) => result === 'pass')
  return { result: passes ? 'pass' : results.includes('fail') ? 'fail' : 'inconclusive', conditions }
}
