import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { summarizeHealth, type HealthProgress, type JudgedVersion } from '~/domain/golden-set/health'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { assignSplits, splitNames, type SplitName } from '~/domain/golden-set/splits'
import { wilsonInterval } from '~/domain/statistics'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import type { TouchstoneDatabase } from '~/storage/database'
import type { RevisionKey } from '~/storage/sqlite/golden-case-queries'
import { describeHealthInputs, readVotingReplays } from '~/storage/sqlite/health-source'
import type { ReplayScores } from '~/storage/sqlite/replay-scores'
import { HealthStore, type StoredHealthReport } from '~/storage/sqlite/health-store'
import type { HealthReportView, HealthService } from './health-api'
import { examineRevision, type Examination } from './health-examination'
import type { HealthWorkerData, HealthWorkerMessage } from './health-worker'
import type { GoldenSetService } from './workspace-api'

const maximumPageRows = 500
/** Memory of the thread: 100,000 cases take about half of it. */
const workerHeapMb = 2_048

type Running = { progress: HealthProgress; result: Promise<StoredHealthReport> }

export function createHealthService({
  database,
  goldenSets,
  scores,
  now,
  workerFile,
}: {
  database: TouchstoneDatabase
  goldenSets: GoldenSetService
  scores: ReplayScores
  now: () => number
  /** The bundled health-worker; null or missing: examinations run in this thread. */
  workerFile: string | null
}): HealthService & { close(): Promise<void> } {
  const store = new HealthStore(database)
  const running = new Map<string, Running>()
  const failures = new Map<string, unknown>()
  const workers = new Set<Worker>()

  const keyOf = async (slug: string, goldenName: string, revision?: number): Promise<{ key: RevisionKey; head: number }> => {
    const set = await goldenSets.get(slug, goldenName)
    const number = revision ?? set.head
    if (!Number.isInteger(number) || number < 1 || number > set.head)
      throw new TouchstoneError(
        'not-found',
        set.head === 0 ? `The golden set "${goldenName}" has no cases yet.` : `The golden set "${goldenName}" has no revision ${number}.`,
        set.head === 0 ? 'Import some first.' : `Its newest is ${set.head}.`,
      )
    return { key: { goldenSetId: set.id, revision: number }, head: set.head }
  }

  const examineApart = (file: string, key: RevisionKey, onProgress: (progress: HealthProgress) => void): Promise<Examination> =>
    new Promise((resolve, reject) => {
      const data: HealthWorkerData = { databaseFile: database.file, key }
      const worker = new Worker(file, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: workerHeapMb } })
      workers.add(worker)
      worker.on('message', (message: HealthWorkerMessage) => {
        if (message.type === 'progress') onProgress(message.progress)
        else resolve(message.examination)
      })
      worker.on('error', reject)
      worker.on('exit', (code) => {
        workers.delete(worker)
        reject(new TouchstoneError('storage', `The examination ended early (code ${code}).`, 'Ask for it again.'))
      })
    })

  /** The report of what the database holds now; one examination at a time for each. */
  const begin = (key: RevisionKey): { ready: StoredHealthReport } | { running: Running; name: string } => {
    const inputsHash = hashText(describeHealthInputs(database.raw, key))
    const known = store.find(key, inputsHash)
    if (known) return { ready: known }
    const name = `${key.goldenSetId}:${key.revision}:${inputsHash}`
    const underWay = running.get(name)
    if (underWay) return { running: underWay, name }
    const entry: Running = {
      progress: { stage: 'reading', done: 0, total: 0 },
      result: (async () => {
        const onProgress = (progress: HealthProgress) => {
          entry.progress = progress
        }
        const apart = workerFile !== null && existsSync(workerFile)
        // Begins after this turn, so that `entry` is there to be told of progress.
        await Promise.resolve()
        const examination = apart ? await examineApart(workerFile, key, onProgress) : examineRevision(database.raw, key)
        return store.save(key, { inputsHash, ...examination, nowMs: now() })
      })().finally(() => running.delete(name)),
    }
    running.set(name, entry)
    return { running: entry, name }
  }

  const reportOf = async (key: RevisionKey): Promise<StoredHealthReport> => {
    const begun = begin(key)
    return 'ready' in begun ? begun.ready : await begun.running.result
  }

  return {
    async report(slug, goldenName, revision) {
      const { key } = await keyOf(slug, goldenName, revision)
      return toView(await reportOf(key))
    },

    async state(slug, goldenName, revision) {
      const { key } = await keyOf(slug, goldenName, revision)
      const begun = begin(key)
      if ('ready' in begun) return { status: 'ready', view: toView(begun.ready) }
      const failure = failures.get(begun.name)
      if (failure !== undefined) {
        failures.delete(begun.name)
        throw failure
      }
      begun.running.result.catch((error: unknown) => failures.set(begun.name, error))
      return { status: 'examining', progress: begun.running.progress }
    },

    async summary(slug, goldenName) {
      const { key } = await keyOf(slug, goldenName)
      const begun = begin(key)
      if (!('ready' in begun)) {
        begun.running.result.catch((error: unknown) => failures.set(begun.name, error))
        return null
      }
      return summarizeHealth(begun.ready.report)
    },

    async versions(slug, goldenName) {
      const { id } = await goldenSets.get(slug, goldenName)
      const replays = readVotingReplays(database.raw, { goldenSetId: id }).map((replay) => ({
        ...replay,
        goldenSetId: id,
        status: 'finished',
      }))
      await scores.prepare(replays)
      return replays
        .map((replay): JudgedVersion => {
          const { correct, scored } = scores.scoreOf(replay)
          return {
            replayId: replay.id,
            versionNumber: replay.number,
            modelName: replay.modelName,
            rehearsal: replay.modelName.startsWith('touchstone:'),
            ...(scored === 0
              ? { accuracy: null, lower: null, upper: null }
              : { accuracy: correct / scored, ...wilsonInterval({ successes: correct, n: scored, confidence: 0.95 }) }),
            n: scored,
          }
        })
        .reverse()
    },

    async caseIds(slug, goldenName, kind) {
      const { key } = await keyOf(slug, goldenName)
      return [...new Set(store.caseIds(await reportOf(key), kind))]
    },

    async tag(slug, goldenName, { kind, tag, author }) {
      const { key } = await keyOf(slug, goldenName)
      const wanted = new Set(store.caseIds(await reportOf(key), kind))
      const cases: GoldenCase[] = []
      for await (const golden of goldenSets.stream(slug, goldenName, key.revision))
        if (wanted.has(golden.id) && !golden.tags.includes(tag)) cases.push({ ...golden, tags: [...golden.tags, tag] })
      if (cases.length === 0) return { revision: key.revision, tagged: 0 }
      const written = await goldenSets.importCases({
        policySlug: slug,
        goldenName,
        cases,
        mode: 'merge',
        author,
        message: `Tagged ${tag}: ${kind}`,
      })
      return { revision: written.revision, tagged: cases.length }
    },

    async cases(slug, goldenName, { kind, revision, open = false, sealed, offset, limit }) {
      const { key, head } = await keyOf(slug, goldenName, revision)
      const report = store.newest(key) ?? (await reportOf(key))
      return store.page(
        report,
        { ...key, revision: head },
        { kind, open, sealed, offset: Math.max(0, offset), limit: Math.min(limit, maximumPageRows) },
      )
    },

    async leaked(slug, goldenName, revision) {
      const { key } = await keyOf(slug, goldenName, revision)
      return store.caseIds(await reportOf(key), 'leaked')
    },

    async divide(slug, goldenName, { shares, seed, author }) {
      const { key } = await keyOf(slug, goldenName)
      const report = await reportOf(key)
      const clusters = [...store.groups(report, 'near-duplicates'), ...store.groups(report, 'exact-duplicates')]
      const cases: GoldenCase[] = []
      for await (const golden of goldenSets.stream(slug, goldenName, key.revision)) cases.push(golden)
      const splits = assignSplits({
        cases: cases.map((golden) => ({ id: golden.id, stratum: stratumOf(golden) })),
        clusters,
        ...(shares ? { shares } : {}),
        seed,
      })
      const written = await goldenSets.importCases({
        policySlug: slug,
        goldenName,
        cases: cases.map((golden) => ({ ...golden, split: splits.get(golden.id) ?? 'train' })),
        mode: 'merge',
        author,
        message: `Divided into train, validation and holdout (seed ${seed})`,
      })
      const counts = Object.fromEntries(splitNames.map((name) => [name, 0])) as Record<SplitName, number>
      for (const name of splits.values()) counts[name] += 1
      return { revision: written.revision, counts, clustersKept: clusters.length }
    },

    async close() {
      await Promise.all([...workers].map((worker) => worker.terminate()))
    },
  }
}

const toView = ({ revision, createdAt, report }: StoredHealthReport): HealthReportView => ({ revision, createdAt, report })

/** Label and applying rules: what each split should have its share of. */
function stratumOf({ expected }: GoldenCase): string {
  const rules = Object.entries(expected?.rules ?? {}).flatMap(([rule, applies]) => (applies ? [rule] : []))
  return [expected?.label ?? '', ...rules.sort()].join('\u0000')
}
