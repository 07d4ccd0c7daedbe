import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { listMigrationNames, migrationsFolder } from './migration-names'

/**
 * Prisma's own schema engine, as WebAssembly: it applies the same migration files and keeps the same `_prisma_migrations` table as
 * `prisma migrate deploy`, without the binary that the Prisma CLI downloads. Loaded only when a migration is pending.
 */

/** `name` is the folder, `sql` the text of its migration.sql. */
export type MigrationFile = { name: string; sql: string }

type SchemaFiles = Array<{ path: string; content: string }>
type DiffSource =
  { tag: 'empty' } | { tag: 'schemaDatamodel'; files: SchemaFiles } | { tag: 'schemaDatasource'; files: SchemaFiles; configDir: string }

/** The part of the engine that is used here. */
type SchemaEngine = {
  applyMigrations(input: object): Promise<{ appliedMigrationNames: string[] }>
  diff(input: { from: DiffSource; to: DiffSource } & Record<string, unknown>): Promise<{ exitCode: number; stdout: string | null }>
}
type SchemaEngineModule = {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  SchemaEngine: { new: (options: object, log: () => number, factory: unknown) => Promise<SchemaEngine> }
}

const filters = { externalTables: [], externalEnums: [] }
const schemaPath = 'prisma/schema.prisma'

let loadedModule: Promise<SchemaEngineModule> | undefined

/** The engine's code, once per process: its bindings know only one instance. */
function loadModule(): Promise<SchemaEngineModule> {
  loadedModule ??= instantiateModule()
  return loadedModule
}

async function instantiateModule(): Promise<SchemaEngineModule> {
  const bindings: unknown = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const engineModule = bindings as SchemaEngineModule
  const wasmFile = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm')
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasmFile)), {
    './schema_engine_bg.js': bindings as WebAssembly.ModuleImports,
  })
  // Where the engine leaves its message when it panics; without it the message is lost.
  const panics = { set_message: (message: string) => (panics.message = message), message: '' }
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics })
  engineModule['__wbg_set_wasm'](exports)
  const begin = exports['__wbindgen_start']
  if (typeof begin === 'function') begin()
  return engineModule
}

/** Runs `work` with an engine on the database at `url`. The engine locks the file for as long as its connections are open: they are closed at the end. */
async function withEngine<T>(url: string, schema: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const engineModule = await loadModule()
  const adapters = new PrismaBetterSqlite3({ url })
  const connections: SqlDriverAdapter[] = []
  const connect = adapters.connect.bind(adapters)
  adapters.connect = async () => {
    const connection = await connect()
    connections.push(connection)
    return connection
  }
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(adapters)
    return await work(await engineModule.SchemaEngine.new({ datamodels: [[schemaPath, schema]] }, () => 0, factory))
  } finally {
    for (const connection of connections) await connection.dispose()
  }
}

/** The migrations of a project in the order in which they apply, without loading the engine. */
export function readMigrations(projectRoot: string): MigrationFile[] {
  const folder = migrationsFolder(projectRoot)
  return listMigrationNames(projectRoot).map((name) => ({ name, sql: readFileSync(join(folder, name, 'migration.sql'), 'utf8') }))
}

/** Applies what is pending of `migrations` to the database at `url` and returns the names of those applied. */
export async function applyMigrations(url: string, projectRoot: string, migrations: readonly MigrationFile[]): Promise<string[]> {
  const schema = readFileSync(join(projectRoot, schemaPath), 'utf8')
  const input = {
    filters,
    migrationsList: {
      baseDir: 'prisma/migrations',
      shadowDbInitScript: '',
      lockfile: {
        path: 'migration_lock.toml',
        content: readFileSync(join(projectRoot, 'prisma', 'migrations', 'migration_lock.toml'), 'utf8'),
      },
      migrationDirectories: migrations.map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
      })),
    },
  }
  return await withEngine(url, schema, async (engine) => (await engine.applyMigrations(input)).appliedMigrationNames)
}

/** The SQL that brings the database at `url` (null: an empty one) to schema.prisma; empty when nothing differs. */
export async function diffToSchema(url: string | null, projectRoot: string): Promise<string> {
  const schema = readFileSync(join(projectRoot, schemaPath), 'utf8')
  const files = [{ path: schemaPath, content: schema }]
  const from: DiffSource = url === null ? { tag: 'empty' } : { tag: 'schemaDatasource', files, configDir: '.' }
  const input = { from, to: { tag: 'schemaDatamodel' as const, files }, script: true, shadowDatabaseUrl: null, exitCode: null, filters }
  const { stdout } = await withEngine(url ?? ':memory:', schema, (engine) => engine.diff(input))
  return stdout === null || /^\s*-- This is an empty migration\.\s*$/.test(stdout) ? '' : stdout
}
