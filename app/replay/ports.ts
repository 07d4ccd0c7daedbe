import type { GoldenCase } from '../domain/golden-set/golden-case'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import type { ModelMessage } from '../domain/prompt/messages'
import type { Outcome, RuleOutcome, Verdict } from '../domain/verdict/verdict'
import type { ModelConfiguration } from './model-configuration'

/**
 * The ports of the replay engine. The engine knows nothing else of the world; `services/` hands it implementations, tests hand it others,
 * and one contract suite per port (test/contract) runs over all of them.
 */

// ---------------------------------------------------------------------------------------------------------------- model

export type ModelRequest = {
  messages: ModelMessage[]
  /** What the answer may say; a structured-output schema and the parser are derived from it. */
  scheme: VerdictScheme
  /** Aborted on cancel and on the deadline of the call. */
  signal: AbortSignal
}

export type TokenUsage = {
  inputTokens: number | null
  outputTokens: number | null
  cachedInputTokens: number | null
  reasoningTokens: number | null
}

/** What the provider's headers said about limits. Times in milliseconds from the answer. */
export type RateLimitHints = {
  retryAfterMs?: number
  remainingRequests?: number
  limitRequests?: number
  resetRequestsMs?: number
  remainingTokens?: number
  resetTokensMs?: number
}

/** An answer as it came, before it is read. `finish` says how it ended. */
export type ModelAnswer = {
  text: string
  finish: 'stop' | 'length' | 'content-filter' | 'refusal' | 'other'
  /** The model's words when it refused. */
  refusal?: string
  usage: TokenUsage
  /** The model id that the provider says it used, and its fingerprint: a change between two sides is a warning. */
  providerModel?: string
  systemFingerprint?: string
  /** Where the configuration names a tier: the one that the answer was given in, which may be another, at another price. */
  serviceTier?: string
  limits: RateLimitHints
  /** Parameters that this model refuses and that were left out. */
  warnings: string[]
}

/**
 * Why there is no answer. `transient`: worth trying again (408, 409, 429, 5xx, reset, timeout); `lasting`: no later call can succeed
 * (401, 403, unknown model, quota exhausted, unreachable configuration); `request`: this one request is not answered (400, 413, 422), others may be.
 */
export class ModelCallError extends Error {
  override name = 'ModelCallError'
  constructor(
    message: string,
    readonly details: {
      kind: 'transient' | 'lasting' | 'request'
      status?: number
      rateLimited?: boolean
      /**
       * It is not the load: the request is given up after so many failures, unless the provider does nothing but fail; and the run where no
       * request has been answered at all.
       */
      mostAttempts?: number
      limits: RateLimitHints
      advice?: string
      cause?: unknown
    },
  ) {
    super(message, { cause: details.cause })
  }
}

export interface ModelClient {
  readonly configuration: ModelConfiguration
  /** One call, no retries. Throws {@link ModelCallError}; an abort throws the signal's reason. */
  answer(request: ModelRequest): Promise<ModelAnswer>
  /** Does what a first call would have to wait for on this side, so that it is not taken for the provider's latency. Makes no call. */
  prepare?(request: Omit<ModelRequest, 'signal'>): Promise<void>
}

// ---------------------------------------------------------------------------------------------------------------- store

export type TrialKey = { caseId: string; epoch: number }

/** One answer, read and scored. `cached` trials carry the latency and cost of the original call and are left out of latency figures. */
export type TrialResult = TrialKey & {
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Verdict | null
  /** Why unscored, in words; null when scored. */
  detail: string | null
  /** The answer word for word, kept compressed once per distinct answer; null when raw answers are turned off or there was none. */
  rawAnswer: string | null
  latencyMs: number | null
  inputTokens: number | null
  outputTokens: number | null
  /** Null: the price is unknown. */
  costUsd: number | null
  cached: boolean
  /** Calls made for this trial, retries and repair included; 0 when cached. */
  calls: number
  providerModel: string | null
  systemFingerprint: string | null
}

export const replayStatuses = ['pending', 'running', 'paused', 'cancelled', 'failed', 'finished'] as const
export type ReplayStatus = (typeof replayStatuses)[number]

/** What a replay is: prompt text × golden-set revision × model configuration × epochs. */
export type ReplayDefinition = {
  id: string
  policyId: string
  scheme: VerdictScheme
  promptText: string
  goldenSetId: string
  goldenRevision: number
  model: ModelConfiguration
  epochs: number
}

export type PendingTrial = { case: GoldenCase; epoch: number }

/**
 * What became of a replay so far, always counted from the trials. `outcomes` has every outcome as a key. Tokens and cost are what this
 * replay spent: a cached trial counts as 0. They are null when no trial has the figure.
 */
export type ReplayProgress = {
  total: number
  done: number
  outcomes: Record<Outcome, number>
  cached: number
  calls: number
  inputTokens: number | null
  outputTokens: number | null
  costUsd: number | null
}

/** Where replays live. A trial is pending until its result is committed; nothing else says so. */
export interface ReplayStore {
  load(replayId: string): Promise<ReplayDefinition>
  /**
   * Claims up to `limit` pending trials that nobody else holds, in case order, and returns them. A claim expires at `now + leaseMs` and
   * can then be taken over. `onlyCaseIds` narrows the work (early stopping). Returns [] when nothing is claimable.
   */
  claimPending(options: {
    replayId: string
    owner: string
    limit: number
    nowMs: number
    leaseMs: number
    onlyCaseIds?: readonly string[]
  }): Promise<PendingTrial[]>
  /** Extends this owner's claims. */
  renewClaims(options: { replayId: string; owner: string; nowMs: number; leaseMs: number }): Promise<void>
  /** What this owner has claimed, nobody took over and has no result; for a run that slept longer than its claims last. */
  heldTrials(options: { replayId: string; owner: string }): Promise<TrialKey[]>
  /** Gives back what this owner claimed and did not finish. */
  releaseClaims(options: { replayId: string; owner: string }): Promise<void>
  /** Commits results in one transaction and drops their claims. A trial that has a result keeps the first (another process was quicker). */
  commit(replayId: string, results: readonly TrialResult[], nowMs: number): Promise<void>
  /** Number of trials without a result, claimed or not. */
  countPending(replayId: string): Promise<number>
  progress(replayId: string): Promise<ReplayProgress>
  setStatus(replayId: string, status: ReplayStatus, reason: string | null, nowMs: number): Promise<void>
  /** True when somebody asked, in whatever process, that the replay stop. */
  isCancelRequested(replayId: string): Promise<boolean>
}

// ---------------------------------------------------------------------------------------------------------------- cache

/** Key of everything that affects an answer: see `responseCacheKey` in response-cache-key.ts. */
export type CacheEntry = { answer: ModelAnswer; latencyMs: number; costUsd: number | null; createdAtMs: number }

export interface ResponseCache {
  getMany(keys: readonly string[]): Promise<Map<string, CacheEntry>>
  putMany(entries: ReadonlyArray<{ key: string; entry: CacheEntry }>): Promise<void>
}

// ------------------------------------------------------------------------------------------------------------- spending

/** What a run may spend of the workspace's ceiling. US dollars. */
export type SpendingGrant = {
  /** Null: there is none. */
  ceilingUsd: number | null
  /** What this run may hold beyond what the store has of its costs: calls under way and results not committed. Infinity without a ceiling. */
  usd: number
  /** What all runs of the workspace have spent, as their trials say. */
  spentUsd: number
  /** What other runs that are under way hold. */
  othersUsd: number
}

export type WorkspaceSpending = {
  /** The lower of what is set in the workspace and in the environment; null: neither is. */
  ceilingUsd: number | null
  /** Set in the workspace. */
  storedUsd: number | null
  /** MAX_COST_USD. */
  environmentUsd: number | null
  /** By all replays, with the answers that were replaced later. */
  spentUsd: number
  /** What runs that are under way hold besides. */
  heldUsd: number
}

/** The money that all runs of a workspace share. What was spent is always counted from the trials. */
export interface SpendingLedger {
  ceilingUsd(): number | null
  /** Grants this run what it holds, and about `wantedUsd` more where there is as much; instead of what was granted before. */
  reserve(options: {
    owner: string
    heldUsd: () => number
    wantedUsd: number
    nowMs: number
    leaseMs: number
  }): Promise<{ grant: SpendingGrant; heldUsd: number }>
  /** Extends what this run holds. */
  renew(options: { owner: string; nowMs: number; leaseMs: number }): Promise<void>
  release(owner: string): Promise<void>
}

// ---------------------------------------------------------------------------------------------------------------- world

export interface Clock {
  /** Wall time, milliseconds since the epoch: for what is stored. */
  nowMs(): number
  /** Monotonic, milliseconds: for durations and waits. */
  monotonicMs(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** US dollars for a call, or null where the model's price is unknown. `serviceTier`: in which it was answered, where that is known. */
export type PriceCall = (model: ModelConfiguration, usage: TokenUsage, serviceTier?: string) => number | null

export type ReplayEvent =
  | { type: 'started'; replayId: string; total: number; pending: number }
  | { type: 'trial'; replayId: string; result: TrialResult; expectedLabel: string | null }
  | {
      type: 'progress'
      replayId: string
      progress: ReplayProgress
      ratePerSecond: number
      inFlight: number
      /** Calls that may be under way at the moment. */
      concurrencyLimit: number
      /** Calls a second that the provider lets pass, as learnt from its 429; null: no such limit is known. */
      callsPerSecondLimit: number | null
      etaMs: number | null
    }
  | { type: 'paused'; replayId: string; reason: string; untilMs: number | null }
  | { type: 'resumed'; replayId: string }
  | { type: 'warning'; replayId: string; message: string }
  /** Something that is worth knowing now and not later. */
  | { type: 'note'; replayId: string; message: string }
  | { type: 'ended'; replayId: string; status: ReplayStatus; reason: string | null; progress: ReplayProgress }

// ---------------------------------------------------------------------------------------------------------------- batches

export type BatchStatus = {
  id: string
  /** `ended`: whatever there is of results can be collected. `failed`: the provider took none of it. */
  state: 'waiting' | 'ended' | 'failed'
  /** The provider's own word for it. */
  word: string
  done: number
  total: number
  reason: string | null
}

/**
 * What became of one request of a batch. `again`: it was not answered and can be asked in another batch. `warning`: the provider does not take
 * what is left out from now on. `detail`: why it failed, in the provider's words; without one it expired, was cancelled or is missing.
 * `isLasting`: no other batch can succeed either.
 */
export type BatchResult = { customId: string } & (
  | { type: 'answer'; answer: ModelAnswer }
  | { type: 'error'; detail: string }
  | { type: 'again'; warning?: string; detail?: string; isLasting?: boolean }
)

/** A provider that takes many requests in one file and answers them within a day, at half the price. Throws {@link ModelCallError}. */
export interface BatchClient {
  readonly configuration: ModelConfiguration
  /** One line of a batch file. */
  renderLine(customId: string, request: Omit<ModelRequest, 'signal'>): Promise<string>
  /** `tag` is kept with the batch at the provider, so that a process that was killed finds its batches again. */
  submit(lines: readonly string[], tag: string, signal: AbortSignal): Promise<BatchStatus>
  findByTag(tag: string, signal: AbortSignal): Promise<BatchStatus[]>
  /** A batch that was sent earlier; null: the provider has it no more. */
  find(batchId: string, signal: AbortSignal): Promise<BatchStatus | null>
  status(batchId: string, signal: AbortSignal): Promise<BatchStatus>
  collect(batchId: string, signal: AbortSignal): Promise<BatchResult[]>
  cancel(batchId: string, signal: AbortSignal): Promise<void>
}

/** Which batches were sent, kept here: not every server lists them, or with their tags. */
export interface BatchLog {
  known(tag: string): Promise<string[]>
  add(tag: string, batchId: string, nowMs: number): Promise<void>
}
