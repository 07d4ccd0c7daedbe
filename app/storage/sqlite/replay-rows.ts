import type { CaseJudgement } from '../../domain/golden-set/case-records'
import type { Outcome, RetriedReason, RuleOutcome } from '../../domain/verdict/verdict'
import { modelConfigurationSchema } from '../../replay/model-configuration'
import type { ModelConfiguration } from '../../replay/model-configuration'
import type { ReplayStatus } from '../../replay/ports'
import type { SqliteHandle } from '../database'
import { readVerdict, type VerdictColumns } from './case-judgements'
import { notSealed } from './holdout-store'

export type ReplayRow = {
  id: string
  policyId: string
  policySlug: string
  promptHash: string
  versionNumber: number | null
  goldenSetId: string
  goldenSet: string
  goldenRevision: number
  model: ModelConfiguration
  modelName: string
  epochs: number
  status: ReplayStatus
  statusReason: string | null
  options: string
  total: number
  done: number
  resultsVersion: number
  author: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  durationMs: number
  runningSince: number | null
  warnings: string[]
}

/** What makes two replays the same replay. */
export type ReplayInputs = {
  policyId: string
  promptHash: string
  goldenSetId: string
  goldenRevision: number
  modelHash: string
  epochs: number
}

export type NewReplay = ReplayInputs & {
  id: string
  promptText: string
  model: ModelConfiguration
  modelName: string
  options: string
  total: number
  author: string
  nowMs: number
}

/** What its calls cost so far, from the index alone where the replay has not kept it at its end. */
const costColumn = `coalesce(r.spentUsd, (SELECT sum(iif(t.cached AND t.costUsd IS NOT NULL, 0, t.costUsd)) FROM Trial AS t WHERE t.replayId = r.id)) AS costUsd`

// A finished replay has a result for each of its trials; the others are counted.
const columns = `SELECT r.id, r.policyId, p.slug AS policySlug, r.promptHash, v.number AS versionNumber, r.goldenSetId, g.name AS goldenSet, r.goldenRevision,
  r.model, r.modelName, r.epochs, r.status, r.statusReason, r.options, r.total,
  iif(r.status = 'finished', r.total, (SELECT count(*) FROM Trial AS t WHERE t.replayId = r.id)) AS done,
  r.resultsVersion, r.author, r.createdAt, r.startedAt, r.finishedAt, r.durationMs, r.runningSince, r.warnings`
const source = `FROM Replay AS r JOIN Policy AS p ON p.id = r.policyId JOIN GoldenSet AS g ON g.id = r.goldenSetId
  LEFT JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash`

const selection = `${columns} ${source}`

type StoredRow = Omit<ReplayRow, 'model' | 'warnings'> & { model: string; warnings: string | null }
const readRow = (row: StoredRow): ReplayRow => ({
  ...row,
  model: modelConfigurationSchema.parse(JSON.parse(row.model)),
  warnings: readWarnings(row.warnings).map(({ message }) => message),
})

/** `said` while it ran, by provider or engine; `found` in its answers when it ended, and found anew at the next end. */
type ReplayWarning = { kind: 'said' | 'found'; message: string }
const readWarnings = (stored: string | null | undefined): ReplayWarning[] => (stored ? (JSON.parse(stored) as ReplayWarning[]) : [])
const mostWarnings = 50

/** Unscored, and another answer may change that. */

/** The rows of replays and pages of their trials. Writes belong inside the database's write lock. */
export class ReplayRows {
  private readonly statements

  constructor(private readonly handle: SqliteHandle) {
    this.statements = {
      one: handle.prepare<[string], StoredRow>(`${selection} WHERE r.id = ?`),
      same: handle.prepare<[ReplayInputs], StoredRow>(
        `${selection} WHERE r.policyId = @policyId AND r.promptHash = @promptHash AND r.goldenSetId = @goldenSetId AND r.goldenRevision = @goldenRevision
           AND r.modelHash = @modelHash AND r.epochs = @epochs ORDER BY r.createdAt DESC, r.id DESC`,
      ),
      unended: handle.prepare<[], StoredRow>(`${selection} WHERE r.status IN ('pending', 'running', 'paused') ORDER BY r.createdAt, r.id`),
      insertText: handle.prepare<[string, string, number]>(
        `INSERT INTO PromptText (hash, text, createdAt) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      ),
      insert: handle.prepare<[object]>(
        `INSERT INTO Replay (id, policyId, promptHash, goldenSetId, goldenRevision, model, modelName, modelHash, epochs, status, options, total, author, createdAt)
         VALUES (@id, @policyId, @promptHash, @goldenSetId, @goldenRevision, @model, @modelName, @modelHash, @epochs, 'pending', @options, @total, @author, @nowMs)`,
      ),
      isRetried: handle
        .prepare<[string], number>(
          `SELECT 1 FROM TrialHistory AS h WHERE h.replayId = ? AND NOT EXISTS
             (SELECT 1 FROM Trial AS t WHERE t.replayId = h.replayId AND t.caseId = h.caseId AND t.epoch = h.epoch) LIMIT 1`,
        )
        .pluck(),
      setOptions: handle.prepare<[string, string]>(`UPDATE Replay SET options = ? WHERE id = ?`),
      warnings: handle.prepare<[string], string | null>(`SELECT warnings FROM Replay WHERE id = ?`).pluck(),
      setWarnings: handle.prepare<[string, string]>(`UPDATE Replay SET warnings = ? WHERE id = ?`),
      requestCancel: handle.prepare<[string]>(`UPDATE Replay SET cancelRequested = 1 WHERE id = ?`),
      claimOwners: handle.prepare<[string], string>(`SELECT DISTINCT owner FROM TrialClaim WHERE replayId = ?`).pluck(),
      liveOwners: handle
        .prepare<[string, number], string>(`SELECT DISTINCT owner FROM TrialClaim WHERE replayId = ? AND expiresAt > ?`)
        .pluck(),
      releaseOwner: handle.prepare<[string, string]>(`DELETE FROM TrialClaim WHERE replayId = ? AND owner = ?`),
      usualFigures: handle.prepare<[string], { latencyMs: number | null; outputTokens: number | null }>(
        `WITH recent AS (
           SELECT t.latencyMs, t.outputTokens FROM Trial AS t WHERE t.cached = 0 AND t.latencyMs IS NOT NULL
             AND t.replayId = (SELECT id FROM Replay WHERE modelHash = ? AND status = 'finished' ORDER BY createdAt DESC LIMIT 1) LIMIT 2000)
         SELECT (SELECT latencyMs FROM recent ORDER BY latencyMs LIMIT 1 OFFSET (SELECT count(*) / 2 FROM recent)) AS latencyMs,
           (SELECT avg(outputTokens) FROM recent) AS outputTokens`,
      ),
      keepUnscored: handle.prepare<[string, number, string, string]>(
        `INSERT INTO TrialHistory (id, replayId, caseId, epoch, trial, replacedAt)
         SELECT ? || '-' || t.epoch || '-' || t.caseId, t.replayId, t.caseId, t.epoch,
           json_object('outcome', t.outcome, 'label', t.label, 'rules', json(t.rules), 'detail', t.detail, 'answerHash', hex(t.answerHash), 'latencyMs', t.latencyMs,
             'inputTokens', t.inputTokens, 'outputTokens', t.outputTokens, 'costUsd', t.costUsd, 'cached', t.cached, 'calls', t.calls,
             'providerModel', t.providerModel, 'systemFingerprint', t.systemFingerprint, 'finishedAt', t.finishedAt), ?
         FROM Trial AS t WHERE t.replayId = ? AND t.outcome IN (SELECT value FROM json_each(?))`,
      ),
      dropUnscored: handle.prepare<[string, string]>(
        `DELETE FROM Trial WHERE replayId = ? AND outcome IN (SELECT value FROM json_each(?))`,
      ),
      reopen: handle.prepare<[string, string]>(
        `UPDATE Replay SET status = 'pending', statusReason = NULL, finishedAt = NULL, cancelRequested = 0, spentUsd = NULL, resultsVersion = resultsVersion + 1, options = ? WHERE id = ?`,
      ),
      countTrials: handle.prepare<[object], number>(`SELECT count(*) FROM Trial AS t WHERE ${trialCondition}`).pluck(),
      trials: handle.prepare<[object], TrialRow>(
        `SELECT t.caseId, t.epoch, t.outcome, t.ruleOutcome, t.label, t.rules, t.severity, t.confidence, t.rationale, t.detail FROM Trial AS t
         WHERE ${trialCondition} ORDER BY t.caseId, t.epoch LIMIT @limit OFFSET @offset`,
      ),
    }
  }

  find(id: string): ReplayRow | null {
    const row = this.statements.one.get(id)
    return row ? readRow(row) : null
  }

  /** Replays of the same inputs, the newest first. */
  sameAs(inputs: ReplayInputs): ReplayRow[] {
    const { policyId, promptHash, goldenSetId, goldenRevision, modelHash, epochs } = inputs
    return this.statements.same.all({ policyId, promptHash, goldenSetId, goldenRevision, modelHash, epochs }).map(readRow)
  }

  /** Neither finished nor stopped, the oldest first. */
  unended(): ReplayRow[] {
    return this.statements.unended.all().map(readRow)
  }

  /** The newest first. */
  list({ policySlug, limit }: { policySlug?: string; limit: number }): Array<ReplayRow & { costUsd: number | null }> {
    return this.handle
      .prepare<[object], StoredRow & { costUsd: number | null }>(
        `${columns}, ${costColumn} ${source} ${policySlug === undefined ? '' : 'WHERE p.slug = @policySlug'} ORDER BY r.createdAt DESC, r.id DESC LIMIT @limit`,
      )
      .all({ limit, ...(policySlug === undefined ? {} : { policySlug }) })
      .map((row) => ({ ...readRow(row), costUsd: row.costUsd }))
  }

  /** The newest finished replay of one text; on one golden set and by one model where these are given. */
  newestFinished(query: { policyId: string; promptHash: string; goldenSet?: string; modelName?: string }): ReplayRow | null {
    const row = this.handle
      .prepare<[object], StoredRow>(
        `${selection} WHERE r.policyId = @policyId AND r.promptHash = @promptHash AND r.status = 'finished'
           AND (@goldenSet IS NULL OR g.name = @goldenSet) AND (@modelName IS NULL OR r.modelName = @modelName)
         ORDER BY r.goldenRevision DESC, r.finishedAt DESC, r.id DESC LIMIT 1`,
      )
      .get({
        policyId: query.policyId,
        promptHash: query.promptHash,
        goldenSet: query.goldenSet ?? null,
        modelName: query.modelName ?? null,
      })
    return row ? readRow(row) : null
  }

  /** Makes the replay, unless another process has just made one that `isSame` accepts: then that one is returned, and nothing made. */
  insert(replay: NewReplay, isSame: (row: ReplayRow) => boolean): ReplayRow | null {
    return this.handle
      .transaction(() => {
        const same = this.sameAs(replay).find(isSame)
        if (same) return same
        this.statements.insertText.run(replay.promptHash, replay.promptText, replay.nowMs)
        const { promptText: _, ...row } = replay
        this.statements.insert.run({ ...row, model: JSON.stringify(replay.model) })
        return null
      })
      .immediate()
  }

  setOptions(id: string, options: string): void {
    this.statements.setOptions.run(options, id)
  }

  /** Whether it has trials that are asked again because what came before could not be scored. */
  isRetried(id: string): boolean {
    return this.statements.isRetried.get(id) === 1
  }

  /** Each warning once, and no more than a screenful. */
  addWarning(id: string, message: string): void {
    this.changeWarnings(id, (known) =>
      known.length >= mostWarnings || known.some((warning) => warning.message === message) ? known : [...known, { kind: 'said', message }],
    )
  }

  /** What was found in the answers, instead of what was found before. */
  keepFindings(id: string, messages: readonly string[]): void {
    this.changeWarnings(id, (known) => [
      ...known.filter(({ kind }) => kind === 'said'),
      ...messages.map((message) => ({ kind: 'found' as const, message })),
    ])
  }

  private changeWarnings(id: string, change: (known: ReplayWarning[]) => ReplayWarning[]): void {
    this.handle
      .transaction(() => {
        const known = readWarnings(this.statements.warnings.get(id))
        const changed = change(known)
        if (changed !== known && (changed.length > 0 || known.length > 0)) this.statements.setWarnings.run(JSON.stringify(changed), id)
      })
      .immediate()
  }

  requestCancel(id: string): void {
    this.statements.requestCancel.run(id)
  }

  claimOwners(id: string): string[] {
    return this.statements.claimOwners.all(id)
  }

  /** Who holds claims that last. */
  liveOwners(id: string, nowMs: number): string[] {
    return this.statements.liveOwners.all(id, nowMs)
  }

  releaseOwner(id: string, owner: string): void {
    this.statements.releaseOwner.run(id, owner)
  }

  /** Median latency and mean length of the answers of the newest finished replay by this model; null where there is none. */
  usualFigures(modelHash: string): { latencyMs: number | null; outputTokens: number | null } {
    return this.statements.usualFigures.get(modelHash) ?? { latencyMs: null, outputTokens: null }
  }

  /** Moves the unscored trials into the history and opens the replay again, all or nothing. Returns how many they are. */
  reopenUnscored(id: string, reasons: readonly RetriedReason[], options: string, batchId: string, nowMs: number): number {
    const outcomes = JSON.stringify(reasons)
    return this.handle
      .transaction(() => {
        const { changes } = this.statements.keepUnscored.run(batchId, nowMs, id, outcomes)
        if (changes === 0) return 0
        this.statements.dropUnscored.run(id, outcomes)
        this.statements.reopen.run(options, id)
        return changes
      })
      .immediate()
  }

  trials(id: string, query: TrialCondition & { offset: number; limit: number }): { total: number; rows: TrialPageRow[] } {
    const { outcome = null, ruleOutcome = null, expectedLabel = null, label = null, caseIds, sealedAt = null } = query
    const parameters = {
      replayId: id,
      outcome,
      ruleOutcome,
      expectedLabel,
      label,
      caseIds: caseIds ? JSON.stringify(caseIds) : null,
      sealedAt,
    }
    const total = this.statements.countTrials.get(parameters) ?? 0
    const rows = this.statements.trials.all({ ...parameters, offset: query.offset, limit: query.limit })
    return {
      total,
      rows: rows.map((row) => ({
        caseId: row.caseId,
        epoch: row.epoch,
        outcome: row.outcome,
        ruleOutcome: row.ruleOutcome,
        verdict: readVerdict(row),
        detail: row.detail,
      })),
    }
  }
}

export type TrialCondition = {
  outcome?: Outcome
  ruleOutcome?: 'right' | 'wrong'
  expectedLabel?: string
  label?: string
  /** Only these cases. */
  caseIds?: readonly string[]
  /** Leaves out the sealed holdout as this newest revision has it. */
  sealedAt?: number
}

/** Null parameters are no condition. The expected label is that of the revision which the replay pins. */
const trialCondition = `t.replayId = @replayId AND (@outcome IS NULL OR t.outcome = @outcome)
  AND (@ruleOutcome IS NULL OR t.ruleOutcome = @ruleOutcome) AND (@label IS NULL OR t.label = @label)
  AND (@caseIds IS NULL OR t.caseId IN (SELECT value FROM json_each(@caseIds)))
  AND (@expectedLabel IS NULL OR EXISTS (
    SELECT 1 FROM Replay AS r JOIN GoldenCase AS g ON g.goldenSetId = r.goldenSetId AND g.caseId = t.caseId
      AND g.fromRevision <= r.goldenRevision AND (g.untilRevision IS NULL OR g.untilRevision > r.goldenRevision)
    WHERE r.id = t.replayId AND g.label = @expectedLabel))
  AND (@sealedAt IS NULL OR EXISTS (SELECT 1 FROM Replay AS r JOIN GoldenCase AS g ON g.goldenSetId = r.goldenSetId AND g.caseId = t.caseId
    WHERE r.id = t.replayId AND ${notSealed}))`

type TrialRow = VerdictColumns & { caseId: string; epoch: number; outcome: Outcome; ruleOutcome: RuleOutcome; detail: string | null }
export type TrialPageRow = Pick<CaseJudgement, 'epoch' | 'outcome' | 'ruleOutcome' | 'verdict' | 'detail'> & { caseId: string }
