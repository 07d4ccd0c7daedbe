import { verdictSchemeSchema } from '~/domain/policy/verdict-scheme'
import { retriedReasons } from '~/domain/verdict/verdict'
import { TouchstoneError } from '~/lib/errors'
import { createId } from '~/lib/ids'
import { modelNameOf } from '~/replay/model-configuration'
import type { TouchstoneDatabase } from '~/storage/database'
import { readCaseOutcomes, readFlippedCases } from '~/storage/sqlite/case-outcomes'
import { findGoldenSet } from '~/storage/sqlite/golden-set-rows'
import { findPolicyId, readPolicyById } from '~/storage/sqlite/policy-rows'
import { findLabelledVersion, findVersion, listVersions, type VersionRow } from '~/storage/sqlite/prompt-rows'
import { readReplayFigures } from '~/storage/sqlite/replay-figures'
import type { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { ReplayRows, type ReplayRow } from '~/storage/sqlite/replay-rows'
import type { ReplayScores } from '~/storage/sqlite/replay-scores'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { readTrialAnswer } from '~/storage/sqlite/trial-answer'
import { policyNotFound } from './policies'
import { isWorkedOn } from './claim-owner'
import { estimateTrials, everyEpoch } from './replay-estimate'
import { checkModel, checkOptions, resolveRequest } from './replay-request'
import { readReplayOptions } from './replay-runner'
import type { RunDesk } from './run-desk'
import type { GoldenSetService, ReplayOptions, ReplayReport, ReplayService, ReplayStanding, ReplaySummary } from './workspace-api'

const defaultListLength = 100
const mostTrialsAPage = 1_000

export type ReplayServiceOptions = {
  database: TouchstoneDatabase
  scores: ReplayScores
  quotedCases: QuotedCases
  desk: RunDesk
  now: () => number
  /** The cases of a golden set's revision. */
  streamCases: GoldenSetService['stream']
}

/** For what was left unscored and is asked again, also by a later process: the cache has the answers that were no good. */
const pastTheCache = (options: ReplayOptions): ReplayOptions => ({ ...options, cache: options.cache === 'off' ? 'off' : 'refresh' })

/** Replays as use cases: finds or makes them, runs them here or in the background, and tells how they stand. */
export function createReplayService({ database, scores, quotedCases, desk, now, streamCases }: ReplayServiceOptions): ReplayService {
  const { raw, writeLock } = database
  const rows = new ReplayRows(raw)
  const store = new SqliteReplayStore(database)
  const { context } = desk
  const { ledger } = context

  function toSummary(row: ReplayRow): ReplaySummary {
    const { correct, scored } = scores.scoreOf(row)
    const runningMs = row.runningSince !== null && row.status === 'running' ? Math.max(0, now() - row.runningSince) : 0
    return {
      id: row.id,
      policySlug: row.policySlug,
      promptHash: row.promptHash,
      versionNumber: row.versionNumber,
      goldenSet: row.goldenSet,
      goldenRevision: row.goldenRevision,
      model: row.model,
      modelName: row.modelName,
      rehearsal: row.model.provider === 'touchstone',
      epochs: row.epochs,
      status: row.status,
      statusReason: row.statusReason,
      total: row.total,
      done: row.done,
      accuracy: scored === 0 ? null : correct / scored,
      author: row.author,
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
      durationMs: row.durationMs + runningMs,
    }
  }

  function readRow(replayId: string): ReplayRow {
    const row = rows.find(replayId)
    if (!row)
      throw new TouchstoneError(
        'not-found',
        `There is no replay ${JSON.stringify(replayId)}.`,
        '"touchstone policies" and the replays page list those there are.',
      )
    return row
  }

  async function standing(replayId: string): Promise<ReplayStanding> {
    await scores.prepare([readRow(replayId)])
    const progress = await store.progress(replayId)
    return { ...toSummary(readRow(replayId)), progress, costUsd: progress.costUsd }
  }

  /** The cache has the answers for which trials are asked again, also where that was interrupted. */
  const continuedOptions = ({ id }: ReplayRow, wanted: ReplayOptions): ReplayOptions => (rows.isRetried(id) ? pastTheCache(wanted) : wanted)

  async function report(replayId: string): Promise<ReplayReport> {
    const row = readRow(replayId)
    const policy = readPolicyById(raw, row.policyId)
    const quoted = await quotedCases.quotedByAny([row])
    const [figures, progress] = await Promise.all([
      readReplayFigures(database, replayId, verdictSchemeSchema.parse(policy.scheme), quoted),
      store.progress(replayId),
    ])
    if (!figures) throw new TouchstoneError('not-found', `There is no replay ${JSON.stringify(replayId)}.`)
    const newest = readRow(replayId)
    return {
      ...toSummary(newest),
      metrics: figures.metrics,
      leaked: figures.leftOut && { n: figures.leftOut.cases, all: figures.leftOut.all },
      progress,
      latencyMs: figures.totals.latencyMs,
      costUsd: progress.costUsd,
      warnings: newest.warnings,
    }
  }

  return {
    async prepare(request) {
      const wanted = checkOptions(request.options ?? {})
      const { inputs, promptText, model, caseCount } = resolveRequest(context, request)
      const isSame = (row: ReplayRow) => !request.fresh && (row.status !== 'finished' || request.reuseFinished === true)
      const known = rows.sameAs(inputs).find(isSame)
      if (known?.status === 'finished') return { replay: toSummary(known), continued: true }
      await checkModel(context, model, wanted)
      if (known) {
        await writeLock.run(() => rows.setOptions(known.id, JSON.stringify(continuedOptions(known, wanted))))
        return { replay: toSummary(readRow(known.id)), continued: true }
      }
      const id = createId()
      const made = await writeLock.run(() =>
        rows.insert(
          {
            ...inputs,
            id,
            promptText,
            model,
            modelName: modelNameOf(model),
            options: JSON.stringify(wanted),
            total: caseCount * inputs.epochs,
            author: request.author,
            nowMs: now(),
          },
          isSame,
        ),
      )
      if (made) return { replay: toSummary(made), continued: true }
      return { replay: toSummary(readRow(id)), continued: false }
    },

    async estimate(request) {
      const resolved = resolveRequest(context, request)
      const wanted = checkOptions(request.options ?? {})
      const { inputs, caseCount, policySlug, goldenSet } = resolved
      const unfinished = request.fresh ? undefined : rows.sameAs(inputs).find(({ status }) => status !== 'finished')
      const trials = unfinished
        ? { total: await store.countPending(unfinished.id), trials: store.pending(unfinished.id) }
        : {
            total: caseCount * inputs.epochs,
            trials: everyEpoch(streamCases(policySlug, goldenSet, inputs.goldenRevision), inputs.epochs),
          }
      const options = unfinished ? continuedOptions(unfinished, wanted) : wanted
      const estimate = await estimateTrials(context, rows, { ...resolved, modelHash: inputs.modelHash }, options, trials)
      const soFarUsd = unfinished ? (await store.progress(unfinished.id)).costUsd : null
      return { ...estimate, soFarUsd, spending: ledger.read(now()) }
    },

    spending: async () => ledger.read(now()),

    async setCeiling(usd) {
      if (usd !== null && !(Number.isFinite(usd) && usd >= 0))
        throw new TouchstoneError('invalid-input', `The ceiling must be 0 or more US dollars, got ${usd}.`)
      await ledger.setCeiling(usd)
    },

    async retryUnscored(replayId, { options: given, reasons = retriedReasons } = {}) {
      const row = readRow(replayId)
      if (row.status !== 'finished' && row.status !== 'cancelled' && row.status !== 'failed')
        throw new TouchstoneError(
          'conflict',
          `The replay ${replayId} is ${row.status}.`,
          'Let it end first; then what is unscored can be asked again.',
        )
      const options = given === undefined ? readReplayOptions(row.options) : checkOptions(given)
      if (given !== undefined) await checkModel(context, row.model, options)
      return await writeLock.run(() => rows.reopenUnscored(replayId, reasons, JSON.stringify(pastTheCache(options)), createId(), now()))
    },

    async run(replayId, onEvent = () => undefined, signal = new AbortController().signal, onlyCaseIds) {
      if (readRow(replayId).status !== 'finished') await desk.run(replayId, onEvent, signal, onlyCaseIds)
      return await standing(replayId)
    },

    async quotedCases(replayIds) {
      return await quotedCases.quotedByAny(replayIds.map(readRow))
    },

    async outcomes(replayId, caseIds) {
      return new Map(Array.from(readCaseOutcomes(raw, replayId, caseIds), ({ caseId, outcome }) => [caseId, outcome]))
    },

    async flippedBefore(policySlug, goldenSet) {
      const policyId = findPolicyId(raw, policySlug)
      const golden = policyId && findGoldenSet(raw, policyId, goldenSet)
      return new Set(golden ? readFlippedCases(raw, golden.id) : [])
    },

    async start(replayId) {
      if (readRow(replayId).status !== 'finished') desk.start(replayId)
    },

    async cancel(replayId) {
      const { status } = readRow(replayId)
      if (status === 'finished' || status === 'cancelled') return
      if (desk.cancel(replayId)) return
      // Another process may be at it; it looks for the request. Where nobody is, nobody would.
      await writeLock.run(() => rows.requestCancel(replayId))
      if (!isWorkedOn(rows, replayId, now())) await store.setStatus(replayId, 'cancelled', null, now())
    },

    subscribe: (replayId, listener) => desk.subscribe(replayId, listener),

    async resumeUnfinished() {
      // What another process is working on is left to it.
      const left = rows.unended().filter((row) => !desk.isRunning(row.id) && !isWorkedOn(rows, row.id, now()))
      for (const { id } of left) desk.start(id)
      return left.length
    },

    async get(replayId) {
      const row = readRow(replayId)
      await scores.prepare([row])
      return toSummary(row)
    },

    standing,
    report,

    async list({ policySlug, limit = defaultListLength } = {}) {
      const listed = rows.list({ limit, ...(policySlug === undefined ? {} : { policySlug }) })
      await scores.prepare(listed)
      return listed.map((row) => ({ ...toSummary(row), costUsd: row.costUsd }))
    },

    async resolve(reference) {
      const at = reference.lastIndexOf('@')
      if (at < 1) return readRow(reference).id
      const slug = reference.slice(0, at)
      const policyId = findPolicyId(raw, slug)
      if (policyId === null) throw policyNotFound(slug)
      const version = resolveVersion(policyId, reference.slice(at + 1))
      if (!version)
        throw new TouchstoneError('not-found', `The policy "${slug}" has no version ${JSON.stringify(reference.slice(at + 1))}.`)
      const replay = rows.newestFinished({ policyId, promptHash: version.textHash })
      if (!replay)
        throw new TouchstoneError(
          'unfinished',
          `${slug}@${version.number} has no finished replay.`,
          `Replay it: touchstone replay --prompt ${slug}@${version.number} --golden ${slug} --model PROVIDER:NAME.`,
        )
      return replay.id
    },

    async baselineFor(slug, goldenSet, modelName) {
      const policyId = findPolicyId(raw, slug)
      if (policyId === null) throw policyNotFound(slug)
      const production = findLabelledVersion(raw, policyId, 'production')
      for (const { textHash } of [...(production ? [production] : []), ...listVersions(raw, policyId)]) {
        const found = rows.newestFinished({
          policyId,
          promptHash: textHash,
          goldenSet,
          ...(modelName === undefined ? {} : { modelName }),
        })
        if (!found) continue
        await scores.prepare([found])
        return toSummary(found)
      }
      return null
    },

    async answer(replayId, caseId, epoch) {
      const answer = readTrialAnswer(raw, replayId, caseId, epoch)
      if (!answer)
        throw new TouchstoneError('not-found', `The replay ${replayId} has no answer about ${JSON.stringify(caseId)} (epoch ${epoch}).`)
      return answer
    },

    async trials(replayId, { offset, limit, leaked, ...condition }) {
      const replay = readRow(replayId)
      const quoted = leaked ? await quotedCases.quotedByAny([replay]) : null
      const page = rows.trials(replayId, {
        offset: Math.max(0, offset),
        limit: Math.min(mostTrialsAPage, Math.max(0, limit)),
        ...condition,
        ...(quoted ? { caseIds: [...quoted] } : {}),
      })
      return {
        total: page.total,
        caseIds: page.rows.map(({ caseId }) => caseId),
        rows: page.rows.map(({ caseId: _, ...trial }) => ({
          ...trial,
          replayId,
          versionNumber: replay.versionNumber,
          promptHash: replay.promptHash,
          model: replay.modelName,
          finishedAt: replay.finishedAt,
        })),
      }
    },
  }

  /** A number, `v7`, or a label such as `production`. */
  function resolveVersion(policyId: string, written: string): VersionRow | null {
    const number = /^v?(\d{1,9})$/.exec(written)?.[1]
    return number === undefined ? findLabelledVersion(raw, policyId, written) : findVersion(raw, policyId, { number: Number(number) })
  }
}
