import { expect, test } from 'vitest'
import { hashText } from '~/lib/hash'
import { createClusterReader } from '~/services/case-clusters'
import { createGoldenSetService } from '~/services/golden-sets'
import type { ReplayToCompare } from '~/storage/sqlite/comparison-source'
import { createTestDatabase } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

/** So many that what is found is kept: each text differs from all others but that of its twin. */
const pairs = 300
const cases = Array.from({ length: pairs }, (_, index) => hashText(String(index))).flatMap((content, index) => [
  goldenCase({ id: `a${index}`, content }),
  goldenCase({ id: `b${index}`, content: content.toUpperCase() }),
])

test('near duplicates are found once, and again where a text is another', async () => {
  await using database = await createTestDatabase()
  const goldenSets = createGoldenSetService({ database, now: () => 1 })
  const put = (some: typeof cases) =>
    goldenSets.importCases({ policySlug: 'chat', goldenName: 'all', cases: some, mode: 'mirror', author: 'ana', message: 'cases' })
  await put(cases)
  const { id: goldenSetId } = await goldenSets.get('chat', 'all')
  /** As another process would. */
  const read = (goldenRevision: number) => createClusterReader(database)({ goldenSetId, goldenRevision } as ReplayToCompare)

  const found = await read(1)
  expect(found?.size).toBe(2 * pairs)
  expect(found?.get('a7')).toBe(found?.get('b7'))
  expect(found?.get('a7')).not.toBe(found?.get('a8'))
  expect(await read(1)).toEqual(found)

  // What was kept is what is read, also of a revision that changes a note.
  database.raw
    .prepare(`UPDATE WorkspaceFact SET value = json_set(value, '$.clusters', json('[["a1","b1"]]')) WHERE key LIKE 'clusters/%'`)
    .run()
  await put([{ ...goldenCase(cases[0]), note: 'Why' }, ...cases.slice(1)])
  expect([...((await read(2))?.keys() ?? [])]).toEqual(['a1', 'b1'])

  await put([goldenCase({ id: 'a0', content: 'Something else altogether' }), ...cases.slice(1)])
  expect((await read(3))?.size).toBe(2 * pairs - 2)
  expect((await read(1))?.size).toBe(2 * pairs)
})
