import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openDatabase, type TouchstoneDatabase } from '~/storage/database'
import { readMigrations } from '~/storage/schema-engine'
import { openWorkspace } from '~/services/workspace'
import type { Workspace } from '~/services/workspace-api'
import type { Environment } from '~/lib/environment'

const projectRoot = resolve(import.meta.dirname, '../..')

/** A migrated, empty database file that tests copy: made once per state of the migrations, by whichever test process comes first. */
async function templateFile(): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, sql } of readMigrations(projectRoot)) hash.update(name).update(sql)
  const folder = join(tmpdir(), 'touchstone-test-templates')
  const file = join(folder, `${hash.digest('hex').slice(0, 16)}.db`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const scratch = mkdtempSync(join(folder, 'making-'))
  const database = await openDatabase(`file:${join(scratch, 'template.db')}`, { projectRoot })
  database.raw.pragma('wal_checkpoint(TRUNCATE)')
  await database.close()
  // Whole or not at all: another test process may be looking.
  renameSync(join(scratch, 'template.db'), file)
  rmSync(scratch, { recursive: true, force: true })
  return file
}

export type TestFolder = { folder: string; databaseFile: string; databaseUrl: string; [Symbol.asyncDispose](): Promise<void> }

/** A folder of its own with a fresh database file in it; removed at the end of the scope. */
export async function createTestFolder(): Promise<TestFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-test-'))
  const databaseFile = join(folder, 'touchstone.db')
  copyFileSync(await templateFile(), databaseFile)
  return {
    folder,
    databaseFile,
    databaseUrl: `file:${databaseFile}`,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type TestDatabase = TouchstoneDatabase & { folder: string; databaseUrl: string; [Symbol.asyncDispose](): Promise<void> }

/** `await using database = await createTestDatabase()`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const place = await createTestFolder()
  const database = await openDatabase(place.databaseUrl, { projectRoot })
  return {
    ...database,
    folder: place.folder,
    databaseUrl: place.databaseUrl,
    async [Symbol.asyncDispose]() {
      await database.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

export type TestWorkspace = Workspace & { folder: string; databaseUrl: string; [Symbol.asyncDispose](): Promise<void> }

/** `await using workspace = await createTestWorkspace()`: the whole workspace over a fresh database, replays running in this process. */
export async function createTestWorkspace(
  options: { environment?: Partial<Environment>; now?: () => number } = {},
): Promise<TestWorkspace> {
  const place = await createTestFolder()
  const environment: Environment = {
    databaseUrl: place.databaseUrl,
    dataFolder: place.folder,
    openaiApiKey: null,
    openaiBaseUrl: null,
    maxCostUsd: null,
    host: '127.0.0.1',
    port: 0,
    ...options.environment,
  }
  const workspace = await openWorkspace({ databaseUrl: place.databaseUrl, environment, replayRunner: 'inline', now: options.now })
  return {
    ...workspace,
    folder: place.folder,
    databaseUrl: place.databaseUrl,
    async [Symbol.asyncDispose]() {
      await workspace.close()
      await place[Symbol.asyncDispose]()
    },
  }
}
