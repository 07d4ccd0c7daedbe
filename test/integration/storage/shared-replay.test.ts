import { afterAll, beforeAll, expect, test } from 'vitest'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { createTestDatabase } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { insertReplay } from '../../support/replays'
import { buildChild, type ChildProgram } from '../../support/run-child'

let child: ChildProgram
beforeAll(async () => {
  child = await buildChild('claim-and-commit')
})
afterAll(() => child[Symbol.asyncDispose]())

const lines = (text: string) => text.split('\n').filter((line) => line !== '')

test('processes that work on one replay share it without doing anything twice', async () => {
  await using database = await createTestDatabase()
  const replay = await insertReplay(database, goldenCases(150), 2)
  const runs = await Promise.all(['one', 'two', 'three'].map((owner) => child.run([database.databaseUrl, replay.id, owner])))
  expect(runs.map(({ stderr }) => stderr)).toEqual(['', '', ''])
  const claimed = runs.flatMap(({ stdout }) => lines(stdout))
  expect(claimed).toHaveLength(300)
  expect(new Set(claimed).size).toBe(300)
  expect(await new SqliteReplayStore(database).progress(replay.id)).toMatchObject({ total: 300, done: 300 })
})

test('what a killed process held is taken over when its claims expire, and only that', async () => {
  await using database = await createTestDatabase()
  const replay = await insertReplay(database, goldenCases(40))
  const killed = await child.run([database.databaseUrl, replay.id, 'dies', '3'])
  expect(killed.signal).toBe('SIGKILL')
  const held = lines(killed.stdout).slice(-7)

  const survivor = await child.run([database.databaseUrl, replay.id, 'lives'])
  expect(survivor.stderr).toBe('')
  const store = new SqliteReplayStore(database)
  expect(await store.countPending(replay.id)).toBe(7)
  const later = Date.now() + 2 * 3_600_000
  const taken = await store.claimPending({ replayId: replay.id, owner: 'heir', limit: 50, nowMs: later, leaseMs: 1_000 })
  expect(taken.map(({ case: { id }, epoch }) => `${id}/${epoch}`)).toEqual(held)
})
