import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { buildChild, type ChildProgram } from '../../support/run-child'

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
