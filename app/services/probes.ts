import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { makeProbes, type Probe } from '~/domain/probes/probe'
import type { ProbeRunRecord } from '~/domain/probes/probe-records'
import { canonicalSelection, chooseParents, probeSelectionSchema, type ProbeSelection } from '~/domain/probes/probe-selection'
import { RobustnessCounter, type Robustness } from '~/domain/probes/robustness'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import { createId } from '~/lib/ids'
import { modelNameOf } from '~/replay/model-configuration'
import type { PendingTrial } from '~/replay/ports'
import type { TouchstoneDatabase } from '~/storage/database'
import { findPolicy, readPolicyById } from '~/storage/sqlite/policy-rows'
import { readProbedParents, readProbePage } from '~/storage/sqlite/probe-answers'
import { ProbeRows, type ProbeRunRow } from '~/storage/sqlite/probe-rows'
import { findPromptText } from '~/storage/sqlite/prompt-rows'
import { ReplayRows } from '~/storage/sqlite/replay-rows'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { probeTrials } from '~/storage/sqlite/trial-source'
import { policyNotFound } from './policies'
import type { ProbeReport, ProbeRequest, ProbeService } from './probes-api'
import { isWorkedOn } from './claim-owner'
import { estimateTrials } from './replay-estimate'
import { checkModel, checkOptions, resolveRequest } from './replay-request'
import type { RunDesk } from './run-desk'
import type { GoldenSetService, ReplayRequest } from './workspace-api'

const defaultListLength = 100
const mostRowsAPage = 500
const rememberedFigures = 8
/** What a run is made of in one transaction, and more calls than anybody wants to make by mistake. */
const mostProbes = 200_000

export type ProbeServiceOptions = { database: TouchstoneDatabase; desk: RunDesk; goldenSets: GoldenSetService; now: () => number }

export function createProbeService({ database, desk, goldenSets, now }: ProbeServiceOptions): ProbeService {
  const { raw, writeLock } = database
  const rows = new ProbeRows(raw)
  const replays = new ReplayRows(raw)
  const store = new SqliteReplayStore(database, probeTrials)

  function readRow(runId: string): ProbeRunRow {
    const row = rows.find(runId)
    if (row) return row
    throw new TouchstoneError(
      'not-found',
      `There is no probe run ${JSON.stringify(runId)}.`,
      'The probes page of a policy lists those there are.',
    )
  }

  const toRecord = (row: ProbeRunRow): ProbeRunRecord => ({
    id: row.id,
    policySlug: row.policySlug,
    promptHash: row.promptHash,
    versionNumber: row.versionNumber,
    goldenSet: row.goldenSet,
    goldenRevision: row.goldenRevision,
    modelName: row.modelName,
    rehearsal: row.model.provider === 'touchstone',
    baseReplayId: row.baseReplayId,
    selection: row.selection,
    parents: row.parents,
    parentsOf: row.parentsOf,
    notAsked: row.notAsked,
    status: row.status,
    statusReason: row.statusReason,
    total: row.total,
    done: row.done,
    author: row.author,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    durationMs: row.durationMs + (row.runningSince !== null && row.status === 'running' ? Math.max(0, now() - row.runningSince) : 0),
  })

  const schemeOf = (policyId: string): VerdictScheme => verdictSchemeSchema.parse(readPolicyById(raw, policyId).scheme)

  /** A replay's own inputs, as a request. */
  async function asReplayRequest(request: ProbeRequest): Promise<ReplayRequest> {
    if (!('replayId' in request)) return request
    const replay = replays.find(request.replayId)
    if (!replay) throw new TouchstoneError('not-found', `There is no replay ${JSON.stringify(request.replayId)}.`)
    const text = findPromptText(raw, replay.promptHash)
    if (text === null) throw new TouchstoneError('storage', `The prompt of the replay ${request.replayId} cannot be read.`)
    const { policySlug, goldenSet, goldenRevision, model, epochs } = replay
    return { ...request, policySlug, prompt: { text }, goldenSet, goldenRevision, model, epochs }
  }

  function* parentsOf(key: { goldenSetId: string; revision: number }, chosen: readonly string[]): Generator<GoldenCase> {
    for (const caseId of chosen) {
      const parent = rows.case(key, caseId)
      if (parent) yield parent
    }
  }

  /** A request whose names are found and whose values are checked, and what makes its run the same as another. */
  async function resolve(request: ProbeRequest) {
    const wanted = checkOptions(request.options ?? {})
    if (wanted.batch) throw new TouchstoneError('invalid-input', 'Probes are not asked in batches.', 'Leave the batch out.')
    const selection = canonicalSelection(readSelection(request.selection))
    const { inputs, scheme, promptText, model } = await resolveRequest(desk.context, await asReplayRequest(request))
    const { policyId, promptHash, goldenSetId, goldenRevision, modelHash } = inputs
    const identity = { policyId, promptHash, goldenSetId, goldenRevision, modelHash, selectionHash: hashText(JSON.stringify(selection)) }
    // Whoever asks past the cache wants new answers to the unchanged texts too.
    const isAsked = wanted.cache === 'refresh' || wanted.cache === 'off'
    const base = 'replayId' in request ? request.replayId : replays.sameAs(inputs).find(({ status }) => status === 'finished')?.id
    const baseReplayId = (isAsked ? null : base) ?? null
    return { wanted, selection, identity, scheme, promptText, model, baseReplayId, key: { goldenSetId, revision: goldenRevision } }
  }
  type Resolved = Awaited<ReturnType<typeof resolve>>

  function* makeAll({ key, scheme, selection }: Resolved, chosen: readonly string[]) {
    let probes = 0
    for (const parent of parentsOf(key, chosen)) {
      const made = makeProbes(parent, scheme, selection.transforms)
      probes += made.probes.length
      if (probes > mostProbes)
        throw new TouchstoneError(
          'invalid-input',
          `These are more than ${mostProbes.toLocaleString('en-US')} probes.`,
          'Probe fewer cases, or with fewer transforms.',
        )
      yield { parent, made }
    }
  }

  /** What a run that is not made yet would ask. */
  function listTrials(asked: Resolved, chosen: readonly string[]): { total: number; trials: PendingTrial[] } {
    const trials: PendingTrial[] = []
    for (const { parent, made } of makeAll(asked, chosen)) {
      const isKnown = asked.baseReplayId !== null && rows.hasVerdict(asked.baseReplayId, parent.id)
      for (const { kind, content, epoch } of made.probes)
        if (kind !== 'unchanged' || !isKnown) trials.push({ case: { ...parent, content }, epoch })
    }
    return { total: trials.length, trials }
  }

  function chooseCases(key: { goldenSetId: string; revision: number }, selection: ProbeSelection) {
    const { revision } = key
    const all = rows.caseIds(key)
    const chosen = chooseParents(all, selection)
    const known = new Set(chosen)
    const unknown = selection.caseIds?.filter((caseId) => !known.has(caseId)) ?? []
    if (unknown.length)
      throw new TouchstoneError(
        'not-found',
        `There is no case ${unknown
          .slice(0, 3)
          .map((caseId) => JSON.stringify(caseId))
          .join(', ')} in revision ${revision} of the golden set.`,
        'Name cases by their ids, as the golden set lists them.',
      )
    return { all, chosen }
  }

  /** The figures of tens of thousands of probes take a second: those of the last runs looked at are kept for as long as nothing is added. */
  const figures = new Map<string, { signature: string; robustness: Robustness }>()

  async function report(runId: string, by?: readonly string[]): Promise<ProbeReport> {
    const row = readRow(runId)
    const scheme = schemeOf(row.policyId)
    const signature = JSON.stringify([row.done, by, scheme.labels])
    let known = figures.get(runId)
    if (known?.signature !== signature) {
      const counter = new RobustnessCounter(scheme, by)
      for (const parent of readProbedParents(raw, runId)) counter.add(parent)
      known = { signature, robustness: counter.result() }
    }
    figures.delete(runId)
    figures.set(runId, known)
    const [oldest] = figures.keys()
    if (figures.size > rememberedFigures && oldest !== undefined) figures.delete(oldest)
    return { ...toRecord(row), progress: await store.progress(runId), robustness: known.robustness }
  }

  return {
    async prepare(request) {
      const asked = await resolve(request)
      const { wanted, selection, identity, promptText, model, key } = asked
      const known = request.fresh ? undefined : rows.sameAs(identity)[0]
      if (known?.status === 'finished') return { run: toRecord(known), continued: true }
      await checkModel(desk.context, model, wanted)
      if (known) {
        await writeLock.run(() => rows.setOptions(known.id, JSON.stringify(wanted)))
        return { run: toRecord(readRow(known.id)), continued: true }
      }
      const { all, chosen } = chooseCases(key, selection)
      const probes: Probe[] = []
      const notAsked: ProbeRunRecord['notAsked'] = {}
      for (const { made } of makeAll(asked, chosen)) {
        probes.push(...made.probes)
        for (const name of [...made.withoutEffect, ...made.withoutLabel]) notAsked[name] = (notAsked[name] ?? 0) + 1
      }
      const id = createId()
      await writeLock.run(() =>
        rows.insert({
          ...identity,
          id,
          promptText,
          model,
          modelName: modelNameOf(model),
          baseReplayId: asked.baseReplayId,
          selection,
          parents: chosen.length,
          parentsOf: all.length,
          notAsked,
          options: JSON.stringify(wanted),
          probes,
          author: request.author,
          nowMs: now(),
        }),
      )
      return { run: toRecord(readRow(id)), continued: false }
    },

    async estimate(request) {
      const asked = await resolve(request)
      const known = request.fresh ? undefined : rows.sameAs(asked.identity)[0]
      const trials = known
        ? { total: await store.countPending(known.id), trials: store.pending(known.id) }
        : listTrials(asked, chooseCases(asked.key, asked.selection).chosen)
      const estimate = await estimateTrials(desk.context, replays, { ...asked, modelHash: asked.identity.modelHash }, asked.wanted, trials)
      const soFarUsd = known ? (await store.progress(known.id)).costUsd : null
      return { ...estimate, soFarUsd, spending: desk.context.ledger.read(now()) }
    },

    async run(runId, onEvent = () => undefined, signal = new AbortController().signal, by) {
      if (readRow(runId).status !== 'finished') await desk.run(runId, onEvent, signal)
      return await report(runId, by)
    },

    async start(runId) {
      if (readRow(runId).status !== 'finished') desk.start(runId)
    },

    async cancel(runId) {
      const { status } = readRow(runId)
      if (status === 'finished' || status === 'cancelled' || desk.cancel(runId)) return
      await writeLock.run(() => rows.requestCancel(runId))
      if (!isWorkedOn(rows, runId, now())) await store.setStatus(runId, 'cancelled', null, now())
    },

    async resumeUnfinished() {
      const left = rows.unended().filter(({ id }) => !desk.isRunning(id) && !isWorkedOn(rows, id, now()))
      for (const { id } of left) desk.start(id)
      return left.length
    },

    async get(runId) {
      return toRecord(readRow(runId))
    },

    report,

    async list({ limit = defaultListLength, ...query } = {}) {
      return rows.list({ ...query, limit }).map(toRecord)
    },

    async cases(runId, { offset, limit, ...filter }) {
      const scheme = schemeOf(readRow(runId).policyId)
      const idsOf = (kind: 'violating' | 'allowed') => scheme.labels.filter((label) => label.kind === kind).map(({ id }) => id)
      return readProbePage(
        raw,
        runId,
        { violating: idsOf('violating'), allowed: idsOf('allowed') },
        { ...filter, offset: Math.max(0, offset), limit: Math.min(mostRowsAPage, Math.max(0, limit)) },
      )
    },

    async *variants(slug, goldenSet, selection, revision) {
      const golden = await goldenSets.get(slug, goldenSet)
      const policy = findPolicy(raw, slug)
      if (policy === null) throw policyNotFound(slug)
      const scheme = verdictSchemeSchema.parse(policy.scheme)
      const key = { goldenSetId: golden.id, revision: revision ?? golden.head }
      const wanted = canonicalSelection(readSelection(selection))
      for (const parent of parentsOf(key, chooseCases(key, wanted).chosen))
        for (const probe of makeProbes(parent, scheme, wanted.transforms).probes) yield { parent, revision: key.revision, probe }
    },
  }
}

function readSelection(selection: ProbeSelection): ProbeSelection {
  const parsed = probeSelectionSchema.safeParse(selection)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new TouchstoneError('invalid-input', `The probes cannot be chosen by ${issue?.path.join('.')}: ${issue?.message}.`)
}
