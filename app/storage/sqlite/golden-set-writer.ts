import type { GoldenRevision } from '../../domain/golden-set/case-records'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import type { VerdictScheme } from '../../domain/policy/verdict-scheme'
import { TouchstoneError } from '../../lib/errors'
import { createId } from '../../lib/ids'
import type { SqliteHandle, TouchstoneDatabase } from '../database'
import { toStorageError } from '../storage-error'
import { ContentSum } from './content-sum'
import { GoldenCaseImport, collectVocabulary, createVocabulary, type ImportCounts, type StagedVocabulary } from './golden-case-import'
import { caseSelection, caseStateColumns, readCase, toCaseColumns, type CaseStateRow } from './golden-case-rows'
import { loadNewSet, removeCases } from './golden-set-loader'

export type { ImportCounts, StagedVocabulary }

/**
 * Given the policy's scheme (null: the policy is new) and the words that cases use, returns the scheme that holds them all, or throws what
 * a person has to know. Called inside the transaction, so that nobody else changes the scheme meanwhile.
 */
export type ReconcileScheme = (current: VerdictScheme | null, vocabulary: StagedVocabulary) => VerdictScheme

export type GoldenSetTarget = { policySlug: string; goldenName: string; reconcileScheme: ReconcileScheme }
type Change = { author: string; message: string; nowMs: number }

export type ImportResult = ImportCounts & {
  goldenSetId: string | null
  revision: number
  contentHash: string
  caseCount: number
  total: number
  policyCreated: boolean
  goldenSetCreated: boolean
  rulesAdded: string[]
}

type ImportInput = GoldenSetTarget &
  Change & {
    cases: Iterable<GoldenCase> | AsyncIterable<GoldenCase>
    mirror: boolean
    dryRun: boolean
    onProgress?: (rows: number) => void
  }

/** Thrown inside a transaction to leave without a trace: the way a dry run ends. */
class DryRunEnd extends Error {
  constructor(readonly result: ImportResult) {
    super('dry run')
  }
}

/**
 * Brings cases into a golden set as one revision, on a connection of its own: reading the cases holds no lock, one transaction makes the
 * revision, and a failure or a kill at any moment leaves everything as it was. The policy and the set are made where missing.
 */
export async function importGoldenCases(database: TouchstoneDatabase, input: ImportInput): Promise<ImportResult> {
  const handle = database.openHandle()
  try {
    if (!input.dryRun && !setExists(handle, input)) return await importNewSet(database, handle, input)
    const staging = new GoldenCaseImport(handle)
    await staging.stage(input.cases, input.onProgress)
    return await database.writeLock.run(() => inTransaction(handle, () => writeImport(handle, staging, input)))
  } catch (error) {
    if (error instanceof DryRunEnd) return error.result
    throw toStorageError(error, database.file)
  } finally {
    handle.close()
  }
}

function setExists(handle: SqliteHandle, { policySlug, goldenName }: GoldenSetTarget): boolean {
  const select = `SELECT 1 FROM GoldenSet AS s JOIN Policy AS p ON p.id = s.policyId WHERE p.slug = ? AND s.name = ?`
  return handle.prepare(select).get(policySlug, goldenName) !== undefined
}

/** A set that is new is written once and straight to its place; its row, written last, is what makes it be there. */
async function importNewSet(database: TouchstoneDatabase, handle: SqliteHandle, input: ImportInput): Promise<ImportResult> {
  const { author, message, nowMs, goldenName } = input
  const loaded = await loadNewSet(database, handle, input)
  const { goldenSetId, rows, contentHash } = loaded
  try {
    return await database.writeLock.run(() =>
      handle
        .transaction((): ImportResult => {
          if (setExists(handle, input))
            throw new TouchstoneError('conflict', `Somebody else made the golden set "${goldenName}" meanwhile.`, 'Import the file again.')
          const policy = ensurePolicy(handle, input, loaded.vocabulary)
          const set = ensureGoldenSet(handle, policy.id, input, goldenSetId)
          const counts = { added: rows, changed: 0, relabelled: 0, unchanged: 0, removed: 0, matchedByContent: 0 }
          const number = rows === 0 ? 0 : 1
          if (rows > 0)
            insertRevision(handle, set.id, { ...counts, number, author, message, caseCount: rows, contentHash, createdAt: nowMs })
          return {
            ...counts,
            goldenSetId,
            revision: number,
            contentHash,
            caseCount: rows,
            total: rows,
            policyCreated: policy.created,
            goldenSetCreated: true,
            rulesAdded: policy.rulesAdded,
          }
        })
        .immediate(),
    )
  } catch (error) {
    await removeCases(database, handle, goldenSetId)
    throw error
  }
}

async function writeImport(
  handle: SqliteHandle,
  staging: GoldenCaseImport,
  input: GoldenSetTarget & Change & { mirror: boolean; dryRun: boolean },
): Promise<ImportResult> {
  const policy = ensurePolicy(handle, input, staging.vocabulary)
  const set = ensureGoldenSet(handle, policy.id, input)
  const counts = await staging.classify(set.id, { matchContent: !input.mirror, mirror: input.mirror })
  const result: ImportResult = {
    ...counts,
    goldenSetId: set.id,
    revision: set.head,
    contentHash: set.contentHash ?? new ContentSum().toString(),
    caseCount: set.caseCount + counts.added - counts.removed,
    total: staging.rowCount,
    policyCreated: policy.created,
    goldenSetCreated: set.created,
    rulesAdded: policy.rulesAdded,
  }
  if (input.dryRun) throw new DryRunEnd({ ...result, goldenSetId: set.created ? null : set.id })
  if (counts.added + counts.changed + counts.relabelled + counts.removed === 0) return result
  const revision = set.head + 1
  const { author, nowMs } = input
  const mirror = counts.removed > 0
  const contentHash = await staging.apply({ goldenSetId: set.id, revision, mirror, author, nowMs, contentHash: set.contentHash })
  insertRevision(handle, set.id, { ...result, ...input, number: revision, contentHash, createdAt: nowMs })
  return { ...result, revision, contentHash }
}

/** What is to become of one case: its new state, or null for none. `current` is null where the set has no such case. */
export type DecideCase = (current: { state: GoldenCase; since: number } | null) => GoldenCase | null

/** Adds, changes or removes one case as one revision. Null when the case is already as decided. */
export async function changeGoldenCase(
  database: TouchstoneDatabase,
  input: GoldenSetTarget & Change & { caseId: string; decide: DecideCase },
): Promise<GoldenRevision | null> {
  const change = database.raw.transaction(() => writeChange(database.raw, input))
  return await database.writeLock.run(() => {
    try {
      return change.immediate()
    } catch (error) {
      throw toStorageError(error, database.file)
    }
  })
}

function writeChange(
  handle: SqliteHandle,
  input: GoldenSetTarget & Change & { caseId: string; decide: DecideCase },
): GoldenRevision | null {
  const existing = handle.prepare<[string], string>(`SELECT id FROM Policy WHERE slug = ?`).pluck().get(input.policySlug)
  const existingSet = existing === undefined ? undefined : findGoldenSet(handle, existing, input.goldenName)
  const old = existingSet
    ? handle
        .prepare<[string, string], CaseStateRow & { rowid: number; position: number; fromRevision: number; stateHash: Buffer }>(
          `SELECT g.rowid, g.position, g.fromRevision, g.stateHash, ${caseSelection} FROM GoldenCase AS g
           WHERE g.goldenSetId = ? AND g.caseId = ? AND g.untilRevision IS NULL`,
        )
        .get(existingSet.id, input.caseId)
    : undefined
  const next = input.decide(old ? { state: readCase(old), since: old.fromRevision } : null)
  const columns = next && toCaseColumns(next)
  if (old ? columns && old.stateHash.equals(columns[2]) : !columns) return null

  const policy = ensurePolicy(handle, input, vocabularyOf(next))
  const set = ensureGoldenSet(handle, policy.id, input)
  const number = set.head + 1
  const sum = new ContentSum(set.contentHash)
  if (old) {
    handle.prepare(`UPDATE GoldenCase SET untilRevision = ? WHERE rowid = ?`).run(number, old.rowid)
    sum.subtract(input.caseId, old.stateHash)
  }
  if (columns) {
    const position =
      old?.position ??
      handle.prepare<[string], number>(`SELECT coalesce(max(position), -1) + 1 FROM GoldenCase WHERE goldenSetId = ?`).pluck().get(set.id)
    handle
      .prepare(
        `INSERT INTO GoldenCase (goldenSetId, fromRevision, position, author, createdAt, ${caseStateColumns.join(', ')})
         VALUES (${Array(5 + columns.length)
           .fill('?')
           .join(', ')})`,
      )
      .run(set.id, number, position, input.author, input.nowMs, ...columns)
    sum.add(input.caseId, columns[2])
  }
  const relabelled = old && columns && (old.label !== columns[3] || old.rules !== columns[4] || old.severity !== columns[5])
  const row: GoldenRevision = {
    number,
    author: input.author,
    message: input.message,
    caseCount: set.caseCount + (old ? 0 : 1) - (columns ? 0 : 1),
    added: old ? 0 : 1,
    changed: old && columns && !relabelled ? 1 : 0,
    relabelled: relabelled ? 1 : 0,
    removed: columns ? 0 : 1,
    contentHash: sum.toString(),
    createdAt: input.nowMs,
  }
  insertRevision(handle, set.id, row)
  return row
}

function vocabularyOf(goldenCase: GoldenCase | null): StagedVocabulary {
  const vocabulary = createVocabulary()
  if (goldenCase) collectVocabulary(vocabulary, goldenCase)
  return vocabulary
}

function ensurePolicy(
  handle: SqliteHandle,
  { policySlug, reconcileScheme, nowMs }: GoldenSetTarget & { nowMs: number },
  vocabulary: StagedVocabulary,
): { id: string; created: boolean; rulesAdded: string[] } {
  const row = handle.prepare<[string], { id: string; scheme: string }>(`SELECT id, scheme FROM Policy WHERE slug = ?`).get(policySlug)
  const current = row ? (JSON.parse(row.scheme) as VerdictScheme) : null
  const scheme = reconcileScheme(current, vocabulary)
  const known = new Set(current?.rules.map(({ id }) => id))
  const rulesAdded = scheme.rules.map(({ id }) => id).filter((id) => !known.has(id))
  const schemeText = JSON.stringify(scheme)
  if (row) {
    if (schemeText !== JSON.stringify(current))
      handle.prepare(`UPDATE Policy SET scheme = ?, updatedAt = ? WHERE id = ?`).run(schemeText, nowMs, row.id)
    return { id: row.id, created: false, rulesAdded }
  }
  const id = createId()
  handle
    .prepare(
      `INSERT INTO Policy (id, slug, name, description, scheme, errorCosts, createdAt, updatedAt) VALUES (?, ?, ?, '', ?, '[]', ?, ?)`,
    )
    .run(id, policySlug, nameOfSlug(policySlug), schemeText, nowMs, nowMs)
  return { id, created: true, rulesAdded }
}

/** `community-hate` → `Community hate`. */
function nameOfSlug(slug: string): string {
  const words = slug.replaceAll('-', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

type GoldenSetState = { id: string; head: number; caseCount: number; contentHash: string | null }

function findGoldenSet(handle: SqliteHandle, policyId: string, name: string): GoldenSetState | undefined {
  return handle
    .prepare<[string, string], GoldenSetState>(
      `SELECT s.id, s.head, coalesce(r.caseCount, 0) AS caseCount, r.contentHash FROM GoldenSet AS s
       LEFT JOIN GoldenRevision AS r ON r.goldenSetId = s.id AND r.number = s.head WHERE s.policyId = ? AND s.name = ?`,
    )
    .get(policyId, name)
}

function ensureGoldenSet(
  handle: SqliteHandle,
  policyId: string,
  { goldenName, nowMs }: { goldenName: string; nowMs: number },
  id = createId(),
): GoldenSetState & { created: boolean } {
  const found = findGoldenSet(handle, policyId, goldenName)
  if (found) return { ...found, created: false }
  handle.prepare(`INSERT INTO GoldenSet (id, policyId, name, head, createdAt) VALUES (?, ?, ?, 0, ?)`).run(id, policyId, goldenName, nowMs)
  return { id, head: 0, caseCount: 0, contentHash: null, created: true }
}

function insertRevision(handle: SqliteHandle, goldenSetId: string, row: GoldenRevision): void {
  handle
    .prepare(
      `INSERT INTO GoldenRevision (goldenSetId, number, author, message, caseCount, added, changed, relabelled, removed, contentHash, createdAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      goldenSetId,
      row.number,
      row.author,
      row.message,
      row.caseCount,
      row.added,
      row.changed,
      row.relabelled,
      row.removed,
      row.contentHash,
      row.createdAt,
    )
  handle.prepare(`UPDATE GoldenSet SET head = ? WHERE id = ?`).run(row.number, goldenSetId)
}

async function inTransaction<T>(handle: SqliteHandle, work: () => Promise<T>): Promise<T> {
  handle.exec('BEGIN IMMEDIATE')
  try {
    const result = await work()
    handle.exec('COMMIT')
    return result
  } catch (error) {
    if (handle.inTransaction) handle.exec('ROLLBACK')
    throw error
  }
}
