import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { outcomes, type Outcome } from '~/domain/verdict/verdict'
import type { PendingTrial, ReplayDefinition, ReplayProgress, ReplayStatus, ReplayStore, TrialKey, TrialResult } from '~/replay/ports'

type Claim = { owner: string; expiresAt: number }
const keyOf = ({ caseId, epoch }: TrialKey) => JSON.stringify([caseId, epoch])

/** The port's rules in their plainest form: one replay, all in memory. What engine tests run on, and what the SQLite store is held against. */
export class MemoryReplayStore implements ReplayStore {
  readonly results = new Map<string, TrialResult>()
  readonly claims = new Map<string, Claim>()
  status: ReplayStatus = 'pending'
  statusReason: string | null = null
  cancelRequested = false

  constructor(
    private readonly definition: ReplayDefinition,
    private readonly cases: readonly GoldenCase[],
  ) {}

  async load(replayId: string): Promise<ReplayDefinition> {
    if (replayId !== this.definition.id) throw new Error(`There is no replay ${JSON.stringify(replayId)}.`)
    return this.definition
  }

  private *pending(): Generator<PendingTrial> {
    for (const goldenCase of this.cases)
      for (let epoch = 1; epoch <= this.definition.epochs; epoch += 1)
        if (!this.results.has(keyOf({ caseId: goldenCase.id, epoch }))) yield { case: goldenCase, epoch }
  }

  async claimPending({ owner, limit, nowMs, leaseMs, onlyCaseIds }: Parameters<ReplayStore['claimPending']>[0]): Promise<PendingTrial[]> {
    const only = onlyCaseIds && new Set(onlyCaseIds)
    const claimed: PendingTrial[] = []
    for (const trial of this.pending()) {
      if (claimed.length === limit) break
      if (only && !only.has(trial.case.id)) continue
      const key = keyOf({ caseId: trial.case.id, epoch: trial.epoch })
      const claim = this.claims.get(key)
      if (claim && claim.expiresAt > nowMs) continue
      this.claims.set(key, { owner, expiresAt: nowMs + leaseMs })
      claimed.push(trial)
    }
    return claimed
  }

  async renewClaims({ owner, nowMs, leaseMs }: Parameters<ReplayStore['renewClaims']>[0]): Promise<void> {
    for (const claim of this.claims.values()) if (claim.owner === owner) claim.expiresAt = nowMs + leaseMs
  }

  async heldTrials({ owner }: Parameters<ReplayStore['heldTrials']>[0]): Promise<TrialKey[]> {
    return [...this.claims].flatMap(([key, claim]) => {
      const [caseId, epoch] = JSON.parse(key) as [string, number]
      return claim.owner === owner ? [{ caseId, epoch }] : []
    })
  }

  async releaseClaims({ owner }: Parameters<ReplayStore['releaseClaims']>[0]): Promise<void> {
    for (const [key, claim] of this.claims) if (claim.owner === owner) this.claims.delete(key)
  }

  async commit(_replayId: string, results: readonly TrialResult[]): Promise<void> {
    for (const result of results) {
      const key = keyOf(result)
      if (!this.results.has(key)) this.results.set(key, result)
      this.claims.delete(key)
    }
  }

  async countPending(): Promise<number> {
    return [...this.pending()].length
  }

  async progress(): Promise<ReplayProgress> {
    const results = [...this.results.values()]
    const sum = (figure: 'inputTokens' | 'outputTokens' | 'costUsd') => {
      const known = results.filter((result) => result[figure] !== null)
      return known.length === 0 ? null : known.reduce((total, result) => total + (result.cached ? 0 : (result[figure] ?? 0)), 0)
    }
    const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>
    for (const { outcome } of results) counts[outcome] += 1
    return {
      total: this.cases.length * this.definition.epochs,
      done: results.length,
      outcomes: counts,
      cached: results.filter(({ cached }) => cached).length,
      calls: results.reduce((total, { calls }) => total + calls, 0),
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      costUsd: sum('costUsd'),
    }
  }

  async setStatus(_replayId: string, status: ReplayStatus, reason: string | null): Promise<void> {
    this.status = status
    this.statusReason = reason
  }

  async isCancelRequested(): Promise<boolean> {
    return this.cancelRequested
  }
}
