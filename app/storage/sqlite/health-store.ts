import type { FindingCase, FindingItem, FindingKind, HealthReport } from '../../domain/golden-set/health'
import { sealedSplit } from '../../domain/golden-set/holdout'
import { createId } from '../../lib/ids'
import type { TouchstoneDatabase } from '../database'
import { inRevision, type RevisionKey } from './golden-case-queries'
import { readTags } from './golden-case-rows'

export type StoredHealthReport = { id: string; revision: number; createdAt: number; report: HealthReport }

type ReportRow = { id: string; revision: number; createdAt: number; document: string }
const readRow = ({ id, revision, createdAt, document }: ReportRow): StoredHealthReport => ({
  id,
  revision,
  createdAt,
  report: JSON.parse(document) as HealthReport,
})

/** Reports on golden sets, with the cases of each finding to page through. */
export class HealthStore {
  constructor(private readonly database: TouchstoneDatabase) {}

  find(key: RevisionKey, inputsHash: string): StoredHealthReport | null {
    const row = this.database.raw
      .prepare<[string, number, string], ReportRow>(
        `SELECT id, revision, createdAt, document FROM HealthReport WHERE goldenSetId = ? AND revision = ? AND inputsHash = ?`,
      )
      .get(key.goldenSetId, key.revision, inputsHash)
    return row ? readRow(row) : null
  }

  /** The report that was last made of this revision, whatever has happened since. */
  newest(key: RevisionKey): StoredHealthReport | null {
    const row = this.database.raw
      .prepare<[string, number], ReportRow>(
        `SELECT id, revision, createdAt, document FROM HealthReport WHERE goldenSetId = ? AND revision = ? ORDER BY createdAt DESC, id DESC LIMIT 1`,
      )
      .get(key.goldenSetId, key.revision)
    return row ? readRow(row) : null
  }

  /** Keeps a report in place of the earlier ones of the revision. */
  async save(
    key: RevisionKey,
    input: { inputsHash: string; report: HealthReport; items: readonly FindingItem[]; nowMs: number },
  ): Promise<StoredHealthReport> {
    const { raw, writeLock } = this.database
    const id = createId(input.nowMs)
    const write = raw.transaction(() => {
      raw.prepare(`DELETE FROM HealthReport WHERE goldenSetId = ? AND revision = ?`).run(key.goldenSetId, key.revision)
      raw
        .prepare(`INSERT INTO HealthReport (id, goldenSetId, revision, inputsHash, document, createdAt) VALUES (?, ?, ?, ?, ?, ?)`)
        .run(id, key.goldenSetId, key.revision, input.inputsHash, JSON.stringify(input.report), input.nowMs)
      const insert = raw.prepare(`INSERT INTO HealthFinding (reportId, kind, rank, caseId, groupNumber, detail) VALUES (?, ?, ?, ?, ?, ?)`)
      const ranks = new Map<FindingKind, number>()
      for (const { kind, caseId, group, detail } of input.items) {
        const rank = (ranks.get(kind) ?? -1) + 1
        ranks.set(kind, rank)
        insert.run(id, kind, rank, caseId, group, detail)
      }
    })
    await writeLock.run(() => write.immediate())
    return { id, revision: key.revision, createdAt: input.nowMs, report: input.report }
  }

  /** One page of the cases of a finding as they stand in `key`'s revision; `open` leaves the settled ones out. */
  page(
    report: StoredHealthReport,
    key: RevisionKey,
    query: { kind: FindingKind; open: boolean; sealed?: boolean; offset: number; limit: number },
  ): { total: number; rows: FindingCase[] } {
    const { raw } = this.database
    const settled = `EXISTS (SELECT 1 FROM Adjudication AS a WHERE a.goldenSetId = @goldenSetId AND a.caseId = f.caseId AND a.label IS g.label)`
    const from = `FROM HealthFinding AS f JOIN GoldenCase AS g ON g.caseId = f.caseId AND ${inRevision}
      WHERE f.reportId = @reportId AND f.kind = @kind${query.open ? ` AND NOT ${settled}` : ''}${query.sealed ? ` AND g.split IS NOT '${sealedSplit}'` : ''}`
    const parameters = { ...key, reportId: report.id, kind: query.kind }
    const total = raw.prepare<[object], number>(`SELECT count(*) ${from}`).pluck().get(parameters) ?? 0
    const rows = raw
      .prepare<[object], Omit<FindingCase, 'tags' | 'settled'> & { tags: string | null; settled: number }>(
        `SELECT f.caseId, f.groupNumber AS "group", f.detail, g.content, g.label, g.tags, ${settled} AS settled ${from}
         ORDER BY f.rank LIMIT @limit OFFSET @offset`,
      )
      .all({ ...parameters, limit: query.limit, offset: query.offset })
    return { total, rows: rows.map((row) => ({ ...row, tags: readTags(row.tags), settled: row.settled === 1 })) }
  }

  /** All case ids of a finding. */
  caseIds(report: StoredHealthReport, kind: FindingKind): string[] {
    return this.database.raw
      .prepare<[string, string], string>(`SELECT caseId FROM HealthFinding WHERE reportId = ? AND kind = ? ORDER BY rank`)
      .pluck()
      .all(report.id, kind)
  }

  /** The case ids of each group of a finding about duplicates. */
  groups(report: StoredHealthReport, kind: FindingKind): string[][] {
    const groups = new Map<number, string[]>()
    const rows = this.database.raw
      .prepare<[string, string], { caseId: string; groupNumber: number }>(
        `SELECT caseId, groupNumber FROM HealthFinding WHERE reportId = ? AND kind = ? AND groupNumber IS NOT NULL ORDER BY rank`,
      )
      .all(report.id, kind)
    for (const { caseId, groupNumber } of rows) {
      const group = groups.get(groupNumber)
      if (group) group.push(caseId)
      else groups.set(groupNumber, [caseId])
    }
    return [...groups.values()]
  }
}
