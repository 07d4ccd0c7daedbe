import { createCacheKeys } from './response-cache-key'
import { retryDelayMs } from './backoff'
import { ModelCallError } from './ports'
import type {
  Clock,
  ModelAnswer,
  ModelClient,
  PriceCall,
  ReplayDefinition,
  ReplayEvent,
  ReplayProgress,
  ReplayStatus,
  ReplayStore,
  ResponseCache,
  TrialResult,
} from './ports'
import type { ModelMessage } from '../domain/prompt/messages'
import { createProgressReporter } from './progress-reporter'
import type { ProviderGate, Seat } from './provider-gate'
import { ResultBuffer } from './result-buffer'
import type { FinishedTrial } from './result-buffer'
import { RetryQueue } from './retry-queue'
import { Spending } from './spending'
import { createPersist } from './store-trouble'
import { errorResultOf, readModelAnswer, repairMessages, resultOf, startWork, sumUsage } from './trial-work'
import type { TrialWork } from './trial-work'

/** The world of one replay. */
export type ReplayPorts = {
  store: ReplayStore
  /** Null: neither read nor written. */
  cache: ResponseCache | null
  client: ModelClient
  clock: Clock
  price: PriceCall
  /** Upper estimate of what a call will cost, US dollars; null where the price is unknown. Needed for a budget. */
  estimateCallUsd?: (messages: readonly ModelMessage[]) => number | null
  /** Uniform in [0, 1), for jitter. */
  random: () => number
  gate: ProviderGate
  /** The words for a failure of the store that may pass (a full disk, a locked database); null for any other error. */
  describeTrouble: (error: unknown) => string | null
}

export type ReplayRunOptions = {
  /** Who claims: another process has another owner. */
  owner: string
  /** Upper bound of calls under way, at least 1. Default 64. */
  concurrency?: number
  /** Where the limit starts when nothing is known of the provider. */
  startConcurrency?: number
  /** `refresh` asks again and keeps the answer. Default `use`. */
  cacheUse?: 'use' | 'refresh'
  maxCostUsd?: number
  /** Default true. */
  keepRawAnswers?: boolean
  onlyCaseIds?: readonly string[]
  /** Every call ends by then. Default 180 s. */
  callTimeoutMs?: number
  /** A case that keeps failing is given up after this much time. Default 180 s. */
  retryBudgetMs?: number
  /** How long calls under way are waited for when the replay is stopped. Default 5 s. */
  graceMs?: number
  leaseMs?: number
  /** What an abort by the signal leaves behind: `cancelled`, or `pending` where the process stops and another will go on. */
  statusOnAbort?: () => 'cancelled' | 'pending'
}

export type ReplayEnd = { status: ReplayStatus; reason: string | null; progress: ReplayProgress }

const tickMs = 200
const cancelPollMs = 500
const commitDelayMs = 3

/**
 * Runs a replay until it ends: claims pending trials, asks the cache, then the model, reads and judges the answers and commits them in small
 * groups. What is pending is what the store says; killed at any moment, another run goes on. Resolves with how it ended; rejects only on an
 * error that is a mistake of this program or of the store.
 */
export async function runReplay(
  ports: ReplayPorts,
  replayId: string,
  options: ReplayRunOptions,
  onEvent: (event: ReplayEvent) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ReplayEnd> {
  const definition = await ports.store.load(replayId)
  const run = new ReplayRun(ports, definition, options, onEvent)
  return run.run(signal)
}

class ReplayRun {
  private readonly bound: number
  private readonly leaseMs: number
  private readonly seat: Seat
  private readonly buffer: ResultBuffer
  private readonly waiting = new RetryQueue<TrialWork>()
  private readonly inFlight = new Map<TrialWork, { controller: AbortController; startedMs: number }>()
  private readonly cacheKeys: ReturnType<typeof createCacheKeys>
  private readonly stopped = new AbortController()
  private readonly warnings = new Set<string>()
  private readonly statusWrites: Array<Promise<void>> = []
  private readonly persist: ReturnType<typeof createPersist>
  private spending = new Spending(null, 0)
  private ready: TrialWork[] = []
  private nextReady = 0
  private claiming = false
  private claimable = true
  private storeInTrouble = false
  private uncommittedCalls = 0
  private ending: { status: ReplayStatus; reason: string | null } | null = null
  private settle: { resolve: () => void; reject: (error: unknown) => void } | null = null
  private wakeAtMs = Infinity
  private readonly progress: ReturnType<typeof createProgressReporter>

  constructor(
    private readonly ports: ReplayPorts,
    private readonly definition: ReplayDefinition,
    private readonly options: ReplayRunOptions,
    private readonly onEvent: (event: ReplayEvent) => void,
  ) {
    this.bound = options.concurrency ?? 64
    if (!Number.isInteger(this.bound) || this.bound < 1)
      throw new RangeError(`concurrency must be a whole number from 1, got ${options.concurrency}`)
    this.leaseMs = options.leaseMs ?? 30_000
    this.cacheKeys = createCacheKeys(definition.model, definition.scheme)
    this.seat = ports.gate.takeSeat({
      bound: this.bound,
      ...(options.startConcurrency === undefined ? {} : { start: options.startConcurrency }),
      onRoom: () => this.pump(),
      onPause: (reason, untilMs) => this.pauseForProvider(reason, untilMs),
      onResume: () => this.resumeAfterProvider(),
    })
    this.persist = createPersist({
      clock: ports.clock,
      describeTrouble: ports.describeTrouble,
      signal: this.stopped.signal,
      onTrouble: (reason, untilMs) => this.pauseForStore(reason, untilMs),
      onPassed: () => this.resumeAfterStore(),
    })
    this.buffer = new ResultBuffer({
      replayId: definition.id,
      store: ports.store,
      cache: ports.cache,
      clock: ports.clock,
      groupSize: Math.max(1, Math.min(64, Math.floor(this.bound / 2))),
      delayMs: commitDelayMs,
      persist: this.persist,
      onCommitted: (group) => this.onCommitted(group),
      onFatal: (error) => this.fail(error),
    })
    this.progress = createProgressReporter({
      replayId: definition.id,
      store: ports.store,
      clock: ports.clock,
      emit: onEvent,
      figures: () => ({ inFlight: this.inFlight.size, concurrencyLimit: Math.min(this.bound, ports.gate.currentLimit) }),
    })
  }

  async run(signal?: AbortSignal): Promise<ReplayEnd> {
    const { store, clock } = this.ports
    const { id } = this.definition
    const onAbort = () => this.stop(this.options.statusOnAbort?.() ?? 'cancelled', abortWords(signal))
    try {
      await this.persist(() => store.setStatus(id, 'running', null, clock.nowMs()))
      const progress = await store.progress(id)
      this.spending = new Spending(this.options.maxCostUsd ?? null, progress.costUsd ?? 0)
      this.onEvent({ type: 'started', replayId: id, total: progress.total, pending: progress.total - progress.done })
      const ended = new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject }
      })
      // A failure in between is looked at where it is awaited.
      ended.catch(() => undefined)
      signal?.addEventListener('abort', onAbort, { once: true })
      if (signal?.aborted) onAbort()
      const housekeeping = this.keepHouse()
      this.pump()
      await ended
      this.stopped.abort()
      await housekeeping
      return await this.close()
    } catch (error) {
      this.stopped.abort()
      for (const { controller } of this.inFlight.values()) controller.abort(error)
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.seat.leave()
    }
  }

  // ---------------------------------------------------------------------------------------------------------- the loop

  /** Starts what can be started. Called whenever something changed; cheap when nothing did. */
  private pump(): void {
    if (this.storeInTrouble) return
    const nowMs = this.ports.clock.monotonicMs()
    for (;;) {
      if (this.ending) return this.finishWhenQuiet()
      // Answers that are not committed yet count as under way: a kill must not cost more calls than the bound.
      if (this.inFlight.size + this.uncommittedCalls >= this.bound) return
      const due = this.waiting.nextDueMs <= nowMs
      const work = due ? undefined : this.ready[this.nextReady]
      if (!due && !work) {
        this.seat.rest()
        this.wakeForRetries(nowMs)
        this.claimMore()
        return this.finishWhenQuiet()
      }
      const expectedUsd = this.spending.maxUsd === null ? 0 : this.spending.expect(work ? this.estimate(work) : 0)
      const may = this.spending.ask(expectedUsd)
      if (may === 'never') return this.stop('cancelled', this.budgetWords())
      if (may === 'wait' || !this.seat.tryStart()) return
      const next = due ? this.waiting.takeDue(nowMs)! : work!
      if (!due) {
        this.nextReady++
        if (this.ready.length - this.nextReady < this.bound) this.claimMore()
      }
      next.expectedUsd = expectedUsd
      this.spending.reserve(expectedUsd)
      void this.call(next, nowMs)
    }
  }

  private estimate(work: TrialWork): number | null {
    return this.ports.estimateCallUsd?.(work.messages) ?? null
  }

  private wakeForRetries(nowMs: number): void {
    const dueMs = this.waiting.nextDueMs
    if (dueMs === Infinity || (this.wakeAtMs <= dueMs && this.wakeAtMs > nowMs)) return
    this.wakeAtMs = dueMs
    void this.ports.clock.sleep(Math.max(0, dueMs - nowMs)).then(() => {
      if (this.wakeAtMs === dueMs) this.wakeAtMs = Infinity
      this.pump()
    })
  }

  private claimMore(): void {
    if (this.claiming || !this.claimable || this.ending || this.waiting.size >= Math.max(256, 4 * this.bound) || this.buffer.size > 1024)
      return
    this.claiming = true
    this.claim().then(
      () => {
        this.claiming = false
        this.pump()
      },
      (error: unknown) => this.fail(error),
    )
  }

  private async claim(): Promise<void> {
    const { store, cache, clock } = this.ports
    const limit = Math.max(256, Math.min(512, this.bound * 2))
    const trials = await this.persist(() =>
      store.claimPending({
        replayId: this.definition.id,
        owner: this.options.owner,
        limit,
        nowMs: clock.nowMs(),
        leaseMs: this.leaseMs,
        ...(this.options.onlyCaseIds ? { onlyCaseIds: this.options.onlyCaseIds } : {}),
      }),
    )
    if (trials.length === 0) this.claimable = false
    const works = trials.map((trial) => startWork(this.definition, trial))
    if (cache) for (const work of works) work.cacheKey = this.cacheKeys(work.messages, work.trial.epoch)
    const useCache = cache !== null && (this.options.cacheUse ?? 'use') === 'use'
    const known = useCache ? await cache.getMany(works.map((work) => work.cacheKey!)) : null
    const misses: TrialWork[] = []
    for (const work of works) {
      const entry = known?.get(work.cacheKey!)
      if (!entry) {
        misses.push(work)
        continue
      }
      const { answer, latencyMs, costUsd } = entry
      const result = resultOf(work, answer, readModelAnswer(this.definition, answer), {
        latencyMs,
        costUsd,
        cached: true,
        keepRawAnswer: this.keepRaw,
      })
      this.keep(work, result, null)
    }
    this.ready = this.nextReady > 0 ? [...this.ready.slice(this.nextReady), ...misses] : this.ready.concat(misses)
    this.nextReady = 0
  }

  private get keepRaw(): boolean {
    return this.options.keepRawAnswers ?? true
  }

  // ------------------------------------------------------------------------------------------------------------ a call

  private async call(work: TrialWork, startedMs: number): Promise<void> {
    const { client, clock } = this.ports
    const controller = new AbortController()
    this.inFlight.set(work, { controller, startedMs })
    work.calls++
    let answer: ModelAnswer
    try {
      const messages = work.repairOf ? repairMessages(work, work.repairOf, this.problemOf(work.repairOf)) : work.messages
      answer = await client.answer({ messages, scheme: this.definition.scheme, signal: controller.signal })
    } catch (error) {
      this.inFlight.delete(work)
      try {
        this.onCallFailed(work, startedMs, error, controller.signal)
      } catch (fatal) {
        this.fail(fatal)
      }
      this.pump()
      return
    }
    this.inFlight.delete(work)
    try {
      this.seat.finish(startedMs, { type: 'answered' })
      this.onAnswer(work, answer, clock.monotonicMs() - startedMs)
    } catch (error) {
      this.fail(error)
    }
    this.pump()
  }

  private problemOf(answer: ModelAnswer): string {
    const reading = readModelAnswer(this.definition, answer)
    return reading.status === 'unscored' ? reading.detail : 'it was not in the form that was asked for'
  }

  private onAnswer(work: TrialWork, answered: ModelAnswer, latencyMs: number): void {
    for (const warning of answered.warnings) this.warn(warning)
    const callCostUsd = this.ports.price(this.definition.model, answered.usage)
    this.spending.settle(work.expectedUsd, callCostUsd)
    const reading = readModelAnswer(this.definition, answered)
    if (this.definition.model.repair && work.repairOf === null && reading.status === 'unscored' && reading.reason === 'unparseable') {
      work.repairOf = answered
      this.waiting.add(work, this.ports.clock.monotonicMs())
      return
    }
    const answer = work.repairOf ? { ...answered, usage: sumUsage(work.repairOf.usage, answered.usage) } : answered
    const costUsd = work.repairOf ? this.ports.price(this.definition.model, answer.usage) : callCostUsd
    const result = resultOf(work, answer, reading, { latencyMs, costUsd, cached: false, keepRawAnswer: this.keepRaw })
    const cacheEntry =
      work.cacheKey === null ? null : { key: work.cacheKey, entry: { answer, latencyMs, costUsd, createdAtMs: this.ports.clock.nowMs() } }
    this.keep(work, result, cacheEntry)
  }

  private keep(work: TrialWork, result: TrialResult, cacheEntry: FinishedTrial['cacheEntry']): void {
    if (!result.cached) this.uncommittedCalls++
    this.buffer.add({ result, expectedLabel: work.trial.case.expected?.label ?? null, cacheEntry })
  }

  private onCallFailed(work: TrialWork, startedMs: number, error: unknown, signal: AbortSignal): void {
    const nowMs = this.ports.clock.monotonicMs()
    this.spending.settle(work.expectedUsd, null)
    const timedOut = signal.aborted && signal.reason instanceof CallTimeout
    if (signal.aborted && !timedOut) {
      this.seat.finish(startedMs, { type: 'abandoned' })
      return
    }
    const failure = timedOut ? new ModelCallError(signal.reason.message, { kind: 'transient', limits: {} }) : error
    if (!(failure instanceof ModelCallError)) {
      this.seat.finish(startedMs, { type: 'abandoned' })
      throw failure
    }
    const { kind, limits, rateLimited, advice } = failure.details
    if (kind === 'lasting') {
      this.seat.finish(startedMs, { type: 'abandoned' })
      this.stop('failed', advice ? `${failure.message} ${advice}` : failure.message)
      return
    }
    if (kind === 'request') {
      // The provider works; it is this request that it does not take.
      this.seat.finish(startedMs, { type: 'answered' })
      this.giveUp(work, failure.message)
      return
    }
    this.seat.finish(startedMs, rateLimited ? { type: 'rate-limited', limits } : { type: 'failed', reason: failure.message })
    work.failures++
    const delayMs = retryDelayMs(work.failures, limits, this.ports.random)
    work.failingMs += nowMs - startedMs + delayMs
    if (work.failingMs > (this.options.retryBudgetMs ?? 180_000))
      this.giveUp(work, `given up after ${work.failures} attempts: ${failure.message}`)
    else this.waiting.add(work, nowMs + delayMs)
  }

  private giveUp(work: TrialWork, detail: string): void {
    this.keep(work, errorResultOf(work, detail), null)
  }

  private onCommitted(group: readonly FinishedTrial[]): void {
    const replayId = this.definition.id
    for (const { result, expectedLabel } of group) {
      if (!result.cached) this.uncommittedCalls--
      this.onEvent({ type: 'trial', replayId, result, expectedLabel })
    }
    this.progress.count(group.length)
    this.pump()
  }

  private warn(message: string): void {
    if (this.warnings.has(message) || this.warnings.size >= 50) return
    this.warnings.add(message)
    this.onEvent({ type: 'warning', replayId: this.definition.id, message })
  }

  // ------------------------------------------------------------------------------------------------------ pauses, ends

  private setStatus(status: ReplayStatus, reason: string | null): void {
    const { store, clock } = this.ports
    const before = this.statusWrites.at(-1) ?? Promise.resolve()
    // A status that cannot be written while the store is in trouble is not worth stopping for: the next one is written anew.
    this.statusWrites.push(
      before
        .then(() => store.setStatus(this.definition.id, status, reason, clock.nowMs()))
        .catch((error: unknown) => (this.ports.describeTrouble(error) === null ? this.fail(error) : undefined)),
    )
  }

  private pauseForProvider(reason: string, untilMonotonicMs: number): void {
    const { clock } = this.ports
    const untilMs = clock.nowMs() + Math.max(0, untilMonotonicMs - clock.monotonicMs())
    this.setStatus('paused', reason)
    this.onEvent({ type: 'paused', replayId: this.definition.id, reason, untilMs })
  }

  private resumeAfterProvider(): void {
    this.setStatus('running', null)
    this.onEvent({ type: 'resumed', replayId: this.definition.id })
  }

  private pauseForStore(reason: string, untilMs: number): void {
    if (!this.storeInTrouble) this.setStatus('paused', reason)
    this.storeInTrouble = true
    this.onEvent({ type: 'paused', replayId: this.definition.id, reason, untilMs })
  }

  private resumeAfterStore(): void {
    if (!this.storeInTrouble) return
    this.storeInTrouble = false
    this.setStatus('running', null)
    this.onEvent({ type: 'resumed', replayId: this.definition.id })
    this.pump()
  }

  private budgetWords(): string {
    const spent = this.spending.spent.toFixed(4).replace(/0{1,2}$/, '')
    return `The budget of $${this.spending.maxUsd} does not allow another call; $${spent} are spent. Raise it to continue.`
  }

  /** Stops starting calls; those under way are waited for, for a while. The first reason to stop counts. */
  private stop(status: ReplayStatus, reason: string | null): void {
    if (this.ending) return
    this.ending = { status, reason }
    this.seat.rest()
    void this.ports.clock.sleep(this.options.graceMs ?? 5_000, this.stopped.signal).then(
      () => {
        for (const { controller } of this.inFlight.values()) controller.abort(new Error('the replay was stopped'))
      },
      () => undefined,
    )
    this.finishWhenQuiet()
  }

  private fail(error: unknown): void {
    this.settle?.reject(error)
  }

  private finishWhenQuiet(): void {
    if (this.inFlight.size > 0 || this.claiming) return
    if (this.ending) {
      void this.buffer.flush().then(
        () => this.settle?.resolve(),
        (error: unknown) => this.fail(error),
      )
      return
    }
    if (this.claimable || this.waiting.size > 0 || this.nextReady < this.ready.length || this.buffer.size > 0) return
    this.claiming = true
    this.checkDone().then(
      () => {
        this.claiming = false
        this.pump()
      },
      (error: unknown) => this.fail(error),
    )
  }

  /** Nothing left to claim: finished, or others hold the rest and are waited for, since they may never come back. */
  private async checkDone(): Promise<void> {
    const { store, clock } = this.ports
    if (this.options.onlyCaseIds || (await store.countPending(this.definition.id)) === 0)
      this.ending = this.options.onlyCaseIds
        ? { status: 'cancelled', reason: 'Only a part of the cases was asked for.' }
        : { status: 'finished', reason: null }
    else {
      await clock.sleep(500)
      this.claimable = true
    }
  }

  private async close(): Promise<ReplayEnd> {
    const { store, clock } = this.ports
    const { id } = this.definition
    const { status, reason } = this.ending ?? { status: 'failed' as const, reason: null }
    await Promise.all(this.statusWrites)
    await store.releaseClaims({ replayId: id, owner: this.options.owner })
    await store.setStatus(id, status, reason, clock.nowMs())
    const progress = await this.progress.report()
    this.onEvent({ type: 'ended', replayId: id, status, reason, progress })
    return { status, reason, progress }
  }

  // ------------------------------------------------------------------------------------------------------ housekeeping

  /** Deadlines of calls, claims, cancel requests from elsewhere, progress. */
  private async keepHouse(): Promise<void> {
    const { store, clock } = this.ports
    const { id } = this.definition
    const { signal } = this.stopped
    let renewAtMs = clock.monotonicMs() + this.leaseMs / 3
    let pollAtMs = clock.monotonicMs() + cancelPollMs
    const timeoutMs = this.options.callTimeoutMs ?? 180_000
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal).catch(() => undefined)
      if (signal.aborted) return
      const nowMs = clock.monotonicMs()
      for (const { controller, startedMs } of this.inFlight.values())
        if (nowMs - startedMs > timeoutMs) controller.abort(new CallTimeout(`no answer within ${Math.round(timeoutMs / 1000)} s`))
      try {
        if (nowMs >= renewAtMs) {
          renewAtMs = nowMs + this.leaseMs / 3
          await store.renewClaims({ replayId: id, owner: this.options.owner, nowMs: clock.nowMs(), leaseMs: this.leaseMs })
        }
        if (nowMs >= pollAtMs) {
          pollAtMs = nowMs + cancelPollMs
          if (await store.isCancelRequested(id)) this.stop('cancelled', null)
        }
        await this.progress.tick()
      } catch (error) {
        // Trouble with the store shows where results are committed, and is waited for there.
        if (this.ports.describeTrouble(error) === null) return this.fail(error)
      }
      this.pump()
    }
  }
}

class CallTimeout extends Error {
  override name = 'CallTimeout'
}

function abortWords(signal: AbortSignal | undefined): string | null {
  const reason: unknown = signal?.reason
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : null
}
