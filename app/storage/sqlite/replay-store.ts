import { verdictSchemeSchema } from '../../domain/policy/verdict-scheme'
import { outcomes, type Outcome } from '../../domain/verdict/verdict'
import { TouchstoneError } from '../../lib/errors'
import { modelConfigurationSchema } from '../../replay/model-configuration'
import type { PendingTrial, ReplayDefinition, ReplayProgress, ReplayStatus, ReplayStore, TrialKey, TrialResult } from '../../replay/ports'
import type { TouchstoneDatabase } from '../database'
import { toStorageError } from '../storage-error'
import { AnswerTexts } from './answer-texts'
import { ReplayClaims, type ClaimedReplay } from './replay-claims'
import { goldenTrials, type TrialSource } from './trial-source'
import { createTrialWriter } from './trial-writer'

type DefinitionRow = {
  id: string
  policyId: string
  scheme: string
  promptText: string
  goldenSetId: string
  goldenRevision: number
  model: string
  epochs: number
  total: number
}
type ProgressRow = {
  outcome: Outcome
  n: number
  cached: number
  calls: number
  inputTokens: number | null
  outputTokens: number | null
  costUsd: number | null
}
type StatusRow = { status: ReplayStatus; startedAt: number | null; runningSince: number | null; durationMs: number }

const ended: ReadonlySet<ReplayStatus> = new Set(['cancelled', 'failed', 'finished'])

/** The replay engine's store over SQLite, of replays or of probe runs. Several processes may work on one, each with a store of its own. */
export class SqliteReplayStore implements ReplayStore {
  private readonly claims: ReplayClaims
  private readonly known = new Map<string, ClaimedReplay>()
  private readonly write
  private readonly statements

  constructor(
    private readonly database: TouchstoneDatabase,
    source: TrialSource = goldenTrials,
  ) {
    const { raw } = database
    const { runs, trials, claims } = source
    this.claims = new ReplayClaims(raw, source)
    this.statements = {
      definition: raw.prepare<[string], DefinitionRow>(
        `SELECT r.id, r.policyId, p.scheme, x.text AS promptText, r.goldenSetId, r.goldenRevision, r.model,
           ${source.epochs} AS epochs, ${source.total} AS total
         FROM ${runs} AS r JOIN Policy AS p ON p.id = r.policyId JOIN PromptText AS x ON x.hash = r.promptHash
         LEFT JOIN GoldenRevision AS v ON v.goldenSetId = r.goldenSetId AND v.number = r.goldenRevision WHERE r.id = ?`,
      ),
      renew: raw.prepare<[number, string, string]>(`UPDATE ${claims} SET expiresAt = ? WHERE replayId = ? AND owner = ?`),
      held: raw.prepare<[string, string], TrialKey>(`SELECT caseId, epoch FROM ${claims} WHERE replayId = ? AND owner = ?`),
      release: raw.prepare<[string, string]>(`DELETE FROM ${claims} WHERE replayId = ? AND owner = ?`),
      // What a cached answer once cost was not spent here.
      progress: raw.prepare<[string], ProgressRow>(
        `SELECT outcome, count(*) AS n, sum(cached) AS cached, sum(calls) AS calls,
           sum(iif(cached AND inputTokens IS NOT NULL, 0, inputTokens)) AS inputTokens,
           sum(iif(cached AND outputTokens IS NOT NULL, 0, outputTokens)) AS outputTokens,
           sum(iif(cached AND costUsd IS NOT NULL, 0, costUsd)) AS costUsd
         FROM ${trials} WHERE replayId = ? GROUP BY outcome`,
      ),
      status: raw.prepare<[string], StatusRow>(`SELECT status, startedAt, runningSince, durationMs FROM ${runs} WHERE id = ?`),
      lastTrialAt: raw.prepare<[string], number | null>(`SELECT max(finishedAt) FROM ${trials} WHERE replayId = ?`).pluck(),
      setStatus: raw.prepare(
        `UPDATE ${runs} SET status = @status, statusReason = @reason, startedAt = @startedAt, finishedAt = @finishedAt, runningSince = @runningSince,
           durationMs = @durationMs, cancelRequested = iif(@restarted, 0, cancelRequested)${runs === 'Replay' ? ', spentUsd = @spentUsd' : ''} WHERE id = @id`,
      ),
      replacedCost: raw
        .prepare<[string], number | null>(
          `SELECT sum(iif(json_extract(trial, '$.cached'), 0, json_extract(trial, '$.costUsd'))) FROM TrialHistory WHERE replayId = ?`,
        )
        .pluck(),
      cancelRequested: raw.prepare<[string], number>(`SELECT cancelRequested FROM ${runs} WHERE id = ?`).pluck(),
    }
    const writeTrial = createTrialWriter(raw, new AnswerTexts(raw), source)
    this.write = raw.transaction((replayId: string, results: readonly TrialResult[], nowMs: number) => {
      for (const result of results) writeTrial(replayId, result, nowMs)
    })
  }

  async load(replayId: string): Promise<ReplayDefinition> {
    const row = this.readDefinition(replayId)
    return {
      id: row.id,
      policyId: row.policyId,
      scheme: verdictSchemeSchema.parse(JSON.parse(row.scheme)),
      promptText: row.promptText,
      goldenSetId: row.goldenSetId,
      goldenRevision: row.goldenRevision,
      model: modelConfigurationSchema.parse(JSON.parse(row.model)),
      epochs: row.epochs,
    }
  }

  async claimPending(options: {
    replayId: string
    owner: string
    limit: number
    nowMs: number
    leaseMs: number
    onlyCaseIds?: readonly string[]
  }): Promise<PendingTrial[]> {
    if (!Number.isInteger(options.limit) || options.limit < 0)
      throw new RangeError(`limit must be a whole number of 0 or more, got ${options.limit}`)
    if (options.limit === 0) return []
    const replay = this.replay(options.replayId)
    const claim = this.database.raw.transaction(() => this.claims.claim(replay, options))
    return await this.exclusively(() => claim.immediate())
  }

  async renewClaims({
    replayId,
    owner,
    nowMs,
    leaseMs,
  }: {
    replayId: string
    owner: string
    nowMs: number
    leaseMs: number
  }): Promise<void> {
    await this.exclusively(() => this.statements.renew.run(nowMs + leaseMs, replayId, owner))
  }

  async heldTrials({ replayId, owner }: { replayId: string; owner: string }): Promise<TrialKey[]> {
    return this.statements.held.all(replayId, owner)
  }

  async releaseClaims({ replayId, owner }: { replayId: string; owner: string }): Promise<void> {
    await this.exclusively(() => this.statements.release.run(replayId, owner))
    this.claims.forget(replayId, owner)
  }

  async commit(replayId: string, results: readonly TrialResult[], nowMs: number): Promise<void> {
    if (results.length === 0) return
    await this.exclusively(() => this.write.immediate(replayId, results, nowMs))
  }

  /** What has no result, whoever works on it; for looking, not for doing. */
  pending(replayId: string): Generator<PendingTrial> {
    return this.claims.pending(this.replay(replayId))
  }

  async countPending(replayId: string): Promise<number> {
    return this.claims.countPending(this.replay(replayId))
  }

  /** What its calls cost, those included whose answers were replaced; null where nobody knows of any. */
  private readCost(replayId: string, rows: readonly ProgressRow[] = this.statements.progress.all(replayId)): number | null {
    const replaced = this.statements.replacedCost.get(replayId) ?? null
    return rows.reduce((total, { costUsd }) => (costUsd === null ? total : (total ?? 0) + costUsd), replaced)
  }

  async progress(replayId: string): Promise<ReplayProgress> {
    const rows = this.statements.progress.all(replayId)
    const sum = (column: 'n' | 'cached' | 'calls') => rows.reduce((total, row) => total + row[column], 0)
    const sumKnown = (column: 'inputTokens' | 'outputTokens') =>
      rows.reduce<number | null>((total, row) => (row[column] === null ? total : (total ?? 0) + row[column]), null)
    const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>
    for (const { outcome, n } of rows) counts[outcome] = n
    return {
      total: this.replay(replayId).total,
      done: sum('n'),
      outcomes: counts,
      cached: sum('cached'),
      calls: sum('calls'),
      inputTokens: sumKnown('inputTokens'),
      outputTokens: sumKnown('outputTokens'),
      costUsd: this.readCost(replayId, rows),
    }
  }

  async setStatus(replayId: string, status: ReplayStatus, reason: string | null, nowMs: number): Promise<void> {
    const update = this.database.raw.transaction(() => {
      const before = this.statements.status.get(replayId)
      if (!before) throw replayNotFound(replayId)
      // Whoever says "running" begins a run. One that was killed before lasted until its last result.
      const starts = status === 'running'
      const since = before.runningSince
      const ranUntil = starts && since !== null ? (this.statements.lastTrialAt.get(replayId) ?? since) : nowMs
      const ranMs = since === null || status === 'paused' ? 0 : Math.max(0, ranUntil - since)
      this.statements.setStatus.run({
        id: replayId,
        status,
        reason,
        startedAt: before.startedAt ?? (starts ? nowMs : null),
        finishedAt: ended.has(status) ? nowMs : null,
        runningSince: starts ? nowMs : status === 'paused' ? since : null,
        durationMs: before.durationMs + ranMs,
        restarted: starts && ended.has(before.status) ? 1 : 0,
        spentUsd: ended.has(status) ? this.readCost(replayId) : null,
      })
    })
    await this.exclusively(() => update.immediate())
  }

  async isCancelRequested(replayId: string): Promise<boolean> {
    return this.statements.cancelRequested.get(replayId) === 1
  }

  private readDefinition(replayId: string): DefinitionRow {
    const row = this.statements.definition.get(replayId)
    if (!row) throw replayNotFound(replayId)
    return row
  }

  /** What never changes of a replay. */
  private replay(replayId: string): ClaimedReplay {
    let replay = this.known.get(replayId)
    if (!replay) {
      const { id, goldenSetId, goldenRevision, epochs, total } = this.readDefinition(replayId)
      replay = { id, goldenSetId, revision: goldenRevision, epochs, total }
      this.known.set(replayId, replay)
    }
    return replay
  }

  private exclusively<T>(work: () => T): Promise<T> {
    return this.database.writeLock.run(() => {
      try {
        return work()
      } catch (error) {
        throw toStorageError(error, this.database.file)
      }
    })
  }
}

function replayNotFound(replayId: string): TouchstoneError {
  return new TouchstoneError('not-found', `There is no replay ${JSON.stringify(replayId)}.`)
}
