import { foldText } from '../../domain/fold-text'
import type { CaseRow } from '../../domain/golden-set/case-records'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import { sealedSplit } from '../../domain/golden-set/holdout'
import type { Slice } from '../../domain/golden-set/slices'
import type { SqliteHandle } from '../database'
import { facetNeedle } from './facets'
import { caseSelection, readCase, readRules, readTags, type CaseStateRow } from './golden-case-rows'
import { notAmongSealed } from './holdout-store'

/** `g` belongs to the revision that is bound to `@revision`. */
export const inRevision = `g.goldenSetId = @goldenSetId AND g.fromRevision <= @revision AND (g.untilRevision IS NULL OR g.untilRevision > @revision)`

export type RevisionKey = { goldenSetId: string; revision: number }

export type CaseCondition = {
  text?: string
  label?: string | null
  facets?: readonly Slice[]
  mustPass?: boolean
  /** Leaves out the sealed holdout as this newest revision has it. */
  sealedAt?: number
  /** Ids of the cases with a certain history, as the rows of a temporary table (see case-history.ts): a condition on `g.caseId`. */
  history?: { sql: string; signature: string }
}

const streamChunkRows = 500
const rememberedFilters = 8

/**
 * Reads cases of any revision. A revision never changes, so that the rows a filter selects are remembered: the next page of a table is then
 * one seek per row.
 */
export class GoldenCaseQueries {
  private readonly selections = new Map<string, Float64Array>()

  constructor(private readonly handle: SqliteHandle) {}

  /** One page of the cases that meet `condition`, by position, and how many there are. */
  page(key: RevisionKey, condition: CaseCondition, offset: number, limit: number): { total: number; rows: CaseRow[] } {
    const selected = this.select(key, condition)
    const read = this.handle.prepare<[number], CaseStateRow & { position: number }>(
      `SELECT g.position, ${caseSelection} FROM GoldenCase AS g WHERE g.rowid = ?`,
    )
    const rows: CaseRow[] = []
    for (const rowid of selected.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, limit))) {
      const row = read.get(rowid)
      if (row) rows.push(toTableRow(row))
    }
    return { total: selected.length, rows }
  }

  private select(key: RevisionKey, condition: CaseCondition): Float64Array {
    const { sql, parameters } = toSql(condition, key)
    const memoryKey = JSON.stringify([key.goldenSetId, key.revision, sql, parameters, condition.history?.signature ?? null])
    return remember(this.selections, memoryKey, rememberedFilters, () => {
      const statement = this.handle
        .prepare<[object], number>(`SELECT g.rowid FROM GoldenCase AS g WHERE ${inRevision}${sql} ORDER BY g.position`)
        .pluck()
      return Float64Array.from(statement.all({ ...key, ...parameters }))
    })
  }

  one(key: RevisionKey, caseId: string): GoldenCase | null {
    const row = this.handle
      .prepare<[object], CaseStateRow>(`SELECT ${caseSelection} FROM GoldenCase AS g WHERE ${inRevision} AND g.caseId = @caseId`)
      .get({ ...key, caseId })
    return row ? readCase(row) : null
  }

  /** Every state that the case had, oldest first. */
  states(goldenSetId: string, caseId: string): Array<{ fromRevision: number; untilRevision: number | null; state: GoldenCase }> {
    return this.handle
      .prepare<[string, string], CaseStateRow & { fromRevision: number; untilRevision: number | null }>(
        `SELECT g.fromRevision, g.untilRevision, ${caseSelection} FROM GoldenCase AS g WHERE g.goldenSetId = ? AND g.caseId = ? ORDER BY g.fromRevision`,
      )
      .all(goldenSetId, caseId)
      .map((row) => ({ fromRevision: row.fromRevision, untilRevision: row.untilRevision, state: readCase(row) }))
  }

  /** All cases of a revision by position, read in chunks: the connection is free between two, and memory stays flat. */
  async *stream(key: RevisionKey): AsyncGenerator<GoldenCase> {
    const statement = this.handle.prepare<[object], CaseStateRow & { position: number }>(
      `SELECT g.position, ${caseSelection} FROM GoldenCase AS g WHERE ${inRevision} AND g.position > @after ORDER BY g.position LIMIT ${streamChunkRows}`,
    )
    let after = -1
    while (true) {
      const rows = statement.all({ ...key, after })
      for (const row of rows) yield readCase(row)
      const last = rows.at(-1)
      if (!last) return
      after = last.position
    }
  }
}

function toSql(condition: CaseCondition, key: RevisionKey): { sql: string; parameters: Record<string, string | number> } {
  const parts: string[] = []
  const parameters: Record<string, string | number> = {}
  if (condition.label === null) parts.push('g.label IS NULL')
  else if (condition.label !== undefined) {
    parts.push('g.label = @label')
    parameters.label = condition.label
  }
  if (condition.mustPass !== undefined) parts.push(`g.mustPass = ${condition.mustPass ? 1 : 0}`)
  for (const [index, facet] of (condition.facets ?? []).entries()) {
    parts.push(`instr(g.facets, @facet${index}) > 0`)
    parameters[`facet${index}`] = facetNeedle(facet)
  }
  if (condition.history) parts.push(condition.history.sql)
  if (condition.sealedAt !== undefined) {
    parts.push(condition.sealedAt === key.revision ? `g.split IS NOT '${sealedSplit}'` : notAmongSealed)
    // Sealing changes with the newest revision: what was selected before it must not be remembered for it.
    parameters.sealedAt = condition.sealedAt
  }
  // The costliest condition comes last.
  const words = toWordConditions(condition.text ?? '')
  return { sql: [...parts, ...words.parts].map((part) => ` AND ${part}`).join(''), parameters: { ...parameters, ...words.parameters } }
}

/** Conditions on `g` that every word of a search be found in content, id or note, whatever its case and script. */
export function toWordConditions(text: string): { parts: string[]; parameters: Record<string, string> } {
  const parts: string[] = []
  const parameters: Record<string, string> = {}
  const words = text.split(/\s+/u).filter((word) => word !== '')
  for (const [index, word] of words.entries()) {
    const folded = foldText(word)
    if (folded === '') {
      // Nothing but characters that are not seen: they are looked for as they are.
      parts.push(`instr(g.content, @word${index}) > 0`)
      parameters[`word${index}`] = word
      continue
    }
    parts.push(`CASE WHEN g.searchText IS NULL THEN ${['content', 'caseId', 'note'].map((column) => `g.${column} LIKE @like${index} ESCAPE '\\'`).join(' OR ')}
      ELSE instr(g.searchText, @word${index}) > 0 END`)
    parameters[`word${index}`] = folded
    parameters[`like${index}`] = `%${folded.replace(/[\\%_]/g, String.raw`\$&`)}%`
  }
  return { parts, parameters }
}

function toTableRow(row: CaseStateRow & { position: number }): CaseRow {
  return {
    id: row.caseId,
    position: row.position,
    content: row.content,
    label: row.label,
    rules: readRules(row.rules),
    severity: row.severity,
    tags: readTags(row.tags),
    mustPass: row.mustPass === 1,
    hasContext: row.context !== null || row.surface !== null || row.locale !== null,
    locale: row.locale,
    note: row.note,
  }
}

/** Least recently used out. */
function remember<T>(memory: Map<string, T>, key: string, limit: number, compute: () => T): T {
  const known = memory.get(key)
  const value = known ?? compute()
  memory.delete(key)
  memory.set(key, value)
  if (memory.size > limit) {
    const oldest = memory.keys().next().value
    if (oldest !== undefined) memory.delete(oldest)
  }
  return value
}
