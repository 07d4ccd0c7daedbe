import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkComparisonOptions, createComparison, type SideFacts } from '~/domain/comparison/compare'
import type { ComparedCase, Comparison } from '~/domain/comparison/comparison'
import { createHarmRank, isScored, type JudgedSide } from '~/domain/comparison/flips'
import { findDuplicates } from '~/domain/golden-set/duplicates'
import { errorCostSchema, type ErrorCost } from '~/domain/policy/policy'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import { ComparisonDetails } from '~/storage/sqlite/comparison-details'
import {
  JoinedReplays,
  findTwin,
  readCaseTexts,
  readPolicyToCompare,
  readReplayToCompare,
  type ReplayToCompare,
  type SideTotals,
} from '~/storage/sqlite/comparison-source'
import { ComparisonStore, keepComparison, type CaseRevisions, type ComparisonCaseRow } from '~/storage/sqlite/comparison-store'
import { parseFacet, splitFacets } from '~/storage/sqlite/facets'
import type { ComparisonOptions, ComparisonService, FlipFilter, FlipRow } from './workspace-api'

const defaultMargin = 0.02
const defaultConfidence = 0.95
/** The pass lets other work of the process in after this many cases. */
const casesPerTurn = 4_096
/** Hexadecimal digits of a key, which stands in every row and index entry of the cases. */
const keyLength = 24
const streamRows = 500
const rememberedDocuments = 16
const rememberedFacets = 20_000
const rememberedRevisions = 8
/** Near duplicates are looked for in sets of up to so many cases; from the second figure on by MinHash, which takes a fraction of a second. */
const clusteredCases = 5_000
const comparedPairwise = 500

type PolicyFacts = { scheme: VerdictScheme; errorCosts: ErrorCost[]; productionPrevalence: number | null }
type Pair = {
  baseline: ReplayToCompare
  candidate: ReplayToCompare
  policy: PolicyFacts
  twin: { id: string; of: 'baseline' | 'candidate' } | null
  /** Of everything that the cases depend on. */
  casesKey: string
}
type Options = { margin: number; confidence: number; by: string[] | null }

export function createComparisonService({ database, now }: { database: TouchstoneDatabase; now: () => number }): ComparisonService {
  const { raw, writeLock } = database
  const store = new ComparisonStore(raw)
  const details = new ComparisonDetails(raw)
  const documents = new Map<string, Comparison>()
  const underWay = new Map<string, Promise<Comparison>>()
  const clustersOfRevision = new Map<string, ReadonlyMap<string, string> | null>()

  /** Case id → cluster, for cases that are near duplicates of another; null for a set too large to look. A revision never changes. */
  function readClusters({ candidate }: Pair): ReadonlyMap<string, string> | null {
    const key = `${candidate.goldenSetId}@${candidate.goldenRevision}`
    const known = clustersOfRevision.get(key)
    if (known !== undefined) return known
    const texts = readCaseTexts(raw, candidate, clusteredCases)
    const clusters = texts && findClusters(texts)
    clustersOfRevision.set(key, clusters)
    for (const oldest of [...clustersOfRevision.keys()].slice(0, -rememberedRevisions)) clustersOfRevision.delete(oldest)
    return clusters
  }

  function readPolicy(policyId: string): PolicyFacts {
    const row = readPolicyToCompare(raw, policyId)
    if (!row) throw new TouchstoneError('not-found', `There is no policy with the id ${JSON.stringify(policyId)}.`)
    return {
      scheme: verdictSchemeSchema.parse(JSON.parse(row.scheme)),
      errorCosts: errorCostSchema.array().parse(JSON.parse(row.errorCosts)),
      productionPrevalence: row.productionPrevalence,
    }
  }

  function readReplay(replayId: string): ReplayToCompare {
    const replay = readReplayToCompare(raw, replayId)
    if (!replay)
      throw new TouchstoneError('not-found', `There is no replay ${JSON.stringify(replayId)}.`, 'The replays page lists those there are.')
    return replay
  }

  function readPair(baselineId: string, candidateId: string): Pair {
    const [baseline, candidate] = [readReplay(baselineId), readReplay(candidateId)]
    const policy = readPolicy(candidate.policyId)
    if (baseline.policyId !== candidate.policyId) checkSchemes(readPolicy(baseline.policyId).scheme, policy.scheme)
    for (const [name, replay] of Object.entries({ baseline, candidate }))
      if (replay.done === 0)
        throw new TouchstoneError(
          'unfinished',
          `The ${name} replay ${replay.id} has no results yet (it is ${replay.status}).`,
          'Let it run, then compare again.',
        )
    const ofCandidate = findTwin(raw, candidate, baseline.id)
    const ofBaseline = ofCandidate === null ? findTwin(raw, baseline, candidate.id) : null
    const twin =
      ofCandidate !== null
        ? ({ id: ofCandidate, of: 'candidate' } as const)
        : ofBaseline !== null
          ? ({ id: ofBaseline, of: 'baseline' } as const)
          : null
    const stateOf = ({ id, resultsVersion, done }: ReplayToCompare) => [id, resultsVersion, done]
    const casesKey = hashText(JSON.stringify(['comparison-cases/1', stateOf(baseline), stateOf(candidate), twin, policy.scheme])).slice(
      0,
      keyLength,
    )
    return { baseline, candidate, policy, twin, casesKey }
  }

  function keyOf({ casesKey, baseline, candidate, policy }: Pair, { margin, confidence, by }: Options): string {
    const parts = [
      'comparison/1',
      margin,
      confidence,
      by,
      baseline.versionNumber,
      candidate.versionNumber,
      policy.errorCosts,
      policy.productionPrevalence,
    ]
    return `${casesKey}.${hashText(JSON.stringify(parts)).slice(0, keyLength)}`
  }

  async function compare(baselineId: string, candidateId: string, options: ComparisonOptions = {}): Promise<Comparison> {
    const chosen = readOptions(options)
    const pair = readPair(baselineId, candidateId)
    return await compareOnce(pair, chosen)
  }

  /** Kept, under way or computed: two pages that ask at once are answered by one pass. */
  async function compareOnce(pair: Pair, options: Options): Promise<Comparison> {
    const key = keyOf(pair, options)
    const known = documents.get(key)
    if (known) return known
    const running = underWay.get(key)
    if (running) return await running
    const work = (async () => {
      const stored = store.document(key)
      const comparison = stored === null ? await computeAndKeep(pair, options, key) : (JSON.parse(stored) as Comparison)
      documents.set(key, comparison)
      for (const oldest of [...documents.keys()].slice(0, -rememberedDocuments)) documents.delete(oldest)
      return comparison
    })()
    underWay.set(key, work)
    try {
      return await work
    } finally {
      underWay.delete(key)
    }
  }

  async function computeAndKeep(pair: Pair, options: Options, documentKey: string): Promise<Comparison> {
    const handle = database.openHandle()
    try {
      const { comparison, cases } = await runPass(handle, pair, options, readClusters(pair))
      await writeLock.run(() =>
        keepComparison(handle, {
          pair: { baselineReplayId: pair.baseline.id, candidateReplayId: pair.candidate.id },
          casesKey: pair.casesKey,
          documentKey,
          document: JSON.stringify(comparison),
          cases,
          nowMs: now(),
        }),
      )
      return comparison
    } finally {
      handle.close()
    }
  }

  /** A pair whose cases are kept. */
  async function openCases(baselineId: string, candidateId: string): Promise<Pair> {
    const pair = readPair(baselineId, candidateId)
    if (!store.has(pair.casesKey)) await compareOnce(pair, readOptions({}))
    return pair
  }

  function toComparedCase({ baseline, candidate }: Pair, row: ComparisonCaseRow): ComparedCase {
    const [set, revision] =
      row.candidateOutcome === null ? [baseline.goldenSetId, baseline.goldenRevision] : [candidate.goldenSetId, candidate.goldenRevision]
    return {
      id: row.caseId,
      flip: row.flip,
      expected: details.expectedAt(set, revision, row.caseId) ?? null,
      baseline: row.baselineOutcome === null ? null : details.answerOf(baseline.id, row.caseId),
      candidate: row.candidateOutcome === null ? null : details.answerOf(candidate.id, row.caseId),
      ...(row.noise ? { noise: true } : {}),
    }
  }

  function toFlipRow({ baseline, candidate }: Pick<Pair, 'baseline' | 'candidate'>, compared: ComparedCase, rank: number): FlipRow {
    const state =
      details.caseAt(candidate.goldenSetId, candidate.goldenRevision, compared.id) ??
      details.caseAt(baseline.goldenSetId, baseline.goldenRevision, compared.id)
    return {
      ...compared,
      expected: state?.expected ?? null,
      content: state?.content ?? '',
      context: state?.context ?? { parents: [] },
      note: state?.note ?? null,
      tags: state?.tags ?? [],
      mustPass: state?.mustPass ?? false,
      rank,
    }
  }

  return {
    compare,

    async *streamCases(baselineId, candidateId) {
      const pair = await openCases(baselineId, candidateId)
      for (let rank = -1; ;) {
        const rows = store.rowsAfter(pair.casesKey, rank, streamRows)
        for (const row of rows) yield toComparedCase(pair, row)
        const last = rows.at(-1)
        if (!last) return
        rank = last.rank
        await nextTurn()
      }
    },

    async flips(baselineId, candidateId, { filter = {}, offset, limit }) {
      const pair = await openCases(baselineId, candidateId)
      const ranks = store.select(pair.casesKey, toCaseFilter(filter), revisionsOf(pair))
      const start = Math.max(0, offset)
      const rows = store.rows(pair.casesKey, ranks.subarray(start, start + Math.max(0, limit)))
      return { total: ranks.length, rows: rows.map((row) => toFlipRow(pair, toComparedCase(pair, row), row.rank)) }
    },

    async liveFlips(baselineId, candidateId, limit) {
      const [baseline, candidate] = [readReplay(baselineId), readReplay(candidateId)]
      const { scheme } = readPolicy(candidate.policyId)
      const { compared, flipped } = details.liveFlips(baseline, candidate)
      const harmOf = createHarmRank(scheme)
      const ranked = flipped
        .map((row) => {
          const side: JudgedSide = {
            expected: { label: row.expectedLabel, rules: {}, ...(row.severity === null ? {} : { severity: row.severity }) },
            outcome: row.regressed ? 'wrong' : 'correct',
            ruleOutcome: null,
            verdict: row.candidateLabel === null ? null : { label: row.candidateLabel, rules: [] },
          }
          return { ...row, harm: harmOf(row.regressed ? 'regressed' : 'fixed', side, row.mustPass) }
        })
        .sort((a, b) => a.harm - b.harm || a.position - b.position)
      const regressed = flipped.filter((row) => row.regressed).length
      const rows = ranked.slice(0, Math.max(0, limit)).map(({ caseId, regressed: isRegressed }, rank) =>
        toFlipRow(
          { baseline, candidate },
          {
            id: caseId,
            flip: isRegressed ? 'regressed' : 'fixed',
            expected: null,
            baseline: details.answerOf(baseline.id, caseId),
            candidate: details.answerOf(candidate.id, caseId),
          },
          rank,
        ),
      )
      return { fixed: flipped.length - regressed, regressed, compared, rows }
    },
  }
}

/** Throws invalid-input, naming the value. */
function readOptions({ margin = defaultMargin, confidence = defaultConfidence, by }: ComparisonOptions): Options {
  try {
    checkComparisonOptions({ margin, confidence })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new TouchstoneError('invalid-input', `${cause.message.charAt(0).toUpperCase()}${cause.message.slice(1)}.`, undefined, { cause })
  }
  return { margin, confidence, by: by ? [...new Set(by)].sort() : null }
}

function checkSchemes(baseline: VerdictScheme, candidate: VerdictScheme): void {
  const labelsOf = (scheme: VerdictScheme) =>
    scheme.labels
      .map((label) => label.id)
      .sort()
      .join(', ')
  const [before, after] = [labelsOf(baseline), labelsOf(candidate)]
  if (before !== after)
    throw new TouchstoneError(
      'not-comparable',
      `The replays have different verdict schemes: the baseline's labels are ${before}, the candidate's ${after}.`,
      'Compare replays of one policy.',
    )
}

const revisionsOf = ({ baseline, candidate }: Pair): CaseRevisions => ({
  baselineSet: baseline.goldenSetId,
  baselineRevision: baseline.goldenRevision,
  candidateSet: candidate.goldenSetId,
  candidateRevision: candidate.goldenRevision,
})

function toCaseFilter({ rule, tag, facets = [], ...filter }: FlipFilter) {
  const all = [
    ...facets,
    ...(rule === undefined ? [] : [{ by: 'rule', value: rule }]),
    ...(tag === undefined ? [] : [{ by: 'tag', value: tag }]),
  ]
  return { ...filter, ...(all.length ? { facets: all } : {}) }
}

function describeSides({ baseline, candidate }: Pair): string[] {
  const warnings: string[] = []
  for (const [name, { status, done, total }] of Object.entries({ baseline, candidate }))
    if (status !== 'finished' || done < total)
      warnings.push(`The ${name} is ${status}, with ${done} of ${total} answers; cases without an answer are left out.`)
  if (baseline.epochs !== candidate.epochs) warnings.push(`The baseline has ${baseline.epochs} epochs, the candidate ${candidate.epochs}.`)
  if (baseline.modelName === candidate.modelName && baseline.modelHash !== candidate.modelHash)
    warnings.push(`The sides used ${candidate.modelName} with different settings: the difference is not the prompt's alone.`)
  if (baseline.goldenSetId !== candidate.goldenSetId)
    warnings.push('The replays are over different golden sets; cases are joined by their ids.')
  return warnings
}

const sideFacts = (replay: ReplayToCompare): SideFacts => ({
  replay: replay.id,
  promptVersion: replay.versionNumber,
  promptHash: replay.promptHash,
  goldenRevision: replay.goldenRevision,
  model: replay.modelName,
  costUsd: null,
  latencyMs: { p50: null, p95: null },
  providerModels: [],
})

/** One pass over both replays: the figures, and the cases in order of harm. Throws not-comparable when they share no case. */
async function runPass(
  handle: ReturnType<TouchstoneDatabase['openHandle']>,
  pair: Pair,
  { margin, confidence, by }: Options,
  clusters: ReadonlyMap<string, string> | null,
): Promise<{ comparison: Comparison; cases: ComparisonCaseRow[] }> {
  const { policy, twin } = pair
  const facts = { baseline: sideFacts(pair.baseline), candidate: sideFacts(pair.candidate) }
  const noise = twin ? { replay: twin.id, flips: 0, n: 0 } : undefined
  const builder = createComparison({
    scheme: policy.scheme,
    ...facts,
    margin,
    confidence,
    ...(by ? { by } : {}),
    errorCosts: policy.errorCosts,
    productionPrevalence: policy.productionPrevalence,
    ...(noise ? { noise } : {}),
    warnings: describeSides(pair),
  })
  const slicesOfFacets = createFacetReader(builder.sliceHandle)
  const rows: Array<ComparisonCaseRow & { harm: number; position: number }> = []
  let shared = 0
  let seen = 0

  handle.exec('BEGIN')
  const joined = new JoinedReplays(handle, pair.baseline, pair.candidate, twin)
  let totals: { baseline: SideTotals; candidate: SideTotals }
  try {
    for (const { caseId, position, mustPass, facets, baseline, candidate, twin: again } of joined.cases()) {
      if (++seen % casesPerTurn === 0) await nextTurn()
      // A side that has not answered yet says nothing of the case, not even that it was removed.
      if (baseline === undefined || candidate === undefined) continue
      if (baseline && candidate) shared++
      const unsteady = twin !== null && differs(again, twin.of === 'baseline' ? baseline : candidate, noise)
      const counted = builder.add({
        caseId,
        baseline,
        candidate,
        mustPass,
        slices: slicesOfFacets(facets),
        noise: unsteady,
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
  Object.assign(facts.baseline, totals.baseline)
  Object.assign(facts.candidate, totals.candidate)
  rows.sort((a, b) => a.harm - b.harm || a.position - b.position)
  return { comparison: builder.finish(), cases: rows }
}

/** Counts a case into the noise floor, and says whether replaying the same version again gave another outcome. */
function differs(
  again: JudgedSide | null | undefined,
  before: JudgedSide | null,
  noise: { flips: number; n: number } | undefined,
): boolean {
  if (!noise || !again || !before || !isScored(again.outcome) || !isScored(before.outcome)) return false
  noise.n++
  if (again.outcome === before.outcome) return false
  noise.flips++
  return true
}

function findClusters(texts: ReadonlyArray<{ id: string; text: string }>): ReadonlyMap<string, string> {
  const cases = texts.map(({ id, text }) => ({ id, content: text, parents: [], expected: null }))
  const clusters = findDuplicates(cases, { pairwiseBelow: comparedPairwise })
  return new Map(clusters.flatMap(({ caseIds }, index) => caseIds.map((id) => [id, `cluster ${index}`] as const)))
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
