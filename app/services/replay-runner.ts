import { costOfUsage, findPrice, type PriceTable, type Pricing } from '~/domain/pricing/price-table'
import type { Environment } from '~/lib/environment'
import { TouchstoneError } from '~/lib/errors'
import type { FetchFunction } from '~/providers/http-post'
import { createBatchClient, createModelClient } from '~/providers/model-clients'
import { runBatchReplay } from '~/replay/batch-run'
import { runReplay, type ReplayEnd } from '~/replay/engine'
import type { ModelConfiguration } from '~/replay/model-configuration'
import type { Clock, ReplayEvent } from '~/replay/ports'
import { createGates } from '~/replay/provider-gate'
import type { TouchstoneDatabase } from '~/storage/database'
import { SqliteBatchLog } from '~/storage/sqlite/batch-log'
import { ProbeRows } from '~/storage/sqlite/probe-rows'
import { ReplayRows } from '~/storage/sqlite/replay-rows'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { SqliteSpendingLedger } from '~/storage/sqlite/spending-ledger'
import { SqliteResponseCache } from '~/storage/sqlite/response-cache'
import { probeTrials } from '~/storage/sqlite/trial-source'
import { isDead, ownerName } from './claim-owner'
import { checkPrice } from './replay-request'
import { createCallEstimate } from './replay-estimate'
import { createWarningKeeper } from './replay-warnings'
import { systemClock } from './system-clock'
import type { ReplayOptions } from './workspace-api'

const defaultConcurrency = 64

export type ReplayRunnerOptions = {
  database: TouchstoneDatabase
  environment: Pick<Environment, 'openaiApiKey' | 'openaiBaseUrl' | 'openaiKeyOrigins' | 'maxCostUsd'>
  prices: PriceTable | null
  fetch?: FetchFunction
  clock?: Clock
}

export type ReplayRunner = {
  run(
    replayId: string,
    onEvent: (event: ReplayEvent) => void,
    signal: AbortSignal,
    statusOnAbort: () => 'cancelled' | 'pending',
    /** Only these cases; the replay is then left unfinished. */
    onlyCaseIds?: readonly string[],
  ): Promise<ReplayEnd>
}

type BatchArguments = [
  replayId: string,
  model: ModelConfiguration,
  options: ReplayOptions,
  onEvent: (event: ReplayEvent) => void,
  signal: AbortSignal,
  statusOnAbort: () => 'cancelled' | 'pending',
]

/** Runs replays in this thread: the engine with the stores, providers and prices of a workspace. */
export function createReplayRunner({ database, environment, prices, fetch, clock = systemClock }: ReplayRunnerOptions): ReplayRunner {
  const replays = { store: new SqliteReplayStore(database), rows: new ReplayRows(database.raw) }
  const probes = { store: new SqliteReplayStore(database, probeTrials), rows: new ProbeRows(database.raw) }
  const cache = new SqliteResponseCache(database)
  const gateOf = createGates(clock)
  const ledger = new SqliteSpendingLedger(database, environment.maxCostUsd)

  const access = {
    apiKey: environment.openaiApiKey,
    baseUrl: environment.openaiBaseUrl,
    keyOrigins: environment.openaiKeyOrigins,
    ...(fetch ? { fetch } : {}),
  }

  async function runInBatches(...[replayId, model, options, onEvent, signal, statusOnAbort]: BatchArguments): Promise<ReplayEnd> {
    const pricing = findPrice({ ...model, serviceTier: 'batch' }, prices)
    return await runBatchReplay(
      {
        store: replays.store,
        cache: options.cache === 'off' ? null : cache,
        clock,
        batches: await createBatchClient(model, access),
        batchLog: new SqliteBatchLog(database),
        price: (_model, usage) => costOfUsage(pricing, usage),
        estimateCallUsd: createCallEstimate({ prices }, { ...model, serviceTier: 'batch' }),
        ledger,
        random: Math.random,
      },
      replayId,
      {
        owner: ownerName(),
        tag: `${replayId}.${replays.rows.find(replayId)?.resultsVersion ?? 0}`,
        cacheUse: options.cache === 'refresh' ? 'refresh' : 'use',
        ...(options.keepRawAnswers === undefined ? {} : { keepRawAnswers: options.keepRawAnswers }),
        statusOnAbort,
      },
      onEvent,
      signal,
    )
  }

  const run: ReplayRunner['run'] = async (replayId, onEvent, signal, statusOnAbort, onlyCaseIds) => {
    const { store, rows } = probes.rows.has(replayId) ? probes : replays
    const { model } = await store.load(replayId)
    const options = readReplayOptions(rows.find(replayId)?.options)
    await releaseDead(database, rows, ledger, replayId)
    try {
      checkPrice(model, prices, { ceilingUsd: ledger.ceilingUsd() })
      if (options.batch) return await runInBatches(replayId, model, options, onEvent, signal, statusOnAbort)
      const client = createModelClient(model, access)
      const pricings = new Map<string | undefined, Pricing | null>([[undefined, findPrice(model, prices)]])
      const pricingOf = (serviceTier: string | undefined) => {
        if (!pricings.has(serviceTier)) pricings.set(serviceTier, findPrice({ ...model, serviceTier }, prices))
        return pricings.get(serviceTier) ?? null
      }
      // Answers of the bundled classifier are made faster than they are found.
      const useCache = options.cache !== 'off' && model.provider !== 'touchstone'
      return await runReplay(
        {
          store,
          cache: useCache ? cache : null,
          client,
          clock,
          price: (_model, usage, serviceTier) => costOfUsage(pricingOf(serviceTier), usage),
          estimateCallUsd: createCallEstimate({ prices }, model),
          // The bundled classifier costs nothing.
          ...(model.provider === 'touchstone' ? {} : { ledger }),
          random: Math.random,
          gate: gateOf(`${model.provider} ${model.baseUrl ?? environment.openaiBaseUrl ?? ''} ${model.name}`),
          describeTrouble,
          releaseDead: () => releaseDead(database, rows, ledger, replayId),
        },
        replayId,
        {
          owner: ownerName(),
          concurrency: options.concurrency ?? defaultConcurrency,
          ...(options.maxCostUsd === undefined ? {} : { maxCostUsd: options.maxCostUsd }),
          ...(options.keepRawAnswers === undefined ? {} : { keepRawAnswers: options.keepRawAnswers }),
          ...(options.patienceMinutes === undefined ? {} : { patienceMs: options.patienceMinutes * 60_000 }),
          ...(options.callTimeoutSeconds === undefined ? {} : { callTimeoutMs: options.callTimeoutSeconds * 1_000 }),
          cacheUse: options.cache === 'refresh' ? 'refresh' : 'use',
          statusOnAbort,
          ...(onlyCaseIds ? { onlyCaseIds } : {}),
        },
        onEvent,
        signal,
      )
    } catch (error) {
      const reason = error instanceof TouchstoneError ? error.message : 'Touchstone failed; its log says how.'
      await store.setStatus(replayId, 'failed', reason, clock.nowMs())
      throw error
    }
  }

  return {
    async run(replayId, onEvent, ...rest) {
      // What a probe run warns of is told to who watches; it has no page that would keep it.
      if (probes.rows.has(replayId)) return await run(replayId, onEvent, ...rest)
      const warnings = createWarningKeeper(database, replays.rows, replayId)
      const listener = (event: ReplayEvent) => {
        if (event.type === 'warning') warnings.say(event.message)
        onEvent(event)
      }
      const { model } = await replays.store.load(replayId)
      try {
        return await run(replayId, listener, ...rest)
      } finally {
        await warnings.close(model, prices)
      }
    },
  }
}

export function readReplayOptions(stored: string | undefined): ReplayOptions {
  return stored === undefined ? {} : (JSON.parse(stored) as ReplayOptions)
}

/** A disk that is full or fails, a database that is locked: worth waiting for. */
function describeTrouble(error: unknown): string | null {
  if (!(error instanceof TouchstoneError) || error.code !== 'storage') return null
  return error.advice ? `${error.message} ${error.advice}` : error.message
}

/** Gives back at once what processes of this machine held that are no more; claims and money of others expire. */
async function releaseDead(
  database: TouchstoneDatabase,
  rows: Pick<ReplayRows, 'claimOwners' | 'releaseOwner'>,
  ledger: SqliteSpendingLedger,
  replayId: string,
): Promise<void> {
  const dead = rows.claimOwners(replayId).filter(isDead)
  if (dead.length) await database.writeLock.run(() => dead.forEach((owner) => rows.releaseOwner(replayId, owner)))
  for (const owner of ledger.owners().filter(isDead)) await ledger.release(owner)
}
