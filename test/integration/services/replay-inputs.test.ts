import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { importFile } from '~/services/import-file'
import { resolveGolden } from '~/services/replay-inputs'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'

test('a golden set is found by its name, by the name of the file it was made of, or as the only one of its policy', async () => {
  await using workspace = await createTestWorkspace()
  const put = (goldenName: string) =>
    workspace.goldenSets.importCases({
      policySlug: 'hate',
      goldenName,
      cases: goldenCases(2),
      mode: 'merge',
      author: 'ana',
      message: 'First',
    })
  await put('test-suite-cases')

  const resolve = (golden: string) => resolveGolden(workspace, { golden, author: 'ana' })
  expect((await resolve('hate')).goldenSet).toBe('test-suite-cases')
  expect((await resolve('hate/test-suite-cases@1')).goldenRevision).toBe(1)
  expect((await resolve('hate/test_suite_cases')).goldenSet).toBe('test-suite-cases')
  await expect(resolve('hate/other')).rejects.toMatchObject({ code: 'not-found' })

  await put('test_suite_cases')
  expect((await resolve('hate/test_suite_cases')).goldenSet).toBe('test_suite_cases')
  await expect(resolve('hate')).rejects.toThrow('several golden sets')
})

test('a file that holds exactly what a set of another name does is that set, until it differs', async () => {
  await using workspace = await createTestWorkspace()
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-golden-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'cases.jsonl')
  const write = (...contents: string[]) =>
    writeFileSync(file, contents.map((content, index) => JSON.stringify({ id: `c${index}`, content, expected: 'allowed' })).join('\n'))
  const resolve = () => resolveGolden(workspace, { golden: file, policy: 'hate', author: 'ana' })
  const names = async () => (await workspace.goldenSets.list('hate')).map((set) => set.name)

  write('one', 'two')
  await importFile(workspace, { file, policySlug: 'hate', goldenName: 'edge-cases', author: 'ana' })
  expect(await resolve()).toMatchObject({ goldenSet: 'edge-cases', goldenRevision: 1, imported: { unchanged: 2 } })
  expect(await names()).toEqual(['edge-cases'])

  write('one', 'three')
  expect(await resolve()).toMatchObject({ goldenSet: 'cases', goldenRevision: 1 })
  expect(await names()).toEqual(['edge-cases', 'cases'])
  // From then on the file has a set of its name, which follows it.
  write('one', 'two')
  expect(await resolve()).toMatchObject({ goldenSet: 'cases', goldenRevision: 2 })
})

test('a file is not read again while nothing has changed that it is read by, and is as soon as anything has', async () => {
  await using workspace = await createTestWorkspace()
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-golden-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'cases.jsonl')
  const write = (...contents: string[]) =>
    writeFileSync(file, contents.map((content, index) => JSON.stringify({ id: `c${index}`, content, expected: 'allowed' })).join('\n'))
  const resolve = (readBy = 'these sources') => resolveGolden(workspace, { golden: file, policy: 'hate', author: 'ana', readBy })
  const contents = async () => (await workspace.goldenSets.cases('hate', 'cases', { offset: 0, limit: 10 })).rows.map((row) => row.content)

  write('one', 'two')
  // The first makes the policy, by whose scheme the second reads.
  expect(await resolve()).toMatchObject({ goldenRevision: 1, imported: { added: 2 } })
  expect(await resolve()).toMatchObject({ goldenRevision: 1, imported: { unchanged: 2 } })
  expect(await resolve()).toEqual({ policySlug: 'hate', goldenSet: 'cases', goldenRevision: 1, imported: null })

  // By other sources, by another scheme
  expect(await resolve('others')).toMatchObject({ goldenRevision: 1, imported: { unchanged: 2 } })
  await workspace.policies.extendScheme('hate', { labels: [{ id: 'maybe', name: 'Maybe', kind: 'escalate' }] })
  expect(await resolve('others')).toMatchObject({ imported: { unchanged: 2 } })
  expect(await resolve('others')).toMatchObject({ imported: null })

  // Another content
  write('one', 'three')
  expect(await resolve()).toMatchObject({ goldenRevision: 2, imported: { changed: 1 } })
  expect(await resolve()).toMatchObject({ goldenRevision: 2, imported: null })

  // Somebody's hand in the set: it is made what the file says
  await workspace.goldenSets.deleteCase('hate', 'cases', { caseId: 'c0', author: 'bo', message: 'Not needed' })
  expect(await resolve()).toMatchObject({ goldenRevision: 4, imported: { added: 1 } })
  expect((await contents()).sort()).toEqual(['one', 'three'])

  // What cannot be read is said as ever
  writeFileSync(file, '{"id":')
  await expect(resolve()).rejects.toThrow('problem')
})
