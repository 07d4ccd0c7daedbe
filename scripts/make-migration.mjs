// Writes the next migration: node scripts/make-migration.mjs NAME. The SQL is the difference between all earlier migrations and prisma/schema.prisma.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot, runSteps, say, StepError } from './steps.mjs'

/** app/storage/schema-engine.ts as a module that Node can load. */
async function loadSchemaEngine() {
  const { build } = await import('esbuild')
  const outfile = join(projectRoot, 'node_modules', '.touchstone', 'schema-engine.mjs')
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['app/storage/schema-engine.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  })
  return await import(pathToFileURL(outfile).href)
}

await runSteps(async () => {
  const name = process.argv[2]
  if (!name || !/^[a-z0-9_]+$/.test(name))
    throw new StepError('Name the migration in lower case with underscores: node scripts/make-migration.mjs add_decisions')
  const migrations = join(projectRoot, 'prisma', 'migrations')
  const lockFile = join(migrations, 'migration_lock.toml')
  mkdirSync(migrations, { recursive: true })
  if (!existsSync(lockFile))
    writeFileSync(lockFile, '# Read by Prisma: the kind of database the migrations are for.\nprovider = "sqlite"\n')

  const engine = await loadSchemaEngine()
  const earlier = engine.readMigrations(projectRoot)
  const scratch = mkdtempSync(join(tmpdir(), 'touchstone-migration-'))
  try {
    const url = `file:${join(scratch, 'scratch.db')}`
    if (earlier.length > 0) await engine.applyMigrations(url, projectRoot, earlier)
    const sql = await engine.diffToSchema(earlier.length > 0 ? url : null, projectRoot)
    if (sql === '') {
      say('prisma/schema.prisma and the migrations agree: nothing to write.')
      return
    }
    const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
    const folder = join(migrations, `${time}_${name}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'migration.sql'), sql)
    say(`${folder}/migration.sql\n\n${sql}`)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
