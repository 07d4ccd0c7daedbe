import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { createComparison, type SideFacts } from '~/domain/comparison/compare'
import type { Comparison } from '~/domain/comparison/comparison'
import { isScored, type JudgedSide } from '~/domain/comparison/flips'
import type { ErrorCost } from '~/domain/policy/policy'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import type { SqliteHandle } from '~/storage/database'
import { JoinedReplays, type ReplayToCompare, type SideTotals } from '~/storage/sqlite/comparison-source'
import type { ComparisonCaseRow } from '~/storage/sqlite/comparison-store'
import { parseFacet, splitFacets } from '~/storage/sqlite/facets'

/** The pass lets other work of the process in after this many cases. */
const casesPerTurn = 4_096
const rememberedFacets = 20_000

export type PolicyFacts = { scheme: VerdictScheme; errorCosts: ErrorCost[]; productionPrevalence: number | null }
/** Two replays that can be compared. */
export type ReplayPair = {
  baseline: ReplayToCompare
  candidate: ReplayToCompare
  policy: PolicyFacts
  twin: { id: string; of: 'baseline' | 'candidate' } | null
  /** Cases that the prompt of that side quotes. */
  quoted: { baseline: ReadonlySet<string>; candidate: ReadonlySet<string> }
  /** They count like any other. */
  countLeaked: boolean
  /** Of everything that the cases depend on. */
  pairKey: string
  /** The same and whether leaked cases count. */
  casesKey: string
}
export type PassOptions = { margin: number; confidence: number; by: string[] | null }

function describeSides({ baseline, candidate }: ReplayPair): string[] {
  const warnings: string[] = []
  for (const [name, { status, done, total }] of Object.entries({ baseline, candidate }))
    if (status !== 'finished' || done < total)
      warnings.push(`The ${name} is ${status}, with ${done} of ${total} answers; cases without an answer are left out.`)
  if (baseline.epochs !== candidate.epochs) warnings.push(`The baseline has ${baseline.epochs} epochs, the candidate ${candidate.epochs}.`)
  if (differInContextOnly(baseline, candidate))
    warnings.push('The sides were asked the same, one with the context of each case and one without: the difference is the context’s.')
  else if (baseline.modelName === candidate.modelName && baseline.modelHash !== candidate.modelHash)
    warnings.push(`The sides used ${candidate.modelName} with different settings: the difference is not the prompt's alone.`)
  if (baseline.goldenSetId !== candidate.goldenSetId)
    warnings.push('The replays are over different golden sets; cases are joined by their ids.')
  return warnings
}

const readModel = ({ model }: ReplayToCompare) => JSON.parse(model) as { withContext?: boolean }

function differInContextOnly(baseline: ReplayToCompare, candidate: ReplayToCompare): boolean {
  const [{ withContext: before = true, ...first }, { withContext: after = true, ...second }] = [readModel(baseline), readModel(candidate)]
  return before !== after && baseline.promptHash === candidate.promptHash && isDeepStrictEqual(first, second)
}

const sideFacts = (replay: ReplayToCompare): SideFacts => ({
  replay: replay.id,
  promptVersion: replay.versionNumber,
  promptHash: replay.promptHash,
  goldenRevision: replay.goldenRevision,
  model: replay.modelName,
  ...(readModel(replay).withContext === false ? { withoutContext: true } : {}),
  costUsd: null,
  latencyMs: { p50: null, p95: null },
  providerModels: [],
  systemFingerprints: [],
})

/** One pass over both replays: the figures, and the cases in order of harm. Throws not-comparable when they share no case. */
export async function comparePair(
  handle: SqliteHandle,
  pair: ReplayPair,
  { margin, confidence, by }: PassOptions,
  clusters: ReadonlyMap<string, string> | null,
): Promise<{ comparison: Comparison; cases: ComparisonCaseRow[] }> {
  const { policy, twin } = pair
  const facts = { baseline: sideFacts(pair.baseline), candidate: sideFacts(pair.candidate) }
  const noise = twin ? { replay: twin.id, flips: 0, n: 0 } : undefined
  const warnings = describeSides(pair)
  const builder = createComparison({
    scheme: policy.scheme,
    ...facts,
    margin,
    confidence,
    ...(by ? { by } : {}),
    errorCosts: policy.errorCosts,
    productionPrevalence: policy.productionPrevalence,
    withMacroF1: true,
    ...(noise ? { noise } : {}),
    countLeaked: pair.countLeaked,
    clustersUnknown: clusters === null,
    differentSets: pair.baseline.goldenSetId !== pair.candidate.goldenSetId,
    warnings,
  })
  const { quoted } = pair
  const anyQuoted = quoted.baseline.size + quoted.candidate.size > 0
  const readQuotedBy = (caseId: string) => {
    if (!anyQuoted) return undefined
    const by = { baseline: quoted.baseline.has(caseId), candidate: quoted.candidate.has(caseId) }
    return by.baseline || by.candidate ? by : undefined
  }
  const slicesOfFacets = createFacetReader(builder.sliceHandle)
  const rows: Array<ComparisonCaseRow & { harm: number; position: number }> = []
  let shared = 0
  let seen = 0

  handle.exec('BEGIN')
  const joined = new JoinedReplays(handle, pair.baseline, pair.candidate, twin)
  let totals: { baseline: SideTotals; candidate: SideTotals }
  try {
    for (const { caseId, position, mustPass, facets, rewritten, baseline, candidate, twin: again } of joined.cases()) {
      if (++seen % casesPerTurn === 0) await nextTurn()
      // A side that has not answered yet says nothing of the case, not even that it was removed.
      if (baseline === undefined || candidate === undefined) continue
      if (baseline && candidate) shared++
      const quotedBy = readQuotedBy(caseId)
      const isLeftOut = quotedBy !== undefined && !pair.countLeaked
      const unsteady = twin !== null && !isLeftOut && differs(again, twin.of === 'baseline' ? baseline : candidate, noise)
      const counted = builder.add({
        caseId,
        baseline,
        candidate,
        mustPass,
        slices: slicesOfFacets(facets),
        noise: unsteady,
        rewritten,
        ...(quotedBy ? { quotedBy } : {}),
        ...(clusters ? { cluster: clusters.get(caseId) ?? caseId } : {}),
      })
      if (counted === null) continue
      const expected = candidate ? candidate.expected : (baseline?.expected ?? null)
      rows.push({
        caseId,
        position,
        harm: counted.harm,
        flip: counted.flip,
        noise: unsteady && (counted.flip === 'fixed' || counted.flip === 'regressed'),
        expectedLabel: expected?.label ?? null,
        baselineOutcome: baseline?.outcome ?? null,
        candidateOutcome: candidate?.outcome ?? null,
        baselineLabel: baseline?.verdict?.label ?? null,
        candidateLabel: candidate?.verdict?.label ?? null,
        relabelling: counted.revisions?.relabelling ?? null,
        flipByNewLabels: counted.revisions?.flipByNewLabels ?? null,
      })
    }
    totals = joined.totals()
  } finally {
    joined.close()
    handle.exec('COMMIT')
  }
  if (shared === 0)
    throw new TouchstoneError(
      'not-comparable',
      'The replays share no case.',
      'Cases are joined by id: replay both versions over the same golden set.',
    )
  if (noise && noise.n === 0)
    warnings.push(
      `The replay ${noise.replay} says nothing of noise: its answers, or those it is held against, came from the cache. Replay the version with --new --refresh.`,
    )
  Object.assign(facts.baseline, totals.baseline)
  Object.assign(facts.candidate, totals.candidate)
  rows.sort((a, b) => a.harm - b.harm || a.position - b.position)
  return { comparison: builder.finish(), cases: rows }
}

/**
 * Counts a case into the noise floor, and says whether replaying the same version again gave another answer. An answer from the cache is a
 * copy of an earlier one and says nothing of noise.
 */
function differs(
  again: JudgedSide | null | undefined,
  before: JudgedSide | null,
  noise: { flips: number; n: number } | undefined,
): boolean {
  if (!noise || !again || !before || !isScored(again.outcome) || !isScored(before.outcome)) return false
  if (again.cached || before.cached) return false
  noise.n++
  if (again.outcome === before.outcome && again.verdict?.label === before.verdict?.label) return false
  noise.flips++
  return true
}

/** Facets text → slice handles; texts and their parts repeat, and are looked up once. */
function createFacetReader(sliceHandle: (by: string, value: string) => number): (facets: string) => readonly number[] {
  const handles = new Map<string, number>()
  const known = new Map<string, readonly number[]>()
  return (facets) => {
    const remembered = known.get(facets)
    if (remembered) return remembered
    const slices: number[] = []
    for (const part of splitFacets(facets)) {
      let handle = handles.get(part)
      if (handle === undefined) {
        const { by, value } = parseFacet(part)
        handle = sliceHandle(by, value)
        if (handles.size < rememberedFacets) handles.set(part, handle)
      }
      if (handle >= 0) slices.push(handle)
    }
    if (known.size < rememberedFacets) known.set(facets, slices)
    return slices
  }
}
