import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkComparisonOptions } from '~/domain/comparison/compare'
import type { ComparedCase, Comparison } from '~/domain/comparison/comparison'
import { createHarmRank, type JudgedSide } from '~/domain/comparison/flips'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import { ComparisonDetails } from '~/storage/sqlite/comparison-details'
import { ComparisonStore, keepComparison, type CaseRevisions, type ComparisonCaseRow } from '~/storage/sqlite/comparison-store'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { createClusterReader } from './case-clusters'
import { checkSchemes, createPairReader, keyLength, type PairOptions } from './comparison-pairs'
import { comparePair, type PassOptions, type ReplayPair } from './comparison-pass'
import { compareReplays } from './compare-many'
import type { ComparisonOptions, ComparisonService, FlipFilter, FlipRow } from './workspace-api'

const defaultMargin = 0.02
const defaultConfidence = 0.95
const streamRows = 500
const rememberedDocuments = 16

export function createComparisonService({
  database,
  quotedCases = new QuotedCases(database),
  now,
}: {
  database: TouchstoneDatabase
  quotedCases?: QuotedCases
  now: () => number
}): ComparisonService {
  const { raw, writeLock } = database
  const store = new ComparisonStore(raw)
  const details = new ComparisonDetails(raw)
  const documents = new Map<string, Comparison>()
  const underWay = new Map<string, Promise<Comparison>>()
  const readClusters = createClusterReader(database)
  const { readPolicy, readReplay, readPair } = createPairReader(database, quotedCases)

  function keyOf({ casesKey, baseline, candidate, policy }: ReplayPair, { margin, confidence, by }: PassOptions): string {
    const parts = [
      'comparison/4',
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
    const pair = await readPair(baselineId, candidateId, options)
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
    const clusters = await readClusters(pair.candidate)
    const handle = database.openHandle()
    try {
      const { comparison, cases } = await comparePair(handle, pair, options, clusters)
      await writeLock.run(() =>
        keepComparison(handle, {
          pair: { baselineReplayId: pair.baseline.id, candidateReplayId: pair.candidate.id },
          pairKey: pair.pairKey,
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
  async function openCases(baselineId: string, candidateId: string, options: PairOptions = {}): Promise<ReplayPair> {
    const pair = await readPair(baselineId, candidateId, options)
    if (!store.has(pair.casesKey)) await compareOnce(pair, readOptions({}))
    return pair
  }

  function toComparedCase({ baseline, candidate, quoted }: ReplayPair, row: ComparisonCaseRow): ComparedCase {
    const [set, revision] =
      row.candidateOutcome === null ? [baseline.goldenSetId, baseline.goldenRevision] : [candidate.goldenSetId, candidate.goldenRevision]
    return {
      id: row.caseId,
      flip: row.flip,
      expected: details.expectedAt(set, revision, row.caseId) ?? null,
      baseline: row.baselineOutcome === null ? null : details.answerOf(baseline.id, row.caseId),
      candidate: row.candidateOutcome === null ? null : details.answerOf(candidate.id, row.caseId),
      ...(row.noise ? { noise: true } : {}),
      ...(row.relabelling ? { relabelling: row.relabelling } : {}),
      ...(row.flipByNewLabels ? { flipByNewLabels: row.flipByNewLabels } : {}),
      ...(quoted.baseline.has(row.caseId) || quoted.candidate.has(row.caseId) ? { leaked: true } : {}),
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
      const { scheme } = readPolicy(first.policyId)
      for (const replay of replays) {
        if (replay.done === 0)
          throw new TouchstoneError(
            'unfinished',
            `The replay ${replay.id} has no results yet (it is ${replay.status}).`,
            'Let it run, then compare again.',
          )
        if (replay.policyId !== first.policyId) checkSchemes(scheme, readPolicy(replay.policyId).scheme)
      }
      return compareReplays(raw, replays, { margin, confidence }, await quotedCases.quotedByAny(replays))
    },

    async *streamCases(baselineId, candidateId, options = {}) {
      const pair = await openCases(baselineId, candidateId, options)
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
      const pair = await openCases(baselineId, candidateId, { includeLeaked: filter.includeLeaked })
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

const revisionsOf = ({ baseline, candidate }: ReplayPair): CaseRevisions => ({
  baselineSet: baseline.goldenSetId,
  baselineRevision: baseline.goldenRevision,
  candidateSet: candidate.goldenSetId,
  candidateRevision: candidate.goldenRevision,
})

function toCaseFilter({ rule, tag, anyRule, noRule, facets = [], includeLeaked: _, ...filter }: FlipFilter) {
  const all = [
    ...facets,
    ...(rule === undefined ? [] : [{ by: 'rule', value: rule }]),
    ...(tag === undefined ? [] : [{ by: 'tag', value: tag }]),
  ]
  const toFacets = (rules: string[] | undefined) => rules?.map((value) => ({ by: 'rule', value }))
  return { ...filter, anyFacet: toFacets(anyRule), noFacet: toFacets(noRule), ...(all.length ? { facets: all } : {}) }
}
