import { expect, test } from 'vitest'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { SqliteSpendingLedger } from '~/storage/sqlite/spending-ledger'
import { createTestDatabase } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { insertReplay, trialResult } from '../../support/replays'

const ask = (owner: string, heldUsd: number, wantedUsd: number, nowMs = 1_000) => ({
  owner,
  heldUsd: () => heldUsd,
  wantedUsd,
  nowMs,
  leaseMs: 30_000,
})

test('the lower of both ceilings counts, and none is none', async () => {
  await using database = await createTestDatabase()
  const ledger = new SqliteSpendingLedger(database, 5)
  expect(ledger.ceilingUsd()).toBe(5)
  await ledger.setCeiling(7)
  expect(ledger.ceilingUsd()).toBe(5)
  await ledger.setCeiling(2)
  expect(ledger.read(0)).toMatchObject({ ceilingUsd: 2, storedUsd: 2, environmentUsd: 5 })
  await ledger.setCeiling(null)
  expect(new SqliteSpendingLedger(database, null).ceilingUsd()).toBeNull()
})

test('counts what trials cost, without the cache, while a replay runs and after its end; and what was replaced', async () => {
  await using database = await createTestDatabase()
  const ledger = new SqliteSpendingLedger(database, null)
  const store = new SqliteReplayStore(database)
  const { id } = await insertReplay(database, goldenCases(3))
  await (await database.prisma()).replay.update({ where: { id }, data: { modelName: 'openai:any' } })
  await store.setStatus(id, 'running', null, 1)
  await store.commit(id, [trialResult({ caseId: 'case-1', costUsd: 0.25 }), trialResult({ caseId: 'case-2', costUsd: 4, cached: true })], 2)
  expect(ledger.read(3).spentUsd).toBeCloseTo(0.25)
  await (
    await database.prisma()
  ).trialHistory.create({
    data: { id: 'h', replayId: id, caseId: 'case-1', epoch: 1, trial: { costUsd: 0.5, cached: 0 }, replacedAt: 1 },
  })
  expect(ledger.read(3).spentUsd).toBeCloseTo(0.75)
  await store.setStatus(id, 'cancelled', null, 4)
  expect((await (await database.prisma()).replay.findUniqueOrThrow({ where: { id } })).spentUsd).toBeCloseTo(0.75)
  expect(ledger.read(5).spentUsd).toBeCloseTo(0.75)
  expect((await store.progress(id)).costUsd).toBeCloseTo(0.75)
})

test('grants what is left between runs, and takes back what a dead one held', async () => {
  await using database = await createTestDatabase()
  const first = new SqliteSpendingLedger(database, 1)
  const other = new SqliteSpendingLedger(database, 1)
  expect((await first.reserve(ask('a', 0, 0.8))).grant).toMatchObject({ ceilingUsd: 1, usd: 0.8, othersUsd: 0 })
  expect((await other.reserve(ask('b', 0, 0.8))).grant.usd).toBeCloseTo(0.2)
  expect((await other.reserve(ask('b', 0.2, 0.8))).grant).toMatchObject({ othersUsd: 0.8 })
  // 31 s later nobody has renewed what "a" held.
  expect((await other.reserve(ask('b', 0.2, 0.8, 32_000))).grant).toMatchObject({ usd: 1, othersUsd: 0 })
  await other.release('b')
  expect(first.read(33_000).heldUsd).toBe(0)
})
