import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '~/storage/database'
import { readMigrations } from '~/storage/schema-engine'
import { createTestDatabase, createTestFolder } from '../../support/database'
import { buildChild, type ChildProgram } from '../../support/run-child'

const projectRoot = resolve(import.meta.dirname, '../../..')
const migrationCount = readMigrations(projectRoot).length

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'touchstone-open-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a database that is opened', () => {
  test('has foreign keys, write-ahead log and a busy timeout on both handles', async () => {
    await using database = await createTestDatabase()
    const settings = ['foreign_keys', 'journal_mode', 'synchronous', 'busy_timeout'] as const
    const plain = settings.map((name) => database.raw.pragma(name, { simple: true }))
    expect(plain).toEqual([1, 'wal', 1, 10_000])
    for (const [index, name] of settings.entries()) {
      const [row] = await (await database.prisma()).$queryRawUnsafe<Array<Record<string, unknown>>>(`PRAGMA ${name}`)
      expect(String(Object.values(row ?? {})[0])).toBe(String(plain[index]))
    }
  })

  test('refuses a row whose parent is missing', async () => {
    await using database = await createTestDatabase()
    const orphan = { policyId: 'nobody', text: '', revision: 1, author: 'a', updatedAt: 0 }
    await expect((await database.prisma()).draft.create({ data: orphan })).rejects.toMatchObject({ code: 'P2003' })
    const insert = database.raw.prepare(`INSERT INTO Draft (policyId, text, revision, author, updatedAt) VALUES ('nobody', '', 1, 'a', 0)`)
    expect(() => insert.run()).toThrow('FOREIGN KEY')
  })

  test('makes its folder', async () => {
    const database = await openDatabase(`file:${join(folder, 'new', 'deep', 'touchstone.db')}`)
    expect(await (await database.prisma()).policy.count()).toBe(0)
    await database.close()
  })

  test('is what schema.prisma says: nothing is left to migrate', async () => {
    await using place = await createTestFolder()
    const { diffToSchema } = await import('~/storage/schema-engine')
    expect(await diffToSchema(place.databaseUrl, projectRoot)).toBe('')
  })
})

describe('a file that cannot be used is answered with one sentence', () => {
  test('not a database', async () => {
    const file = join(folder, 'notes.txt')
    writeFileSync(file, 'not a database, but long enough to be looked at as one '.repeat(100))
    await expect(openDatabase(`file:${file}`)).rejects.toMatchObject({ code: 'storage', message: `${file} is not a SQLite database.` })
  })

  test("another program's database", async () => {
    const file = join(folder, 'foreign.db')
    new Database(file).exec('CREATE TABLE songs (title TEXT)').close()
    await expect(openDatabase(`file:${file}`)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('"songs"') })
  })

  test('a folder that cannot be made, or a folder in its place', async () => {
    writeFileSync(join(folder, 'a-file'), '')
    await expect(openDatabase(`file:${join(folder, 'a-file', 'touchstone.db')}`)).rejects.toMatchObject({
      code: 'storage',
      message: /cannot be written/,
    })
    mkdirSync(join(folder, 'a-folder'))
    await expect(openDatabase(`file:${join(folder, 'a-folder')}`)).rejects.toMatchObject({ code: 'storage', message: /cannot be written/ })
  })

  test('no file URL', async () => {
    await expect(openDatabase('postgres://somewhere')).rejects.toMatchObject({ code: 'configuration' })
  })

  test('written by a newer Touchstone', async () => {
    await using place = await createTestFolder()
    const handle = new Database(place.databaseFile)
    handle.exec(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
      VALUES ('x', 'x', 1, '29990101000000_future', 1, 1)`)
    handle.close()
    await expect(openDatabase(place.databaseUrl)).rejects.toMatchObject({
      code: 'storage',
      message: /newer Touchstone.*29990101000000_future/,
    })
  })

  test('left by a migration that did not finish', async () => {
    await using place = await createTestFolder()
    const handle = new Database(place.databaseFile)
    handle.exec(`UPDATE _prisma_migrations SET finished_at = NULL`)
    handle.close()
    await expect(openDatabase(place.databaseUrl)).rejects.toMatchObject({ code: 'storage', message: /did not finish/ })
  })
})

describe('migrations', () => {
  /** The project as it will be one migration from now. */
  function nextProject(): string {
    const root = mkdtempSync(join(folder, 'next-'))
    cpSync(join(projectRoot, 'prisma'), join(root, 'prisma'), { recursive: true })
    const migration = join(root, 'prisma', 'migrations', '29990101000000_colour')
    mkdirSync(migration)
    writeFileSync(join(migration, 'migration.sql'), `ALTER TABLE "Policy" ADD COLUMN "colour" TEXT NOT NULL DEFAULT 'grey';\n`)
    return root
  }

  test('bring an older database forward and keep what is in it', async () => {
    await using place = await createTestFolder()
    const older = await openDatabase(place.databaseUrl)
    await (await older.prisma()).policy.create({ data: { id: 'p', slug: 'chat', name: 'Chat', scheme: {}, createdAt: 1, updatedAt: 1 } })
    await older.close()

    const newer = await openDatabase(place.databaseUrl, { projectRoot: nextProject() })
    expect(newer.raw.prepare(`SELECT slug, colour FROM Policy`).all()).toEqual([{ slug: 'chat', colour: 'grey' }])
    const names = newer.raw.prepare<[], string>(`SELECT migration_name FROM _prisma_migrations ORDER BY migration_name`).pluck().all()
    expect(names).toEqual([
      ...readdirSync(join(projectRoot, 'prisma/migrations')).filter((name) => /^\d/.test(name)),
      '29990101000000_colour',
    ])
    await newer.close()
    await expect(openDatabase(place.databaseUrl)).rejects.toMatchObject({ code: 'storage', message: /newer Touchstone/ })
  })

  test('are applied once when one process opens the database several times at once', async () => {
    const url = `file:${join(folder, 'together.db')}`
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase(url)))
    expect(opened[0]?.raw.prepare(`SELECT count(*) FROM _prisma_migrations`).pluck().get()).toBe(migrationCount)
    for (const database of opened) await database.close()
  })

  test('are applied once when several processes start at once', async () => {
    await using child: ChildProgram = await buildChild('open-and-close')
    const url = `file:${join(folder, 'processes.db')}`
    const runs = await Promise.all([1, 2, 3].map(() => child.run([url])))
    expect(runs.map(({ stdout, stderr }) => stdout + stderr)).toEqual(Array(3).fill(String(migrationCount)))
  })
})

test('whoever writes is told that the disk is full, and writes again when it is not', async () => {
  await using database = await createTestDatabase()
  const { raw, writeLock } = database
  raw.pragma(`max_page_count = ${raw.pragma('page_count', { simple: true })}`)
  const write = () => raw.prepare(`INSERT INTO PromptText (hash, text, createdAt) VALUES ('h', ?, 0)`).run('x'.repeat(1_000_000))
  await expect(writeLock.run(write)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('is full') })
  raw.pragma('max_page_count = 100000')
  await expect(writeLock.run(write)).resolves.toMatchObject({ changes: 1 })
})

test('a file that was moved away is written no more, made anew by nobody, and as good as before once it is back', async () => {
  await using database = await createTestDatabase()
  const { file, raw, writeLock } = database
  const write = () => raw.prepare(`INSERT INTO PromptText (hash, text, createdAt) VALUES ('h', 'text', 0)`).run()
  renameSync(file, `${file}.away`)
  await expect(writeLock.run(write)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('was moved or deleted') })
  expect(() => database.openHandle()).toThrow('was moved or deleted')
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, '')
  await expect(writeLock.run(write)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('was replaced') })
  renameSync(`${file}.away`, file)
  await expect(writeLock.run(write)).resolves.toMatchObject({ changes: 1 })
})
