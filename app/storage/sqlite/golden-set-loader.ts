import Database from 'better-sqlite3'
import type { GoldenCase } from '../../domain/golden-set/golden-case'
import { createId, smallestIdAt } from '../../lib/ids'
import type { SqliteHandle, TouchstoneDatabase } from '../database'
import { ContentSum } from './content-sum'
import { collectVocabulary, createVocabulary, duplicateCase, yieldToEventLoop, type StagedVocabulary } from './golden-case-import'
import { caseStateColumns, toCaseColumns, type CaseColumns } from './golden-case-rows'

/** Small enough that no other writer waits long, and that the event loop gets its turn. */
const chunkRows = 500
const deletedRows = 5_000
/** Pages of the write-ahead log between two checkpoints: 32 MB. */
const checkpointPages = 8_000
/** Rows without a set that are younger may belong to an import that another process has under way. */
const abandonedAfterMs = 24 * 3_600_000

export type LoadedSet = { goldenSetId: string; rows: number; contentHash: string; vocabulary: StagedVocabulary }

/**
 * Writes the cases of a set that does not exist yet, in short transactions, under an id that nothing names: no reader sees them, and no
 * lock is held while they are read. The set comes into being when the caller writes its row with that id; a load that fails is removed here,
 * and what a killed process left is removed by a later load. The handle is the caller's own; its foreign keys are off while this runs, for
 * that is what cases without a set are.
 */
export async function loadNewSet(
  database: TouchstoneDatabase,
  handle: SqliteHandle,
  input: {
    cases: Iterable<GoldenCase> | AsyncIterable<GoldenCase>
    author: string
    nowMs: number
    onProgress?: (rows: number) => void
  },
): Promise<LoadedSet> {
  handle.pragma('foreign_keys = OFF')
  handle.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  await removeAbandoned(database, handle, input.nowMs)
  const goldenSetId = createId()
  try {
    return await writeCases(database, handle, goldenSetId, input)
  } catch (error) {
    await removeCases(database, handle, goldenSetId)
    throw error
  } finally {
    handle.pragma('foreign_keys = ON')
  }
}

async function writeCases(
  database: TouchstoneDatabase,
  handle: SqliteHandle,
  goldenSetId: string,
  { cases, author, nowMs, onProgress }: Parameters<typeof loadNewSet>[2],
): Promise<LoadedSet> {
  const columns = ['position', ...caseStateColumns, 'goldenSetId', 'fromRevision', 'author', 'createdAt']
  const insert = handle.prepare<unknown[]>(
    `INSERT INTO GoldenCase (${columns.join(', ')}) VALUES (${[...caseStateColumns, 'position'].map(() => '?').join(', ')}, '${goldenSetId}', 1, ?, ?)`,
  )
  const sum = new ContentSum()
  const vocabulary = createVocabulary()
  let rows = 0
  const insertChunk = handle.transaction((chunk: readonly CaseColumns[]) => {
    for (const values of chunk) {
      try {
        insert.run(rows, ...values, author, nowMs)
      } catch (error) {
        if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_PRIMARYKEY') throw error
        const first = handle
          .prepare<[string, string], number>(`SELECT position FROM GoldenCase WHERE goldenSetId = ? AND caseId = ?`)
          .pluck()
          .get(goldenSetId, values[0])
        throw duplicateCase(values[0], (first ?? 0) + 1, rows + 1, error)
      }
      sum.add(values[0], values[2])
      rows += 1
    }
  })
  let chunk: CaseColumns[] = []
  const flush = async () => {
    const ready = chunk
    chunk = []
    await database.writeLock.run(() => insertChunk.immediate(ready))
    onProgress?.(rows)
  }
  for await (const goldenCase of cases) {
    collectVocabulary(vocabulary, goldenCase)
    chunk.push(toCaseColumns(goldenCase))
    if (chunk.length < chunkRows) continue
    await flush()
    await yieldToEventLoop()
  }
  if (chunk.length > 0) await flush()
  return { goldenSetId, rows, contentHash: sum.toString(), vocabulary }
}

/** Removes the cases of a set that never came into being. */
export async function removeCases(database: TouchstoneDatabase, handle: SqliteHandle, goldenSetId: string): Promise<void> {
  const remove = handle.prepare(
    `DELETE FROM GoldenCase WHERE rowid IN (SELECT rowid FROM GoldenCase WHERE goldenSetId = ? LIMIT ${deletedRows})`,
  )
  while ((await database.writeLock.run(() => remove.run(goldenSetId).changes)) > 0) await yieldToEventLoop()
}

async function removeAbandoned(database: TouchstoneDatabase, handle: SqliteHandle, nowMs: number): Promise<void> {
  // One seek in the index for each set there is.
  const next = handle.prepare<[string], string | null>(`SELECT min(goldenSetId) FROM GoldenCase WHERE goldenSetId > ?`).pluck()
  const known = handle.prepare<[string], number>(`SELECT 1 FROM GoldenSet WHERE id = ?`).pluck()
  const limit = smallestIdAt(nowMs - abandonedAfterMs)
  for (let id = next.get('') ?? null; id !== null; id = next.get(id) ?? null)
    if (known.get(id) === undefined && id < limit) await removeCases(database, handle, id)
}
