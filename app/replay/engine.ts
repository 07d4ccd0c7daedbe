import { CallDesk } from './call-desk'
import type { ReplayDefinition, ReplayEvent, ReplayStatus, TrialResult } from './ports'
import { createProgressReporter } from './progress-reporter'
import type { Seat } from './provider-gate'
import { createCacheKeys } from './response-cache-key'
import { ResultBuffer } from './result-buffer'
import type { FinishedTrial } from './result-buffer'
import { RetryQueue } from './retry-queue'
import type { ReplayEnd, ReplayPorts, ReplayRunOptions } from './run-options'
import { RunStatus } from './run-status'
import { Spending } from './spending'
import { createPersist } from './store-trouble'
import { readModelAnswer, resultOf, startWork } from './trial-work'
import type { TrialWork } from './trial-work'

export type { ReplayEnd, ReplayPorts, ReplayRunOptions } from './run-options'

const tickMs = 200
const cancelPollMs = 500
const othersPollMs = 500
const defaultConcurrency = 64
const defaultLeaseMs = 30_000
const defaultGraceMs = 5_000
/** Claims are taken in batches, so that the cache and the store are asked for many at once. */
const smallestClaim = 256
const largestClaim = 512
/** So few cases may be given up together though the provider answers nothing else at the time: they can be the ones it never answers. */
const fewLeft = 8

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
  return await new ReplayRun(ports, definition, options, onEvent).run(signal)
}

class ReplayRun {
  private readonly bound: number
  private readonly leaseMs: number
  private readonly graceMs: number
  private readonly seat: Seat
  private readonly desk: CallDesk
  private readonly buffer: ResultBuffer
  private readonly status: RunStatus
  private readonly progress: ReturnType<typeof createProgressReporter>
  private readonly persist: ReturnType<typeof createPersist>
  private readonly cacheKeys: ReturnType<typeof createCacheKeys>
  private readonly waiting = new RetryQueue<TrialWork>()
  private readonly stopped = new AbortController()
  /** Somebody wants this run to end, and has waited: trouble with the store is not waited for any more. */
  private readonly leaving = new AbortController()
  private spending = new Spending(null, 0)
  private ready: TrialWork[] = []
  private nextReady = 0
  /** A claim, or the look whether everything is done, is under way. */
  private asking = false
  private claimable = true
  private prepared = false
  private uncommittedCalls = 0
  private ending: { status: ReplayStatus; reason: string | null } | null = null
  private settle: { resolve: () => void; reject: (error: unknown) => void } | null = null
  private wakeAtMs = Infinity
  /** Until when others leave alone what this run has claimed; wall time, which goes on while the machine sleeps. */
  private leaseUntilMs = Infinity
  /** Calls under way whose trial somebody took over meanwhile. */
  private readonly lost = new WeakSet<TrialWork>()
  /** Since when the provider has done nothing but fail; monotonic. */
  private pausedSinceMs: number | null = null

  constructor(
    private readonly ports: ReplayPorts,
    private readonly definition: ReplayDefinition,
    private readonly options: ReplayRunOptions,
    private readonly onEvent: (event: ReplayEvent) => void,
  ) {
    this.bound = options.concurrency ?? defaultConcurrency
    if (!Number.isInteger(this.bound) || this.bound < 1)
      throw new RangeError(`concurrency must be a whole number from 1, got ${options.concurrency}`)
    this.leaseMs = options.leaseMs ?? defaultLeaseMs
    this.graceMs = options.graceMs ?? defaultGraceMs
    const { store, cache, clock, describeTrouble } = ports
    const onFatal = (error: unknown) => this.settle?.reject(error)
    this.cacheKeys = createCacheKeys(definition.model, definition.scheme)
    this.status = new RunStatus(ports, definition.id, onEvent, onFatal)
    this.seat = ports.gate.takeSeat({
      bound: this.bound,
      ...(options.startConcurrency === undefined ? {} : { start: options.startConcurrency }),
      onRoom: () => this.pump(),
      onPause: (reason, untilMs) => this.pauseForProvider(reason, untilMs),
      onResume: () => {
        this.pausedSinceMs = null
        this.status.resume()
      },
    })
    this.persist = createPersist({
      clock,
      describeTrouble,
      signal: this.leaving.signal,
      onTrouble: (reason, untilMs) => this.status.pauseForStore(reason, untilMs),
      onPassed: () => {
        this.status.resume()
        this.pump()
      },
    })
    this.buffer = new ResultBuffer({
      replayId: definition.id,
      store,
      cache,
      clock,
      persist: this.persist,
      onCommitted: (group) => this.onCommitted(group),
      onFatal,
    })
    this.desk = new CallDesk({
      ports,
      definition,
      run: options,
      seat: this.seat,
      onResult: (work, result, cacheEntry) => this.keep(work, result, cacheEntry),
      onRetry: (work, dueMs) => {
        if (!this.lost.has(work)) this.waiting.add(work, dueMs)
      },
      onCost: (work, costUsd) => this.spending.settle(work.expectedUsd, costUsd),
      onLasting: (reason) => this.stop('failed', reason),
      onWarning: (message) => this.status.warn(message),
      onFatal,
      isNearlyDone: () => !this.claimable && this.nextReady === this.ready.length && this.waiting.size + this.desk.size <= fewLeft,
      onEnd: () => this.pump(),
    })
    this.progress = createProgressReporter({
      replayId: definition.id,
      store,
      clock,
      emit: onEvent,
      figures: () => ({
        inFlight: this.desk.size,
        concurrencyLimit: Math.min(this.bound, ports.gate.currentLimit),
        callsPerSecondLimit: ports.gate.callsPerSecond,
      }),
    })
  }

  async run(signal?: AbortSignal): Promise<ReplayEnd> {
    const { store, clock } = this.ports
    const { id } = this.definition
    const onAbort = () => {
      this.stop(this.options.statusOnAbort?.() ?? 'cancelled', abortWords(signal))
      void clock.sleep(this.graceMs, this.stopped.signal).then(
        () => this.leaving.abort(),
        () => undefined,
      )
    }
    try {
      await this.persist(() => store.setStatus(id, 'running', null, clock.nowMs()))
      const progress = await store.progress(id)
      this.spending = new Spending(this.options.maxCostUsd ?? null, progress.costUsd ?? 0)
      await this.askLedger(0)
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
      this.leaving.abort()
      this.desk.abortAll(error)
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.seat.leave()
    }
  }

  /** Starts what can be started. Called whenever something changed; cheap when nothing did. */
  private pump(): void {
    if (this.status.isStoreInTrouble) return
    const nowMs = this.ports.clock.monotonicMs()
    for (;;) {
      if (this.ending) return this.finishWhenQuiet()
      if (this.ports.clock.nowMs() >= this.leaseUntilMs) {
        if (!this.asking) this.ask(this.lookWhatIsLeft())
        return
      }
      // Answers that are not committed yet count as under way: a kill must not cost more calls than the bound.
      if (this.desk.size + this.uncommittedCalls >= this.bound) return
      const due = this.waiting.peekDue(nowMs)
      const work = due ?? this.ready[this.nextReady]
      if (!work) {
        this.seat.rest()
        this.wakeForRetries(nowMs)
        this.claimMore()
        return this.finishWhenQuiet()
      }
      const expectedUsd = !this.spending.isLimited ? 0 : this.spending.expect(this.ports.estimateCallUsd?.(work.messages) ?? null)
      const may = this.spending.ask(expectedUsd)
      if (may === 'never') return this.stop('cancelled', this.spending.describe())
      if (may === 'ledger') {
        if (!this.asking) this.ask(this.askLedger(expectedUsd))
        return
      }
      if (may === 'wait' || !this.seat.tryStart()) return
      if (due) this.waiting.takeDue(nowMs)
      else {
        this.nextReady++
        if (this.ready.length - this.nextReady < this.bound) this.claimMore()
      }
      work.expectedUsd = expectedUsd
      this.spending.reserve(expectedUsd)
      this.desk.start(work, nowMs)
    }
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
    const full = this.waiting.size >= Math.max(smallestClaim, 4 * this.bound) || this.buffer.size >= largestClaim
    if (this.asking || !this.claimable || this.ending || full) return
    this.ask(this.claim())
  }

  /** Waits for an answer of the store, one at a time, and goes on. */
  private ask(answer: Promise<void>): void {
    this.asking = true
    answer.then(
      () => {
        this.asking = false
        this.pump()
      },
      (error: unknown) => this.settle?.reject(error),
    )
  }

  private async claim(): Promise<void> {
    const { store, cache, clock } = this.ports
    const { onlyCaseIds, owner, cacheUse = 'use', keepRawAnswers = true } = this.options
    const limit = Math.max(smallestClaim, Math.min(largestClaim, this.bound * 2))
    this.leaseUntilMs = Math.min(this.leaseUntilMs, clock.nowMs() + this.leaseMs)
    const trials = await this.persist(() =>
      store.claimPending({
        replayId: this.definition.id,
        owner,
        limit,
        nowMs: clock.nowMs(),
        leaseMs: this.leaseMs,
        ...(onlyCaseIds ? { onlyCaseIds } : {}),
      }),
    )
    if (trials.length === 0) this.claimable = false
    const works = trials.map((trial) => startWork(this.definition, trial))
    if (cache) for (const work of works) work.cacheKey = this.cacheKeys(work.messages, work.trial.epoch)
    const known = cache !== null && cacheUse === 'use' ? await cache.getMany(works.map((work) => work.cacheKey!)) : null
    const misses: TrialWork[] = []
    for (const work of works) {
      const entry = known?.get(work.cacheKey!)
      if (!entry) {
        misses.push(work)
        continue
      }
      const { answer, latencyMs, costUsd } = entry
      for (const warning of answer.warnings) this.status.warn(warning)
      const reading = readModelAnswer(this.definition, answer)
      this.keep(work, resultOf(work, answer, reading, { latencyMs, costUsd, cached: true, keepRawAnswer: keepRawAnswers }), null)
    }
    if (misses.length > 0) await this.prepare(misses[0]!)
    this.ready = [...this.ready.slice(this.nextReady), ...misses]
    this.nextReady = 0
  }

  private async prepare({ messages }: TrialWork): Promise<void> {
    if (this.prepared) return
    this.prepared = true
    await this.ports.client.prepare?.({ messages, scheme: this.definition.scheme })
  }

  /** The process was stopped, or the machine asleep, for longer than its claims last: what others took over is theirs, and so is its money. */
  private async lookWhatIsLeft(): Promise<void> {
    const { store, ledger } = this.ports
    const { owner } = this.options
    const replayId = this.definition.id
    const held = await this.persist(async () => {
      await this.renew()
      return await store.heldTrials({ replayId, owner })
    })
    const keys = new Set(held.map(({ caseId, epoch }) => `${epoch} ${caseId}`))
    const isHeld = ({ trial }: TrialWork) => keys.has(`${trial.epoch} ${trial.case.id}`)
    this.ready = this.ready.slice(this.nextReady).filter(isHeld)
    this.nextReady = 0
    this.waiting.keep(isHeld)
    for (const work of this.desk.works()) if (!isHeld(work)) this.lost.add(work)
    if (ledger) this.spending.invalidate()
    this.claimable = true
  }

  private async renew(): Promise<void> {
    const { store, clock, ledger } = this.ports
    const lease = { owner: this.options.owner, nowMs: clock.nowMs(), leaseMs: this.leaseMs }
    await store.renewClaims({ replayId: this.definition.id, ...lease })
    await ledger?.renew(lease)
    this.leaseUntilMs = lease.nowMs + lease.leaseMs
  }

  private keep(work: TrialWork, result: TrialResult, cacheEntry: FinishedTrial['cacheEntry']): void {
    if (!result.cached) this.uncommittedCalls++
    this.buffer.add({ result, expectedLabel: work.trial.case.expected?.label ?? null, cacheEntry })
  }

  private onCommitted(group: readonly FinishedTrial[]): void {
    const replayId = this.definition.id
    for (const { result, expectedLabel } of group) {
      if (!result.cached) {
        this.uncommittedCalls--
        this.spending.commit(result.costUsd ?? 0)
      }
      this.onEvent({ type: 'trial', replayId, result, expectedLabel })
    }
    this.progress.count(group.length)
    this.pump()
  }

  private pauseForProvider(reason: string, untilMs: number): void {
    const nowMs = this.ports.clock.monotonicMs()
    this.pausedSinceMs ??= nowMs
    const { patienceMs = Infinity } = this.options
    if (untilMs - this.pausedSinceMs > patienceMs)
      this.stop(
        'failed',
        `${/[.!?…]$/.test(reason) ? reason : `${reason}.`} It has done nothing but fail for ${Math.round((nowMs - this.pausedSinceMs) / 1000)} s.`,
      )
    else this.status.pauseForProvider(reason, untilMs)
  }

  /** Asks for what the next few calls may cost, so that it is not asked for each. */
  private async askLedger(expectedUsd: number): Promise<void> {
    const { ledger, clock } = this.ports
    if (!ledger) return
    const { grant, heldUsd } = await this.persist(() =>
      ledger.reserve({
        owner: this.options.owner,
        heldUsd: () => this.spending.heldUsd,
        wantedUsd: expectedUsd * 2 * this.bound,
        nowMs: clock.nowMs(),
        leaseMs: this.leaseMs,
      }),
    )
    this.spending.accept(grant, heldUsd)
  }

  /** Stops starting calls; those under way are waited for, for a while. The first reason to stop counts. */
  private stop(status: ReplayStatus, reason: string | null): void {
    if (this.ending) return
    this.ending = { status, reason }
    this.seat.rest()
    void this.ports.clock.sleep(this.graceMs, this.stopped.signal).then(
      () => this.desk.abortAll(new Error('the replay was stopped')),
      () => undefined,
    )
    this.finishWhenQuiet()
  }

  private finishWhenQuiet(): void {
    if (this.desk.size > 0 || this.asking) return
    if (this.ending) {
      void this.buffer.flush().then(() => this.settle?.resolve())
      return
    }
    if (this.claimable || this.waiting.size > 0 || this.nextReady < this.ready.length || this.buffer.size > 0) return
    this.ask(this.checkDone())
  }

  /** Nothing left to claim: finished, or others hold the rest and are waited for, since they may never come back. */
  private async checkDone(): Promise<void> {
    const { store, clock } = this.ports
    if (this.options.onlyCaseIds) this.ending = { status: 'cancelled', reason: 'Only a part of the cases was asked for.' }
    else if ((await store.countPending(this.definition.id)) === 0) this.ending = { status: 'finished', reason: null }
    else {
      await clock.sleep(othersPollMs)
      await this.persist(async () => await this.ports.releaseDead?.())
      this.claimable = true
    }
  }

  private async close(): Promise<ReplayEnd> {
    const { store, clock, ledger, describeTrouble } = this.ports
    const { id } = this.definition
    const { owner } = this.options
    const { status, reason } = this.ending ?? { status: 'failed' as const, reason: null }
    await this.status.settled()
    // Trouble is told, but not as a status: the last one that is written has to be how it ended.
    const persist = createPersist({
      clock,
      describeTrouble,
      signal: this.leaving.signal,
      onTrouble: (trouble, untilMs) => this.onEvent({ type: 'paused', replayId: id, reason: trouble, untilMs }),
      onPassed: () => this.onEvent({ type: 'resumed', replayId: id }),
    })
    await persist(async () => {
      await store.releaseClaims({ replayId: id, owner })
      await ledger?.release(owner)
      await store.setStatus(id, status, reason, clock.nowMs())
    })
    const progress = await this.progress.report()
    this.onEvent({ type: 'ended', replayId: id, status, reason, progress })
    return { status, reason, progress }
  }

  /** Deadlines of calls, claims, cancel requests from elsewhere, progress. */
  private async keepHouse(): Promise<void> {
    const { store, clock, describeTrouble } = this.ports
    const { id } = this.definition
    const { signal } = this.stopped
    let renewAtMs = clock.monotonicMs() + this.leaseMs / 3
    let pollAtMs = clock.monotonicMs() + cancelPollMs
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal).catch(() => undefined)
      if (signal.aborted) return
      const nowMs = clock.monotonicMs()
      this.desk.abortOverdue(nowMs)
      try {
        if (nowMs >= renewAtMs) {
          renewAtMs = nowMs + this.leaseMs / 3
          if (clock.nowMs() < this.leaseUntilMs) await this.renew()
        }
        if (nowMs >= pollAtMs) {
          pollAtMs = nowMs + cancelPollMs
          if (await store.isCancelRequested(id)) this.stop('cancelled', null)
          if (this.ports.ledger && this.ports.ledger.ceilingUsd() !== this.spending.ceilingUsd) this.spending.invalidate()
          this.spending.refresh()
        }
        await this.progress.tick()
      } catch (error) {
        // Trouble with the store shows where results are committed, and is waited for there.
        if (describeTrouble(error) === null) {
          this.settle?.reject(error)
          return
        }
      }
      this.pump()
    }
  }
}

function abortWords(signal: AbortSignal | undefined): string | null {
  const reason: unknown = signal?.reason
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : null
}
