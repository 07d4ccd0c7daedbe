import { expect, test } from 'vitest'
import { hashText } from '~/lib/hash'
import { createClusterReader } from '~/services/case-clusters'
import { createGoldenSetService } from '~/services/golden-sets'
import type { ReplayToCompare } from '~/storage/sqlite/comparison-source'
import { findClusters } from '~/storage/sqlite/kept-clusters'
import { createTestDatabase } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

/** So many that what is found is kept: each text differs from all others but that of its twin. */
const pairs = 300
const cases = Array.from({ length: pairs }, (_, index) => hashText(String(index))).flatMap((content, index) => [
  goldenCase({ id: `a${index}`, content }),
  goldenCase({ id: `b${index}`, content: content.toUpperCase() }),
])

test('near duplicates of a revision are found once, and again in another revision', async () => {
  await using database = await createTestDatabase()
  const goldenSets = createGoldenSetService({ database, now: () => 1 })
  const put = (mode: 'merge' | 'mirror', some: typeof cases) =>
    goldenSets.importCases({ policySlug: 'chat', goldenName: 'all', cases: some, mode, author: 'ana', message: 'cases' })
  await put('merge', cases)
  const { id: goldenSetId } = await goldenSets.get('chat', 'all')
  const at = (goldenRevision: number) => ({ goldenSetId, goldenRevision }) as ReplayToCompare

  const found = await createClusterReader(database)(at(1))
  expect(found?.get('a7')).toBeDefined()
  expect(found?.get('a7')).toBe(found?.get('b7'))
  // Another process finds the same, from what was kept.
  const kept = findClusters(database.raw, at(1))
  expect(kept?.flat()).toHaveLength(found?.size ?? 0)
  expect(await createClusterReader(database)(at(1))).toEqual(found)
  database.raw.prepare(`UPDATE WorkspaceFact SET value = json_set(value, '$.clusters', json('[]')) WHERE key LIKE 'clusters/%'`).run()
  expect((await createClusterReader(database)(at(1)))?.size).toBe(0)

  await put('mirror', cases.slice(0, -2))
  const next = await createClusterReader(database)(at(2))
  expect(next?.size).toBe((found?.size ?? 0) - 2)
  // The newest is what is kept: an older one is found anew, and does not take its place.
  expect((await createClusterReader(database)(at(1)))?.size).toBe(found?.size)
  expect(findClusters(database.raw, at(2))).not.toBeNull()
})
