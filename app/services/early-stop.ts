import { createEarlyStop, type EarlyStopState } from '~/domain/gate/early-stop'
import type { GateConditions } from '~/domain/gate/gate-conditions'
import { orderReplay, type ReplayOrder } from '~/domain/gate/replay-order'
import { worseStateOfBoth } from '~/domain/gate/worse-of-both'
import { touchedRules } from '~/domain/policy/changed-rules'
import { TouchstoneError } from '~/lib/errors'
import type { ReplayStanding, ReplaySummary, Workspace } from './workspace-api'

/** A look after every fortieth of the cases, but not for fewer than this. */
const looks = 40
const smallestBatch = 20

/** What a gate with `--early-stop` says of it. Cases are the labelled ones. */
export type EarlyStopReport = {
  /** Of the random order. */
  seed: number
  stopped: boolean
  cases: number
  replayed: number
  order: { zeroTolerance: number; flippedBefore: number; changedRules: number; random: number }
  /** Trials of both sides that have no result and need none: at most so many calls. */
  callsSaved: number
  callsInFull: number
  /** Where the difference over all cases lies, with confidence 1 − α; a share. */
  difference: { lower: number; upper: number }
}

export type EarlyStopSide = 'baseline' | 'candidate'

export type EarlyStopRun = {
  state: EarlyStopState
  order: ReplayOrder
  cases: number
  /** False: every case was needed, and both replays are finished. */
  stopped: boolean
  reports: Record<EarlyStopSide, ReplayStanding>
}

/**
 * Replays both sides in the order of `orderReplay`, a batch at a time, until the gate's answer is certain or every case is replayed. Throws
 * a TouchstoneError where a case got no result: a replay that was stopped or failed says nothing of what it left out.
 */
export async function runEarlyStop(
  workspace: Workspace,
  input: {
    policySlug: string
    goldenSet: string
    goldenRevision: number
    conditions: GateConditions
    prompts: Record<EarlyStopSide, string>
    replays: Record<EarlyStopSide, ReplaySummary>
    seed: number
    runReplay: (replay: ReplaySummary, side: EarlyStopSide, onlyCaseIds?: readonly string[]) => Promise<ReplayStanding>
  },
): Promise<EarlyStopRun> {
  const { policySlug, goldenSet, goldenRevision, conditions, prompts, replays, seed, runReplay } = input
  const quoted = await workspace.replays.quotedCases([replays.baseline.id, replays.candidate.id])
  const tag = conditions.mustPass && 'tag' in conditions.mustPass ? conditions.mustPass.tag : null
  const cases = new Map<string, { marked: boolean; tagged: boolean; rules: string[] }>()
  for await (const { id, expected, mustPass, tags } of workspace.goldenSets.stream(policySlug, goldenSet, goldenRevision)) {
    if (expected === null || expected.label === null) continue
    const rules = Object.entries(expected.rules).flatMap(([rule, applies]) => (applies ? [rule] : []))
    cases.set(id, { marked: mustPass, tagged: tag !== null && tags.includes(tag), rules })
  }
  const order = orderReplay({
    cases: Array.from(cases, ([id, { marked, tagged, rules }]) => ({ id, zeroTolerance: marked || tagged, rules })),
    flippedBefore: await workspace.replays.flippedBefore(policySlug, goldenSet),
    changedRules: new Set(touchedRules(prompts.baseline, prompts.candidate)),
    seed,
  })
  // Cases that a prompt quotes are no sample of anything: they are replayed in full, and the answer must be the same with and without them.
  const firstPart = [...order.zeroTolerance, ...order.flippedBefore, ...order.changedRules, ...order.random.filter((id) => quoted.has(id))]
  const randomPart = order.random.filter((id) => !quoted.has(id))
  const track = (isCounted: (caseId: string) => boolean) => {
    const counted = [...cases].flatMap(([id, facts]) => (isCounted(id) ? [facts] : []))
    return createEarlyStop(conditions, {
      first: firstPart.filter(isCounted).length,
      random: randomPart.length,
      marked: counted.filter(({ marked }) => marked).length,
      tagged: counted.filter(({ tagged }) => tagged).length,
    })
  }
  const withLeaked = track(() => true)
  const without = [...cases.keys()].some((id) => quoted.has(id)) ? track((id) => !quoted.has(id)) : null
  const stateOf = (costUsd: number | null) =>
    without ? worseStateOfBoth(without.state(costUsd), withLeaked.state(costUsd)) : withLeaked.state(costUsd)

  async function replaySide(side: EarlyStopSide, caseIds: readonly string[]) {
    const known = await workspace.replays.outcomes(replays[side].id, caseIds)
    if (caseIds.every((caseId) => known.has(caseId)) && replays[side].epochs === 1) return known
    const report = await runReplay(replays[side], side, caseIds)
    const outcomes = await workspace.replays.outcomes(replays[side].id, caseIds)
    const missing = caseIds.filter((caseId) => !outcomes.has(caseId)).length
    // A replay of a part ends as cancelled; what tells is whether every case that was asked for has its result.
    if (missing > 0 || report.status === 'failed') throw unfinished(report, side)
    return outcomes
  }

  async function report(): Promise<Record<EarlyStopSide, ReplayStanding>> {
    return {
      baseline: await workspace.replays.standing(replays.baseline.id),
      candidate: await workspace.replays.standing(replays.candidate.id),
    }
  }

  const size = Math.max(smallestBatch, Math.ceil(cases.size / looks))
  const batches = (['first', 'random'] as const).flatMap((part) => {
    const caseIds = part === 'first' ? firstPart : randomPart
    return Array.from({ length: Math.ceil(caseIds.length / size) }, (_, batch) => ({
      part,
      caseIds: caseIds.slice(batch * size, (batch + 1) * size),
    }))
  })
  for (const { part, caseIds } of batches) {
    const baseline = await replaySide('baseline', caseIds)
    const candidate = await replaySide('candidate', caseIds)
    for (const caseId of caseIds) {
      const [before, after, facts] = [baseline.get(caseId), candidate.get(caseId), cases.get(caseId)]
      if (!before || !after || !facts) continue
      const observation = { part, baseline: before, candidate: after, marked: facts.marked, tagged: facts.tagged }
      withLeaked.add(observation)
      if (!quoted.has(caseId)) without?.add(observation)
    }
    const reports = await report()
    const { baseline: first, candidate: second } = reports
    const costUsd = first.costUsd === null || second.costUsd === null ? null : first.costUsd + second.costUsd
    const state = stateOf(costUsd)
    const left = first.total - first.done + second.total - second.done
    if (state.answer !== null && left > 0) return { state, order, cases: cases.size, stopped: true, reports }
  }
  for (const side of ['baseline', 'candidate'] as const) {
    const { status } = await workspace.replays.get(replays[side].id)
    const last = status === 'finished' ? null : await runReplay(replays[side], side)
    if (last && last.status !== 'finished') throw unfinished(last, side)
  }
  return { state: stateOf(null), order, cases: cases.size, stopped: false, reports: await report() }
}

/** The error of a side that did not get as far as was asked. */
export const unfinished = ({ id, status, statusReason }: ReplayStanding, side: EarlyStopSide): TouchstoneError =>
  new TouchstoneError(
    'unfinished',
    `The replay ${id} of the ${side} is ${status}, not finished${statusReason ? `: ${statusReason.replace(/\.$/, '')}` : ''}.`,
    'Run the gate again to continue it; a gate is never passed with results missing.',
  )

export function describeEarlyStop({ state, order, cases, stopped, reports }: EarlyStopRun): EarlyStopReport {
  const { baseline, candidate } = reports
  return {
    seed: order.seed,
    stopped,
    cases,
    replayed: state.seen,
    order: {
      zeroTolerance: order.zeroTolerance.length,
      flippedBefore: order.flippedBefore.length,
      changedRules: order.changedRules.length,
      random: order.random.length,
    },
    callsSaved: baseline.total - baseline.done + candidate.total - candidate.done,
    callsInFull: baseline.total + candidate.total,
    difference: state.difference,
  }
}
