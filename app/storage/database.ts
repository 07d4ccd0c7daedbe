import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { findProjectRoot } from '../lib/environment'
import { TouchstoneError } from '../lib/errors'
import type { PrismaClient } from './generated/client'
import { migrateDatabase } from './migrate'
import { toStorageError } from './storage-error'
import { createWriteLock, type WriteLock } from './write-lock'

export type SqliteHandle = Database.Database

/**
 * The workspace's database, opened twice: through Prisma, and as a plain handle for the paths where a prepared statement is an order
 * faster (app/storage/sqlite). Whoever writes, through either, does so inside `writeLock.run`.
 */
export type TouchstoneDatabase = {
  file: string
  /** Opened when it is first asked for: to load it takes longer than most commands have to do. */
  prisma(): Promise<PrismaClient>
  raw: SqliteHandle
  writeLock: WriteLock
  /** Another plain handle with the same settings, for a transaction that lasts; its opener closes it. */
  openHandle(): SqliteHandle
  close(): Promise<void>
}

/** How long a writer of another process is waited for. */
const busyTimeoutMs = 10_000
const pageCacheKib = 32_768

const connectionPragmas = [
  'PRAGMA foreign_keys = ON',
  'PRAGMA synchronous = NORMAL',
  `PRAGMA busy_timeout = ${busyTimeoutMs}`,
  'PRAGMA temp_store = FILE',
] as const

/**
 * Opens the database at `url` (`file:PATH`), makes its folder where missing and applies pending migrations. Throws a `storage` error that
 * says what is wrong with the file.
 */
export async function openDatabase(url: string, options: { projectRoot?: string } = {}): Promise<TouchstoneDatabase> {
  if (!url.startsWith('file:') || url === 'file:')
    throw new TouchstoneError(
      'configuration',
      `DATABASE_URL=${JSON.stringify(url)} does not start with "file:".`,
      'Name a file: file:/a/folder/touchstone.db.',
    )
  const file = url.slice('file:'.length)
  const projectRoot = options.projectRoot ?? findProjectRoot()
  try {
    mkdirSync(dirname(file), { recursive: true })
    await migrateDatabase(file, projectRoot)
    const raw = openHandle(file)
    const checkPlace = createPlaceCheck(file)
    let prisma: Promise<PrismaClient> | null = null
    return {
      file,
      prisma: () => (prisma ??= openPrisma(file)),
      raw,
      writeLock: createStorageLock(file, checkPlace),
      openHandle() {
        checkPlace()
        return openHandle(file)
      },
      async close() {
        await (await prisma)?.$disconnect()
        raw.close()
      },
    }
  } catch (error) {
    throw toStorageError(error, file)
  }
}

/** Whoever writes is told in a person's words what is wrong with the disk or the database. */
function createStorageLock(file: string, checkPlace: () => void): WriteLock {
  const lock = createWriteLock()
  const inPlace = <T>(work: () => T): T => {
    checkPlace()
    return work()
  }
  return {
    run: (work) =>
      lock
        .run(() => inPlace(work))
        .catch((error: unknown) => {
          throw toStorageError(error, file)
        }),
  }
}

/**
 * A file that was moved or deleted takes what is written into it along, and nobody notices before the end: it is looked at before each write.
 * One that is put back is as good as before.
 */
function createPlaceCheck(file: string): () => void {
  const { dev, ino } = statSync(file)
  return () => {
    const now = statSync(file, { throwIfNoEntry: false })
    if (now?.dev === dev && now.ino === ino) return
    throw new TouchstoneError(
      'storage',
      `The database ${file} was ${now ? 'replaced' : 'moved or deleted'} while it was in use.`,
      'Put the file back, or stop Touchstone and start it again.',
    )
  }
}

function openHandle(file: string): SqliteHandle {
  const handle = new Database(file, { timeout: busyTimeoutMs, fileMustExist: true })
  try {
    handle.pragma('journal_mode = WAL')
    handle.pragma(`cache_size = -${pageCacheKib}`)
    for (const pragma of connectionPragmas) handle.exec(pragma)
    return handle
  } catch (error) {
    handle.close()
    throw error
  }
}

async function openPrisma(file: string): Promise<PrismaClient> {
  const [{ PrismaBetterSqlite3 }, { PrismaClient }] = await Promise.all([
    import('@prisma/adapter-better-sqlite3'),
    import('./generated/client'),
  ])
  const adapter = new PrismaBetterSqlite3({ url: `file:${file}`, timeout: busyTimeoutMs })
  const connect = adapter.connect.bind(adapter)
  adapter.connect = async () => {
    const connection = await connect()
    await connection.executeScript(connectionPragmas.join(';\n'))
    return connection
  }
  return new PrismaClient({ adapter })
}
