import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { buildChild, type ChildProgram } from '../../support/run-child'

const day = 24 * 3_600_000
let child: ChildProgram
beforeAll(async () => {
  child = await buildChild('import-and-die')
})
afterAll(() => child[Symbol.asyncDispose]())

// The import of 9,000 rows takes five turns to write; after the read come the take of the lock, the comparison and the writing.
test.each([0, 1, 3, 5, 7, 8])('a process killed %i turns after the last row was read leaves the set as it was', async (turns) => {
  await using workspace = await createTestWorkspace()
  const input = { policySlug: 'chat', goldenName: 'edge-cases', mode: 'mirror' as const, author: 'ana', message: 'before' }
  const before = await workspace.goldenSets.importCases({ ...input, cases: goldenCases(50) })

  const run = await child.run([workspace.databaseUrl, '9000', String(turns)])
  expect({ signal: run.signal, stdout: run.stdout, stderr: run.stderr }).toEqual({ signal: 'SIGKILL', stdout: '', stderr: '' })

  const [set] = await workspace.goldenSets.list('chat')
  expect(set).toMatchObject({ head: 1, caseCount: 50, contentHash: before.contentHash })
  const page = await workspace.goldenSets.cases('chat', 'edge-cases', { offset: 0, limit: 100 })
  expect(page.total).toBe(50)
  expect(await workspace.goldenSets.importCases({ ...input, cases: goldenCases(60), message: 'again' })).toMatchObject({
    added: 10,
    unchanged: 50,
  })
})

test('a process killed while it loads a new set leaves no set, and what it left is removed a day later', async () => {
  let now = Date.now()
  await using workspace = await createTestWorkspace({ now: () => now })
  const input = { policySlug: 'chat', goldenName: 'edge-cases', mode: 'merge' as const, author: 'ana', message: 'cases' }
  await workspace.goldenSets.importCases({ ...input, cases: goldenCases(50) })
  const run = await child.run([workspace.databaseUrl, '9000', '0', 'another-set'])
  expect({ signal: run.signal, stderr: run.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
  expect((await workspace.goldenSets.list('chat')).map(({ name }) => name)).toEqual(['edge-cases'])

  const handle = new Database(workspace.databaseUrl.slice('file:'.length), { readonly: true })
  const count = () => handle.prepare(`SELECT count(*) FROM GoldenCase`).pluck().get()
  expect(count()).toBeGreaterThan(50)
  await workspace.goldenSets.importCases({ ...input, goldenName: 'another-set', cases: goldenCases(10) })
  // Not yet: it might be another process that is still at work.
  expect(count()).toBeGreaterThan(60)
  now += day + 3_600_000
  await workspace.goldenSets.importCases({ ...input, goldenName: 'third-set', cases: goldenCases(10) })
  expect(count()).toBe(70)
  expect(handle.pragma('foreign_key_check')).toEqual([])
  handle.close()
})

test('an import into a new set that fails leaves nothing behind', async () => {
  await using workspace = await createTestWorkspace()
  async function* failing() {
    yield* goldenCases(1_200)
    throw new Error('the file ends in the middle')
  }
  const input = { policySlug: 'chat', goldenName: 'edge-cases', mode: 'merge' as const, author: 'ana', message: 'cases' }
  await expect(workspace.goldenSets.importCases({ ...input, cases: failing() })).rejects.toThrow('the file ends in the middle')
  const unknown = goldenCases(3, () => ({ expected: { label: 'unknown', rules: {} } }))
  await expect(workspace.goldenSets.importCases({ ...input, cases: unknown })).rejects.toMatchObject({ code: 'invalid-input' })
  const handle = new Database(workspace.databaseUrl.slice('file:'.length), { readonly: true })
  for (const table of ['GoldenCase', 'GoldenSet', 'GoldenRevision', 'Policy'])
    expect(handle.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  handle.close()
})

test('of two imports that make the same set at the same moment one is refused', async () => {
  await using workspace = await createTestWorkspace()
  const input = { policySlug: 'chat', goldenName: 'edge-cases', mode: 'merge' as const, author: 'ana', message: 'cases' }
  const results = await Promise.allSettled([10, 20].map((rows) => workspace.goldenSets.importCases({ ...input, cases: goldenCases(rows) })))
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
})
