import { expect, test } from 'vitest'
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
