import type { ModelMessage } from '../domain/prompt/messages'
import type { Clock, ModelClient, PriceCall, ReplayProgress, ReplayStatus, ReplayStore, ResponseCache, SpendingLedger } from './ports'
import type { ProviderGate } from './provider-gate'

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
  /** The money that all runs of the workspace share; without it there is no ceiling. */
  ledger?: SpendingLedger
  /** Uniform in [0, 1), for jitter. */
  random: () => number
  gate: ProviderGate
  /** The words for a failure of the store that may pass (a full disk, a locked database); null for any other error. */
  describeTrouble: (error: unknown) => string | null
  /** Gives back what processes hold that are known to be no more. Called while others are waited for. Default: their claims expire. */
  releaseDead?: () => Promise<void>
}

export type ReplayRunOptions = {
  /** Who claims: another process has another owner. */
  owner: string
  /** Upper bound of calls under way, at least 1. Default 64. */
  concurrency?: number
  /** Where the limit starts when nothing is known of the provider. Default 8. */
  startConcurrency?: number
  /** `refresh` asks again and keeps the answer. Default `use`. */
  cacheUse?: 'use' | 'refresh'
  /** US dollars that the whole replay may cost. */
  maxCostUsd?: number
  /** Default true. */
  keepRawAnswers?: boolean
  /** Run these cases only; the replay is then left for another run to finish. */
  onlyCaseIds?: readonly string[]
  /** Every call ends by then. Default 180 s. */
  callTimeoutMs?: number
  /** A case that keeps failing is given up after this much time, pauses of the whole replay not counted. Default 180 s. */
  retryBudgetMs?: number
  /** A provider that does nothing but fail is waited for this long before the replay ends as failed. Default: as long as it takes. */
  patienceMs?: number
  /** How long calls under way are waited for when the replay is stopped. Default 5 s. */
  graceMs?: number
  /** How long a claim lasts without being renewed. Default 30 s. */
  leaseMs?: number
  /** What an abort by the signal leaves behind: `cancelled`, or `pending` where the process stops and another will go on. */
  statusOnAbort?: () => 'cancelled' | 'pending'
}

export type ReplayEnd = { status: ReplayStatus; reason: string | null; progress: ReplayProgress }
