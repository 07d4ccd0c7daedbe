import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkComparisonOptions } from '~/domain/comparison/compare'
import type { ComparedCase, Comparison } from '~/domain/comparison/comparison'
import { createHarmRank, type JudgedSide } from '~/domain/comparison/flips'
import { errorCostSchema } from '~/domain/policy/policy'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import { ComparisonDetails } from '~/storage/sqlite/comparison-details'
import { findTwin, readPolicyToCompare, readReplayToCompare, type ReplayToCompare } from '~/storage/sqlite/comparison-source'
import { ComparisonStore, keepComparison, type CaseRevisions, type ComparisonCaseRow } from '~/storage/sqlite/comparison-store'
import { comparePair, createClusterReader, type PassOptions, type PolicyFacts, type ReplayPair } from './comparison-pass'
import { compareReplays } from './compare-many'
import type { ComparisonOptions, ComparisonService, FlipFilter, FlipRow } from './workspace-api'

const defaultMargin = 0.02
const defaultConfidence = 0.95
/** Hexadecimal digits of a key, which stands in every row and index entry of the cases. */
const keyLength = 24
const streamRows = 500
const rememberedDocuments = 16

export function createComparisonService({ database, now }: { database: TouchstoneDatabase; now: () => number }): ComparisonService {
  const { raw, writeLock } = database
  const store = new ComparisonStore(raw)
  const details = new ComparisonDetails(raw)
  const documents = new Map<string, Comparison>()
  const underWay = new Map<string, Promise<Comparison>>()
  const readClusters = createClusterReader(raw)

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

  /** The newest other replay of the candidate's version, else of the baseline's. */
  function findNoise(baseline: ReplayToCompare, candidate: ReplayToCompare): ReplayPair['twin'] {
    const ofCandidate = findTwin(raw, candidate, baseline.id)
    if (ofCandidate !== null) return { id: ofCandidate, of: 'candidate' }
    const ofBaseline = findTwin(raw, baseline, candidate.id)
    return ofBaseline === null ? null : { id: ofBaseline, of: 'baseline' }
  }

  function chooseNoise(noiseId: string, baseline: ReplayToCompare, candidate: ReplayToCompare): ReplayPair['twin'] {
    const again = readReplay(noiseId)
    const isAgain = (side: ReplayToCompare) =>
      (['promptHash', 'goldenSetId', 'goldenRevision', 'modelHash', 'epochs'] as const).every((name) => side[name] === again[name])
    const of = isAgain(baseline) ? 'baseline' : isAgain(candidate) ? 'candidate' : null
    if (of === null || again.id === baseline.id || again.id === candidate.id)
      throw new TouchstoneError(
        'not-comparable',
        `The replay ${again.id} is no second replay of either side: noise is what changes when the same version is replayed again over the same revision with the same model.`,
        'Replay the baseline once more with --new --refresh, and name that replay.',
      )
    if (again.done === 0)
      throw new TouchstoneError(
        'unfinished',
        `The replay ${again.id} has no results yet (it is ${again.status}).`,
        'Let it run, then compare again.',
      )
    return { id: again.id, of }
  }

  function readPair(baselineId: string, candidateId: string, noiseId?: string): ReplayPair {
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
    const twin = noiseId === undefined ? findNoise(baseline, candidate) : chooseNoise(noiseId, baseline, candidate)
    const stateOf = ({ id, resultsVersion, done }: ReplayToCompare) => [id, resultsVersion, done]
    const casesKey = hashText(JSON.stringify(['comparison-cases/2', stateOf(baseline), stateOf(candidate), twin, policy.scheme])).slice(
      0,
      keyLength,
    )
    return { baseline, candidate, policy, twin, casesKey }
  }

  function keyOf({ casesKey, baseline, candidate, policy }: ReplayPair, { margin, confidence, by }: PassOptions): string {
    const parts = [
      'comparison/2',
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
    const pair = readPair(baselineId, candidateId, options.noise)
    return await compareOnce(pair, chosen)
  }

  /** Kept, under way or computed: two pages that ask at once are answered by one pass. */
  async function compareOnce(pair: ReplayPair, options: PassOptions): Promise<Comparison> {
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

  async function computeAndKeep(pair: ReplayPair, options: PassOptions, documentKey: string): Promise<Comparison> {
    const handle = database.openHandle()
    try {
      const { comparison, cases } = await comparePair(handle, pair, options, readClusters(pair.candidate))
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
  async function openCases(baselineId: string, candidateId: string, noiseId?: string): Promise<ReplayPair> {
    const pair = readPair(baselineId, candidateId, noiseId)
    if (!store.has(pair.casesKey)) await compareOnce(pair, readOptions({}))
    return pair
  }

  function toComparedCase({ baseline, candidate }: ReplayPair, row: ComparisonCaseRow): ComparedCase {
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

  function toFlipRow({ baseline, candidate }: Pick<ReplayPair, 'baseline' | 'candidate'>, compared: ComparedCase, rank: number): FlipRow {
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

    async compareMany(replayIds, options = {}) {
      const { margin, confidence } = readOptions(options)
      const replays = [...new Set(replayIds)].map(readReplay)
      const [first] = replays
      if (!first || replays.length < 2)
        throw new TouchstoneError('invalid-input', 'There must be at least two different replays to compare.')
      const { scheme } = await readPolicy(first.policyId)
      for (const replay of replays) {
        if (replay.done === 0)
          throw new TouchstoneError(
            'unfinished',
            `The replay ${replay.id} has no results yet (it is ${replay.status}).`,
            'Let it run, then compare again.',
          )
        if (replay.policyId !== first.policyId) checkSchemes(scheme, (await readPolicy(replay.policyId)).scheme)
      }
      return compareReplays(raw, replays, { margin, confidence })
    },

    async *streamCases(baselineId, candidateId, { noise } = {}) {
      const pair = await openCases(baselineId, candidateId, noise)
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
function readOptions({ margin = defaultMargin, confidence = defaultConfidence, by }: ComparisonOptions): PassOptions {
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

const revisionsOf = ({ baseline, candidate }: ReplayPair): CaseRevisions => ({
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
