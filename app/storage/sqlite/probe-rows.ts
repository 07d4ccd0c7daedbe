import type { GoldenCase } from '../../domain/golden-set/golden-case'
import type { Probe } from '../../domain/probes/probe'
import type { TransformName } from '../../domain/probes/transforms'
import type { ProbeSelection } from '../../domain/probes/probe-selection'
import { modelConfigurationSchema, type ModelConfiguration } from '../../replay/model-configuration'
import type { ReplayStatus } from '../../replay/ports'
import type { SqliteHandle } from '../database'
import { inRevision, type RevisionKey } from './golden-case-queries'
import { caseSelection, readCase, type CaseStateRow } from './golden-case-rows'

/** What makes two probe runs the same. */
export type ProbeRunInputs = {
  policyId: string
  promptHash: string
  goldenSetId: string
  goldenRevision: number
  modelHash: string
  selectionHash: string
}

export type ProbeRunRow = ProbeRunInputs & {
  id: string
  policySlug: string
  versionNumber: number | null
  goldenSet: string
  model: ModelConfiguration
  modelName: string
  baseReplayId: string | null
  selection: ProbeSelection
  parents: number
  parentsOf: number
  notAsked: Partial<Record<TransformName, number>>
  status: ReplayStatus
  statusReason: string | null
  options: string
  total: number
  done: number
  author: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  durationMs: number
  runningSince: number | null
}

export type NewProbeRun = ProbeRunInputs &
  Pick<ProbeRunRow, 'id' | 'model' | 'modelName' | 'baseReplayId' | 'selection' | 'parents' | 'parentsOf' | 'notAsked' | 'author'> & {
    promptText: string
    options: string
    probes: readonly Probe[]
    nowMs: number
  }

const selection = `SELECT r.*, p.slug AS policySlug, v.number AS versionNumber, g.name AS goldenSet,
  (SELECT count(*) FROM ProbeTrial AS t WHERE t.replayId = r.id) AS done
  FROM ProbeRun AS r JOIN Policy AS p ON p.id = r.policyId JOIN GoldenSet AS g ON g.id = r.goldenSetId
  LEFT JOIN PromptVersion AS v ON v.policyId = r.policyId AND v.textHash = r.promptHash`

type StoredRow = Omit<ProbeRunRow, 'model' | 'selection' | 'notAsked'> & { model: string; selection: string; withoutEffect: string }

const readRow = ({ withoutEffect, ...row }: StoredRow): ProbeRunRow => ({
  ...row,
  model: modelConfigurationSchema.parse(JSON.parse(row.model)),
  selection: JSON.parse(row.selection) as ProbeSelection,
  notAsked: JSON.parse(withoutEffect) as ProbeRunRow['notAsked'],
})

const copiedColumns = `outcome, ruleOutcome, label, rules, severity, confidence, rationale, detail, answerHash, latencyMs, inputTokens, outputTokens, costUsd`

/** The rows of probe runs. Writes belong inside the database's write lock. */
export class ProbeRows {
  private readonly statements

  constructor(private readonly handle: SqliteHandle) {
    this.statements = {
      one: handle.prepare<[string], StoredRow>(`${selection} WHERE r.id = ?`),
      exists: handle.prepare<[string], number>(`SELECT 1 FROM ProbeRun WHERE id = ?`).pluck(),
      same: handle.prepare<[ProbeRunInputs], StoredRow>(
        `${selection} WHERE r.policyId = @policyId AND r.promptHash = @promptHash AND r.goldenSetId = @goldenSetId AND r.goldenRevision = @goldenRevision
           AND r.modelHash = @modelHash AND r.selectionHash = @selectionHash ORDER BY r.createdAt DESC, r.id DESC`,
      ),
      list: handle.prepare<[object], StoredRow>(
        `${selection} WHERE (@policySlug IS NULL OR p.slug = @policySlug)
           AND (@caseId IS NULL OR EXISTS (SELECT 1 FROM Probe AS c WHERE c.replayId = r.id AND c.parentId = @caseId))
         ORDER BY r.createdAt DESC, r.id DESC LIMIT @limit`,
      ),
      unended: handle.prepare<[], StoredRow>(`${selection} WHERE r.status IN ('pending', 'running', 'paused') ORDER BY r.createdAt, r.id`),
      caseIds: handle
        .prepare<[RevisionKey], string>(`SELECT g.caseId FROM GoldenCase AS g WHERE ${inRevision} ORDER BY g.position`)
        .pluck(),
      case: handle.prepare<[object], CaseStateRow>(
        `SELECT ${caseSelection} FROM GoldenCase AS g WHERE ${inRevision} AND g.caseId = @caseId`,
      ),
      insertText: handle.prepare<[string, string, number]>(
        `INSERT INTO PromptText (hash, text, createdAt) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      ),
      insert: handle.prepare<[object]>(
        `INSERT INTO ProbeRun (id, policyId, promptHash, goldenSetId, goldenRevision, model, modelName, modelHash, baseReplayId, selection, selectionHash,
           parents, parentsOf, withoutEffect, status, options, total, author, createdAt)
         VALUES (@id, @policyId, @promptHash, @goldenSetId, @goldenRevision, @model, @modelName, @modelHash, @baseReplayId, @selection, @selectionHash,
           @parents, @parentsOf, @withoutEffect, 'pending', @options, @total, @author, @nowMs)`,
      ),
      insertProbe: handle.prepare<unknown[]>(
        `INSERT INTO Probe (replayId, caseId, position, parentId, kind, transform, epoch, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      // The verdict that most epochs gave. Without a verdict there is nothing to hold a probe against: then it is asked.
      copyVerdict: handle.prepare<[object]>(
        `INSERT INTO ProbeTrial (replayId, caseId, epoch, ${copiedColumns}, cached, calls, providerModel, systemFingerprint, finishedAt)
         SELECT @id, @probeId, 1, ${copiedColumns}, 1, 0, providerModel, systemFingerprint, @nowMs FROM Trial AS t
         WHERE t.replayId = @baseReplayId AND t.caseId = @parentId AND t.label IS NOT NULL
         ORDER BY (SELECT count(*) FROM Trial AS s WHERE s.replayId = t.replayId AND s.caseId = t.caseId AND s.label = t.label) DESC, t.epoch LIMIT 1`,
      ),
      hasVerdict: handle
        .prepare<[string, string], number>(`SELECT 1 FROM Trial WHERE replayId = ? AND caseId = ? AND label IS NOT NULL LIMIT 1`)
        .pluck(),
      setOptions: handle.prepare<[string, string]>(`UPDATE ProbeRun SET options = ? WHERE id = ?`),
      requestCancel: handle.prepare<[string]>(`UPDATE ProbeRun SET cancelRequested = 1 WHERE id = ?`),
      claimOwners: handle.prepare<[string], string>(`SELECT DISTINCT owner FROM ProbeClaim WHERE replayId = ?`).pluck(),
      liveOwners: handle
        .prepare<[string, number], string>(`SELECT DISTINCT owner FROM ProbeClaim WHERE replayId = ? AND expiresAt > ?`)
        .pluck(),
      releaseOwner: handle.prepare<[string, string]>(`DELETE FROM ProbeClaim WHERE replayId = ? AND owner = ?`),
    }
  }

  has(id: string): boolean {
    return this.statements.exists.get(id) === 1
  }

  find(id: string): ProbeRunRow | null {
    const row = this.statements.one.get(id)
    return row ? readRow(row) : null
  }

  /** Runs of the same inputs, the newest first. */
  sameAs(inputs: ProbeRunInputs): ProbeRunRow[] {
    return this.statements.same.all(inputs).map(readRow)
  }

  /** The newest first; `caseId` keeps those that probed this case. */
  list({ policySlug, caseId, limit }: { policySlug?: string; caseId?: string; limit: number }): ProbeRunRow[] {
    return this.statements.list.all({ policySlug: policySlug ?? null, caseId: caseId ?? null, limit }).map(readRow)
  }

  unended(): ProbeRunRow[] {
    return this.statements.unended.all().map(readRow)
  }

  /** Ids of a revision's cases, in their order. */
  caseIds({ goldenSetId, revision }: RevisionKey): string[] {
    return this.statements.caseIds.all({ goldenSetId, revision })
  }

  case({ goldenSetId, revision }: RevisionKey, caseId: string): GoldenCase | null {
    const row = this.statements.case.get({ goldenSetId, revision, caseId })
    return row ? readCase(row) : null
  }

  /** The run with all its probes, or nothing. What the base replay said of the unchanged texts is theirs from the start. */
  insert({ probes, promptText, model, selection: chosen, notAsked, ...run }: NewProbeRun): void {
    this.handle
      .transaction(() => {
        this.statements.insertText.run(run.promptHash, promptText, run.nowMs)
        this.statements.insert.run({
          ...run,
          model: JSON.stringify(model),
          selection: JSON.stringify(chosen),
          withoutEffect: JSON.stringify(notAsked),
          total: probes.length,
        })
        for (const [position, { id, parentId, kind, transform, epoch, content }] of probes.entries()) {
          this.statements.insertProbe.run(run.id, id, position, parentId, kind, transform, epoch, content)
          if (run.baseReplayId !== null && kind === 'unchanged')
            this.statements.copyVerdict.run({
              id: run.id,
              probeId: id,
              baseReplayId: run.baseReplayId,
              parentId,
              nowMs: run.nowMs,
            })
        }
      })
      .immediate()
  }

  /** Whether a replay has a verdict on a case, which then stands for its unchanged text. */
  hasVerdict(replayId: string, caseId: string): boolean {
    return this.statements.hasVerdict.get(replayId, caseId) === 1
  }

  setOptions(id: string, options: string): void {
    this.statements.setOptions.run(options, id)
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
}
