import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { TouchstoneError } from '../lib/errors'
import { listMigrationNames } from './migration-names'

const lockPatienceMs = 60_000
const lockRetryMs = 50

/**
 * Brings the database file to the newest schema: forward only, safe when two processes start at once, and without loading the schema
 * engine when nothing is pending. Returns the names of the migrations applied. Throws a `storage` error when the file was written by a
 * newer Touchstone or a migration failed before.
 */
export async function migrateDatabase(file: string, projectRoot: string): Promise<string[]> {
  const migrations = listMigrationNames(projectRoot)
  if (findPending(file, migrations).length === 0) return []
  const lock = await takeMigrationLock(file)
  try {
    // Another process may have done it while this one waited.
    if (findPending(file, migrations).length === 0) return []
    const { applyMigrations, readMigrations } = await import('./schema-engine')
    return await applyMigrations(`file:${file}`, projectRoot, readMigrations(projectRoot))
  } finally {
    lock.close()
  }
}

type MigrationRow = { migration_name: string; finished_at: unknown; rolled_back_at: unknown }

/** The names of the migrations that the database lacks, from Prisma's own table. */
function findPending(file: string, migrations: readonly string[]): string[] {
  const database = new Database(file)
  try {
    const table = database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`).get()
    if (!table) {
      const foreign = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1`).pluck().get()
      if (foreign !== undefined)
        throw new TouchstoneError(
          'storage',
          `${file} is a database of another program (it has a table "${String(foreign)}" and no migrations).`,
          'Set DATABASE_URL to a file of its own.',
        )
      return [...migrations]
    }
    const rows = database.prepare<[], MigrationRow>(`SELECT migration_name, finished_at, rolled_back_at FROM _prisma_migrations`).all()
    const live = rows.filter((row) => row.rolled_back_at === null)
    const known = new Set(migrations)
    const newer = live.find((row) => !known.has(row.migration_name))
    if (newer)
      throw new TouchstoneError(
        'storage',
        `${file} was written by a newer Touchstone (it has the migration "${newer.migration_name}", which this one does not know).`,
        'Start the newer version, or set DATABASE_URL to another file.',
      )
    const unfinished = live.find((row) => row.finished_at === null)
    if (unfinished)
      throw new TouchstoneError(
        'storage',
        `The migration "${unfinished.migration_name}" of ${file} was begun and did not finish.`,
        'Restore the file from a backup and start again.',
      )
    const applied = new Set(live.map((row) => row.migration_name))
    return migrations.filter((name) => !applied.has(name))
  } finally {
    database.close()
  }
}

/** An exclusive lock that ends with the process that holds it: a SQLite lock on a file of its own, since the schema engine writes the database itself. */
async function takeMigrationLock(file: string): Promise<{ close(): void }> {
  const lock = new Database(`${file}-migration-lock`, { timeout: 0 })
  const attempts = Math.ceil(lockPatienceMs / lockRetryMs)
  for (let attempt = 1; ; attempt += 1) {
    try {
      lock.exec('BEGIN EXCLUSIVE')
      return lock
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) || attempt === attempts) {
        lock.close()
        throw new TouchstoneError(
          'storage',
          `Another process has been preparing ${file} for more than ${lockPatienceMs / 1000} s.`,
          'Wait for it or stop it, and start again.',
          { cause },
        )
      }
      await sleep(lockRetryMs)
    }
  }
}
