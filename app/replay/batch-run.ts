import { createHash } from 'node:crypto'
import { readModelAnswer, resultOf, errorResultOf, startWork } from './trial-work'
import type { TrialWork } from './trial-work'
import { createCacheKeys } from './response-cache-key'
import { retryDelayMs } from './backoff'
import { BatchHarvest } from './batch-harvest'
import type { Gleaned } from './batch-harvest'
import { ModelCallError } from './ports'
import type { BatchClient, BatchLog, BatchStatus, CacheEntry, ReplayDefinition, ReplayEvent, ReplayStatus, TrialResult } from './ports'
import type { ReplayEnd, ReplayPorts, ReplayRunOptions } from './run-options'

export type BatchRunPorts = Pick<ReplayPorts, 'store' | 'cache' | 'clock' | 'price' | 'random' | 'ledger' | 'estimateCallUsd'> & {
  batches: BatchClient
  batchLog: BatchLog
}
export type BatchRunOptions = Pick<ReplayRunOptions, 'owner' | 'cacheUse' | 'keepRawAnswers' | 'leaseMs' | 'statusOnAbort'> & {
  /** Under which the replay's batches are found again; another one after its unscored trials were opened again. */
  tag: string
  /** OpenAI takes 50,000 requests and 200 MB a file. */
  mostRequests?: number
  mostBytes?: number
  pollMs?: number
}

const claimLimit = 512
/** Small batches are often done at once, large ones take hours: looked at ever more seldom, up to this. */
const firstPollMs = 1_000
const longestPollMs = 30_000
/** Longer ids are not taken everywhere. */
const longestCustomId = 64
const othersPollMs = 500
/** A provider that cannot be reached is asked again for so long before the run ends; the batch goes on there meanwhile. */
const patienceMs = 30 * 60_000
/** So many batches in a row may give nothing. */
const mostFruitless = 3

/**
 * Runs a replay by batches: what is pending goes out in files, and what comes back is read, judged and committed as by {@link runReplay}. The
 * batches of a replay are found again by its id, so that a process that was killed pays for nothing twice. Requests that expired go into the
 * next batch.
 */
export async function runBatchReplay(
  ports: BatchRunPorts,
  replayId: string,
  options: BatchRunOptions,
  onEvent: (event: ReplayEvent) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<ReplayEnd> {
  const definition = await ports.store.load(replayId)
  return await new BatchRun(ports, definition, options, onEvent, signal).run()
}

class NotAffordable extends Error {
  override name = 'NotAffordable'
  constructor(ceilingUsd: number, spentUsd: number, estimateUsd: number) {
    super(
      `The batch may cost up to $${estimateUsd.toFixed(2)}, and of the workspace's ceiling of $${ceilingUsd} $${spentUsd.toFixed(2)} are spent: it was not sent. Raise the ceiling (touchstone budget AMOUNT, or MAX_COST_USD) to continue.`,
    )
  }
}

class BatchRun {
  private readonly cacheKeys: ReturnType<typeof createCacheKeys>
  private readonly leaseMs: number
  private lastWord = ''
  /** The provider, in this run. */
  private hasAnswered = false
  /** What the batches that are out may cost. */
  private heldUsd = 0
  private readonly warned = new Set<string>()
  private readonly harvest = new BatchHarvest()
  /** Batches in a row that gave nothing. */
  private fruitless = 0

  constructor(
    private readonly ports: BatchRunPorts,
    private readonly definition: ReplayDefinition,
    private readonly options: BatchRunOptions,
    private readonly onEvent: (event: ReplayEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    this.cacheKeys = createCacheKeys(definition.model, definition.scheme)
    this.leaseMs = options.leaseMs ?? 60_000
  }

  async run(): Promise<ReplayEnd> {
    const { store, clock } = this.ports
    const { id } = this.definition
    await store.setStatus(id, 'running', null, clock.nowMs())
    const progress = await store.progress(id)
    this.onEvent({ type: 'started', replayId: id, total: progress.total, pending: progress.total - progress.done })
    let end: { status: ReplayStatus; reason: string | null }
    try {
      end = await this.work()
    } catch (error) {
      if (this.signal.aborted) end = { status: this.options.statusOnAbort?.() ?? 'cancelled', reason: null }
      else if (error instanceof NotAffordable) end = { status: 'cancelled', reason: error.message }
      else if (error instanceof ModelCallError)
        end = { status: 'failed', reason: [error.message, error.details.advice ?? ''].join(' ').trim() }
      else throw error
    } finally {
      await store.releaseClaims({ replayId: id, owner: this.options.owner })
      await this.ports.ledger?.release(this.options.owner)
    }
    await store.setStatus(id, end.status, end.reason, clock.nowMs())
    const final = await this.report()
    this.onEvent({ type: 'ended', replayId: id, ...end, progress: final })
    return { ...end, progress: final }
  }

  private async work(): Promise<{ status: ReplayStatus; reason: string | null }> {
    const { store, clock } = this.ports
    const { id } = this.definition
    let open = (await this.findSent()).filter((batch) => batch.state !== 'failed')
    for (;;) {
      const before = await store.countPending(id)
      if (before === 0) return { status: 'finished', reason: null }
      const isOurs = open.length === 0
      if (isOurs) open = await this.submitPending()
      if (open.length === 0) {
        // The cache had the rest, or another process holds it and may give it back.
        await clock.sleep(othersPollMs, this.signal)
        continue
      }
      const watched = new Set(open.filter((batch) => isOurs || batch.state === 'waiting').map((batch) => batch.id))
      const ended = await this.wait(open)
      if (ended === null) return { status: 'cancelled', reason: null }
      const gleaned = await this.collect(ended)
      const left = await store.countPending(id)
      if (left > 0) {
        const end = this.endOf(ended, watched, { ...gleaned, hasGained: left < before, isOurs })
        if (end) return end
      }
      open = []
    }
  }

  /** Why what is left is not sent in another batch; null: it is. */
  private endOf(
    ended: readonly BatchStatus[],
    watched: ReadonlySet<string>,
    { lasting, learnt, hasGained, isOurs }: Gleaned & { hasGained: boolean; isOurs: boolean },
  ): { status: ReplayStatus; reason: string } | null {
    // What stood in the way of an earlier process may have been put right since.
    if (lasting !== null && watched.has(lasting.batchId)) return { status: 'failed', reason: lasting.reason }
    const stopped = ended.find((batch) => batch.word === 'cancelled' && watched.has(batch.id))
    if (stopped)
      return {
        status: 'cancelled',
        reason: `The batch ${stopped.id} was cancelled at the provider; what is left goes into another one when the replay is continued.`,
      }
    // Batches that an earlier process had collected give nothing more; one of this process has to, or be worth another try.
    if (hasGained) this.fruitless = 0
    const mayTryAgain = learnt.length > 0 || this.harvest.hasResults || ended.some((batch) => batch.word === 'expired')
    if (!isOurs || hasGained || (mayTryAgain && this.fruitless++ < mostFruitless)) return null
    const words = this.harvest.lastFailure === null ? '.' : `: ${this.harvest.lastFailure}`
    return { status: 'failed', reason: `The batch ended without an answer to any of its requests${words}` }
  }

  /** The batches of an earlier process: those that the provider lists, and those that were noted here. */
  private async findSent(): Promise<BatchStatus[]> {
    const { batches, batchLog } = this.ports
    const { tag } = this.options
    const found = await this.patiently(() => batches.findByTag(tag, this.signal))
    for (const batchId of await batchLog.known(tag)) {
      if (found.some(({ id }) => id === batchId)) continue
      const batch = await this.patiently(() => batches.find(batchId, this.signal))
      if (batch) found.push(batch)
    }
    return found
  }

  private customIdOf({ trial }: TrialWork): string {
    const id = `${trial.epoch}/${trial.case.id}`
    return id.length <= longestCustomId ? id : `${trial.epoch}/${createHash('sha256').update(trial.case.id).digest('hex').slice(0, 48)}`
  }

  /** Claims everything that is pending, in groups; what the cache has is committed at once. */
  private async *pendingWork(): AsyncGenerator<TrialWork[]> {
    const { store, cache, clock } = this.ports
    const { id: replayId } = this.definition
    for (;;) {
      const trials = await store.claimPending({
        replayId,
        owner: this.options.owner,
        limit: claimLimit,
        nowMs: clock.nowMs(),
        leaseMs: this.leaseMs,
      })
      if (trials.length === 0) return
      const works = trials.map((trial) => startWork(this.definition, trial))
      if (cache) for (const work of works) work.cacheKey = this.cacheKeys(work.messages, work.trial.epoch)
      yield works
      await store.renewClaims({ replayId, owner: this.options.owner, nowMs: clock.nowMs(), leaseMs: this.leaseMs })
    }
  }

  private async submitPending(): Promise<BatchStatus[]> {
    const { batches, cache } = this.ports
    const { mostRequests = 50_000, mostBytes = 190_000_000 } = this.options
    const submitted: BatchStatus[] = []
    let lines: string[] = []
    let bytes = 0
    let estimateUsd = 0
    const submit = async () => {
      if (lines.length === 0) return
      await this.reserve(estimateUsd)
      submitted.push(await this.submitOnce(lines, submitted))
      lines = []
      bytes = 0
      estimateUsd = 0
    }
    for await (const works of this.pendingWork()) {
      const useCache = cache !== null && (this.options.cacheUse ?? 'use') === 'use'
      const known = useCache ? await cache.getMany(works.map((work) => work.cacheKey!)) : new Map<string, CacheEntry>()
      const results: TrialResult[] = []
      for (const work of works) {
        const entry = known.get(work.cacheKey ?? '')
        if (entry) {
          const { answer, latencyMs, costUsd } = entry
          this.warn(answer.warnings)
          results.push(
            resultOf(work, answer, readModelAnswer(this.definition, answer), {
              latencyMs,
              costUsd,
              cached: true,
              keepRawAnswer: this.keepRaw,
            }),
          )
          continue
        }
        const line = await batches.renderLine(this.customIdOf(work), { messages: work.messages, scheme: this.definition.scheme })
        if (lines.length >= mostRequests || bytes + line.length * 3 > mostBytes) await submit()
        lines.push(line)
        bytes += line.length * 3
        estimateUsd += this.ports.estimateCallUsd?.(work.messages) ?? 0
      }
      await this.commit(results, [])
    }
    await submit()
    return submitted
  }

  /** A batch cannot be stopped halfway, so that all of it has to fit the workspace's ceiling before it is sent. */
  private async reserve(estimateUsd: number): Promise<void> {
    const { ledger, clock } = this.ports
    if (!ledger) return
    const heldUsd = this.heldUsd + estimateUsd
    const { grant } = await ledger.reserve({
      owner: this.options.owner,
      heldUsd: () => heldUsd,
      wantedUsd: 0,
      nowMs: clock.nowMs(),
      leaseMs: this.leaseMs,
    })
    const { ceilingUsd, spentUsd, othersUsd } = grant
    if (ceilingUsd !== null && spentUsd + othersUsd + heldUsd > ceilingUsd)
      throw new NotAffordable(ceilingUsd, spentUsd + othersUsd, estimateUsd)
    this.heldUsd = heldUsd
  }

  /** A file whose submission failed halfway may be a batch all the same: then that one is taken. */
  private async submitOnce(lines: readonly string[], submitted: readonly BatchStatus[]): Promise<BatchStatus> {
    const { batches } = this.ports
    const known = new Set(
      [...submitted, ...(await this.patiently(() => batches.findByTag(this.options.tag, this.signal)))].map(({ id }) => id),
    )
    let attempts = 0
    const batch = await this.patiently(async () => {
      if (attempts++ > 0) {
        const made = (await batches.findByTag(this.options.tag, this.signal)).find(({ id, state }) => !known.has(id) && state !== 'failed')
        if (made) return made
      }
      return await batches.submit(lines, this.options.tag, this.signal)
    })
    await this.ports.batchLog.add(this.options.tag, batch.id, this.ports.clock.nowMs())
    return batch
  }

  /** Polls until every batch has ended. Null: somebody asked the replay to stop; its batches are stopped too. */
  private async wait(open: BatchStatus[]): Promise<BatchStatus[] | null> {
    const { store, batches, clock } = this.ports
    const { id: replayId } = this.definition
    for (let looks = 0; ; looks++) {
      this.tell(open)
      const failed = open.find((batch) => batch.state === 'failed')
      if (failed)
        throw new ModelCallError(`The provider did not take the batch ${failed.id}${failed.reason ? `: ${failed.reason}` : '.'}`, {
          kind: 'lasting',
          limits: {},
        })
      const waiting = open.filter((batch) => batch.state === 'waiting')
      if (waiting.length === 0) return open
      if (await store.isCancelRequested(replayId)) {
        for (const batch of waiting) await this.patiently(() => batches.cancel(batch.id, this.signal))
        return null
      }
      await clock.sleep(this.options.pollMs ?? Math.min(longestPollMs, firstPollMs * 1.5 ** looks), this.signal)
      const lease = { owner: this.options.owner, nowMs: clock.nowMs(), leaseMs: this.leaseMs }
      await store.renewClaims({ replayId, ...lease })
      await this.ports.ledger?.renew(lease)
      for (const [index, batch] of open.entries())
        if (batch.state === 'waiting') open[index] = await this.patiently(() => batches.status(batch.id, this.signal))
    }
  }

  private tell(open: readonly BatchStatus[]): void {
    const word = open.map((batch) => `${batch.id} is ${batch.word}, ${batch.done} of ${batch.total}`).join('; ')
    if (word !== this.lastWord) this.onEvent({ type: 'note', replayId: this.definition.id, message: `Batch ${word}.` })
    this.lastWord = word
  }

  private warn(messages: readonly string[]): void {
    for (const message of messages) {
      if (this.warned.has(message)) continue
      this.warned.add(message)
      this.onEvent({ type: 'warning', replayId: this.definition.id, message })
    }
  }

  /** Keeps what came back. */
  private async collect(ended: readonly BatchStatus[]): Promise<Gleaned> {
    const { store, batches, price, clock } = this.ports
    const { id: replayId } = this.definition
    const gleaned = await this.harvest.gather(ended, (batchId) => this.patiently(() => batches.collect(batchId, this.signal)))
    // Empty: asked otherwise without anything left out.
    this.warn(gleaned.learnt.filter((warning) => warning !== ''))
    // Given back, so that they are handed out again together with what they are about.
    await store.releaseClaims({ replayId, owner: this.options.owner })
    for await (const works of this.pendingWork()) {
      const finished: TrialResult[] = []
      const entries: Array<{ key: string; entry: CacheEntry }> = []
      for (const work of works) {
        const customId = this.customIdOf(work)
        const result = gleaned.results.get(customId)
        if (!result) continue
        work.calls = this.harvest.failuresOf(customId) + (result.type === 'again' ? 0 : 1)
        if (result.type === 'again') {
          const why = this.harvest.whyGivenUp(result)
          if (why !== null) finished.push(errorResultOf(work, why))
          continue
        }
        if (result.type === 'error') {
          finished.push(errorResultOf(work, result.detail))
          continue
        }
        const { answer } = result
        this.warn(answer.warnings)
        const costUsd = price(this.definition.model, answer.usage)
        const figures = { latencyMs: null, costUsd, cached: false, keepRawAnswer: this.keepRaw }
        finished.push(resultOf(work, answer, readModelAnswer(this.definition, answer), figures))
        // Only latencies that are not from the cache enter figures, so that this 0 enters none.
        if (work.cacheKey !== null)
          entries.push({ key: work.cacheKey, entry: { answer, latencyMs: 0, costUsd, createdAtMs: clock.nowMs() } })
      }
      await this.commit(finished, entries)
      await this.report()
    }
    await store.releaseClaims({ replayId, owner: this.options.owner })
    await this.ports.ledger?.release(this.options.owner)
    this.heldUsd = 0
    return gleaned
  }

  private get keepRaw(): boolean {
    return this.options.keepRawAnswers ?? true
  }

  private async commit(results: readonly TrialResult[], entries: ReadonlyArray<{ key: string; entry: CacheEntry }>): Promise<void> {
    const { store, cache, clock } = this.ports
    if (cache && entries.length) await cache.putMany(entries)
    await store.commit(this.definition.id, results, clock.nowMs())
    for (const result of results) this.onEvent({ type: 'trial', replayId: this.definition.id, result, expectedLabel: null })
  }

  private async report() {
    const progress = await this.ports.store.progress(this.definition.id)
    this.onEvent({
      type: 'progress',
      replayId: this.definition.id,
      progress,
      ratePerSecond: 0,
      inFlight: 0,
      concurrencyLimit: 0,
      callsPerSecondLimit: null,
      etaMs: null,
    })
    return progress
  }

  /** Faults that may pass are waited out: the batch does not mind. */
  private async patiently<Value>(work: () => Promise<Value>): Promise<Value> {
    const { clock, random } = this.ports
    const startMs = clock.monotonicMs()
    for (let failures = 1; ; failures++) {
      try {
        const value = await work()
        this.hasAnswered = true
        if (failures > 1) this.onEvent({ type: 'resumed', replayId: this.definition.id })
        return value
      } catch (error) {
        if (
          !(error instanceof ModelCallError) ||
          error.details.kind !== 'transient' ||
          (!this.hasAnswered && failures >= (error.details.mostAttempts ?? Infinity)) ||
          clock.monotonicMs() - startMs > patienceMs
        )
          throw error
        const waitMs = 1_000 + retryDelayMs(failures, error.details.limits, random)
        this.onEvent({ type: 'paused', replayId: this.definition.id, reason: error.message, untilMs: clock.nowMs() + waitMs })
        await clock.sleep(waitMs, this.signal)
      }
    }
  }
}
