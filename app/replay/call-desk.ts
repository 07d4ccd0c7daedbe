import { retryDelayMs } from './backoff'
import { ModelCallError } from './ports'
import type { CacheEntry, ModelAnswer, ReplayDefinition, TrialResult } from './ports'
import type { Seat } from './provider-gate'
import type { ReplayPorts, ReplayRunOptions } from './run-options'
import { errorResultOf, readModelAnswer, repairMessages, resultOf, sumUsage } from './trial-work'
import type { TrialWork } from './trial-work'

export type CallDeskOptions = {
  ports: ReplayPorts
  definition: ReplayDefinition
  run: ReplayRunOptions
  seat: Seat
  onResult: (work: TrialWork, result: TrialResult, cacheEntry: { key: string; entry: CacheEntry } | null) => void
  onRetry: (work: TrialWork, dueMs: number) => void
  /** What the call cost; null where nobody knows, 0 where there was no answer. */
  onCost: (work: TrialWork, costUsd: number | null) => void
  onLasting: (reason: string) => void
  onWarning: (message: string) => void
  onFatal: (error: unknown) => void
  /** Hardly anything but what has failed is left to ask. */
  isNearlyDone: () => boolean
  /** A slot is free. */
  onEnd: () => void
}

const defaultRetryBudgetMs = 180_000
/** A call that hung until its deadline has used up the time already. */
const fewestTries = 2
/** So often a request is tried where the few that are left all fail. */
const fewestTriesAlone = 3
/** So often a request is tried that the provider asks to come back later. */
const fewestPatientTries = 8
const defaultCallTimeoutMs = 180_000

/** The calls that are under way, and what becomes of each: a result, another attempt, the end of the run. */
export class CallDesk {
  private readonly inFlight = new Map<TrialWork, { controller: AbortController; startedMs: number }>()

  /** In this run. */
  private hasAnswered = false
  /** When the newest of the calls that were answered had been started. */
  private newestAnsweredMs = -Infinity

  constructor(private readonly options: CallDeskOptions) {}

  get size(): number {
    return this.inFlight.size
  }

  /** What is under way. */
  works(): Iterable<TrialWork> {
    return this.inFlight.keys()
  }

  /** Starts a call whose slot has been taken. */
  start(work: TrialWork, startedMs: number): void {
    this.call(work, startedMs).catch(this.options.onFatal)
  }

  abortAll(reason: unknown): void {
    for (const { controller } of this.inFlight.values()) controller.abort(reason)
  }

  /** Ends calls that are past their deadline; they count as failures that may pass. */
  abortOverdue(nowMs: number): void {
    const timeoutMs = this.options.run.callTimeoutMs ?? defaultCallTimeoutMs
    for (const { controller, startedMs } of this.inFlight.values())
      if (nowMs - startedMs > timeoutMs) controller.abort(new CallTimeout(`no answer within ${Math.round(timeoutMs / 1000)} s`))
  }

  private async call(work: TrialWork, startedMs: number): Promise<void> {
    const { ports, definition, seat, onEnd } = this.options
    const controller = new AbortController()
    this.inFlight.set(work, { controller, startedMs })
    work.calls++
    const messages = work.repairOf ? repairMessages(work, work.repairOf, this.problemOf(work.repairOf)) : work.messages
    try {
      let answer: ModelAnswer
      try {
        answer = await ports.client.answer({ messages, scheme: definition.scheme, signal: controller.signal })
      } catch (error) {
        this.inFlight.delete(work)
        this.onFailed(work, startedMs, error, controller.signal)
        return
      }
      this.inFlight.delete(work)
      const { limits, usage } = answer
      seat.finish(startedMs, { type: 'answered', limits, tokens: (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) })
      this.noteAnswer(startedMs)
      this.onAnswer(work, answer, ports.clock.monotonicMs() - startedMs)
    } finally {
      onEnd()
    }
  }

  private noteAnswer(startedMs: number): void {
    this.hasAnswered = true
    this.newestAnsweredMs = Math.max(this.newestAnsweredMs, startedMs)
  }

  private problemOf(answer: ModelAnswer): string {
    const reading = readModelAnswer(this.options.definition, answer)
    return reading.status === 'unscored' ? reading.detail : 'it was not in the form that was asked for'
  }

  private onAnswer(work: TrialWork, answered: ModelAnswer, latencyMs: number): void {
    const { ports, definition, run, onWarning, onCost, onRetry, onResult } = this.options
    answered.warnings.forEach(onWarning)
    const callCostUsd = ports.price(definition.model, answered.usage, answered.serviceTier)
    onCost(work, callCostUsd)
    const reading = readModelAnswer(definition, answered)
    if (definition.model.repair && work.repairOf === null && reading.status === 'unscored' && reading.reason === 'unparseable') {
      work.repairOf = answered
      onRetry(work, ports.clock.monotonicMs())
      return
    }
    const answer = work.repairOf ? { ...answered, usage: sumUsage(work.repairOf.usage, answered.usage) } : answered
    const costUsd = work.repairOf ? ports.price(definition.model, answer.usage, answer.serviceTier) : callCostUsd
    const result = resultOf(work, answer, reading, { latencyMs, costUsd, cached: false, keepRawAnswer: run.keepRawAnswers ?? true })
    const entry =
      work.cacheKey === null ? null : { key: work.cacheKey, entry: { answer, latencyMs, costUsd, createdAtMs: ports.clock.nowMs() } }
    onResult(work, result, entry)
  }

  /** Where only the repair got no answer, the first answer is the result, with what it cost. */
  private giveUp(work: TrialWork, why: string): void {
    const { ports, definition, run, onResult } = this.options
    if (work.repairOf === null) {
      onResult(work, errorResultOf(work, why), null)
      return
    }
    const first = work.repairOf
    const costUsd = ports.price(definition.model, first.usage, first.serviceTier)
    const figures = { latencyMs: null, costUsd, cached: false, keepRawAnswer: run.keepRawAnswers ?? true }
    const result = resultOf(work, first, readModelAnswer(definition, first), figures)
    onResult(work, { ...result, detail: `${result.detail ?? ''}; asked to put it right: ${why}` }, null)
  }

  private onFailed(work: TrialWork, startedMs: number, error: unknown, signal: AbortSignal): void {
    const { ports, seat, onCost, onRetry, onLasting } = this.options
    const nowMs = ports.clock.monotonicMs()
    onCost(work, 0)
    const timeout = signal.aborted && signal.reason instanceof CallTimeout ? signal.reason : null
    if (signal.aborted && timeout === null) {
      seat.finish(startedMs, { type: 'abandoned' })
      return
    }
    const failure = timeout ? new ModelCallError(timeout.message, { kind: 'transient', limits: {} }) : error
    if (!(failure instanceof ModelCallError)) {
      seat.finish(startedMs, { type: 'abandoned' })
      throw failure
    }
    const { kind, limits, rateLimited, advice, mostAttempts = Infinity } = failure.details
    const giveUpTheRun = () => onLasting(advice ? `${failure.message} ${advice}` : failure.message)
    if (kind === 'lasting') {
      seat.finish(startedMs, { type: 'abandoned' })
      giveUpTheRun()
      return
    }
    if (kind === 'request') {
      // The provider works; it is this request that it does not take.
      this.noteAnswer(startedMs)
      seat.finish(startedMs, { type: 'answered' })
      this.giveUp(work, failure.message)
      return
    }
    const isStranger = mostAttempts < Infinity && !this.hasAnswered
    const delayMs = retryDelayMs(work.failures + 1, limits, ports.random)
    this.noteFailure(work, { startedMs, nowMs, delayMs, isLimited: mostAttempts < Infinity })
    const isLastAlone = this.isLastAlone(work, failure, nowMs)
    // What may be no provider at all is not paused for; nor is the provider for the fault of a request.
    if (isStranger || isLastAlone || (work.isOwnFault && !rateLimited && !seat.isPaused())) seat.finish(startedMs, { type: 'abandoned' })
    else seat.finish(startedMs, rateLimited ? { type: 'rate-limited', limits } : { type: 'failed', reason: failure.message })
    if (isStranger && work.limitedFailures >= mostAttempts) {
      giveUpTheRun()
      return
    }
    // While the provider does nothing but fail it is not the request's fault.
    const isHopeless = work.limitedFailures >= mostAttempts && !seat.isPaused()
    // A provider that says when to come back is obeyed, however long that is.
    const isTimeUp = work.failingMs > this.retryBudgetMs && work.failures >= (rateLimited ? fewestPatientTries : fewestTries)
    if (isHopeless || isLastAlone || isTimeUp) this.giveUp(work, `given up after ${work.failures} attempts: ${failure.message}`)
    else onRetry(work, nowMs + delayMs)
  }

  private get retryBudgetMs(): number {
    return this.options.run.retryBudgetMs ?? defaultRetryBudgetMs
  }

  private noteFailure(work: TrialWork, call: { startedMs: number; nowMs: number; delayMs: number; isLimited: boolean }): void {
    const { startedMs, nowMs, delayMs, isLimited } = call
    work.failures++
    if (isLimited) work.limitedFailures++
    work.failingMs += nowMs - startedMs + delayMs
    // Others that were asked after it had failed have been answered: it is the request, whose failures say nothing of the provider.
    work.isOwnFault ||= work.failedAtMs !== null && this.newestAnsweredMs >= work.failedAtMs
    work.failedAtMs = nowMs
    work.firstFailedMs ??= startedMs
  }

  /**
   * The provider has answered the others, and of the few that are left none for the time that a request is given: a pause for these would last
   * until patience ends. A server that cannot be reached says nothing of the request.
   */
  private isLastAlone(work: TrialWork, { details }: ModelCallError, nowMs: number): boolean {
    return (
      this.hasAnswered &&
      (details.status !== undefined || details.mostAttempts !== undefined) &&
      work.failures >= fewestTriesAlone &&
      nowMs - (work.firstFailedMs ?? nowMs) > this.retryBudgetMs &&
      this.options.isNearlyDone()
    )
  }
}

class CallTimeout extends Error {
  override name = 'CallTimeout'
}
