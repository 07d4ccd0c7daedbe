import { describe, expect, test } from 'vitest'
import type { Outcome } from '~/domain/verdict/verdict'
import { createGoldenSetService } from '~/services/golden-sets'
import type { CaseFilter } from '~/services/workspace-api'
import type { TouchstoneDatabase } from '~/storage/database'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { ReplayScores } from '~/storage/sqlite/replay-scores'
import { createTestDatabase } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { insertReplay, trialResult } from '../../support/replays'

const slug = 'chat'
const name = 'edge-cases'

/** A finished replay over `case-1` … whose outcomes are given, one list per epoch. */
async function insertFinished(database: TouchstoneDatabase, ...epochs: Outcome[][]): Promise<string> {
  const cases = goldenCases(epochs[0]?.length ?? 0)
  const replay = await insertReplay(database, cases, epochs.length)
  const store = new SqliteReplayStore(database)
  await store.commit(
    replay.id,
    epochs.flatMap((outcomes, epoch) =>
      outcomes.map((outcome, index) => trialResult({ caseId: `case-${index + 1}`, epoch: epoch + 1, outcome })),
    ),
    5,
  )
  await store.setStatus(replay.id, 'finished', null, 9)
  return replay.id
}

describe('the history of cases', () => {
  const find = async (service: ReturnType<typeof createGoldenSetService>, history: CaseFilter['history']) =>
    (await service.cases(slug, name, { filter: { history }, offset: 0, limit: 50 })).rows.map(({ id }) => id)

  test('tells flipped, always right and always wrong over finished replays, and follows new ones', async () => {
    await using database = await createTestDatabase()
    const service = createGoldenSetService({ database, now: Date.now })
    await insertFinished(database, ['correct', 'correct', 'wrong', 'refused'])
    expect(await find(service, 'ever-flipped')).toEqual([])
    expect(await find(service, 'always-right')).toEqual(['case-1', 'case-2'])
    expect(await find(service, 'always-wrong')).toEqual(['case-3'])

    const unfinished = await insertReplay(database, goldenCases(4))
    await new SqliteReplayStore(database).commit(unfinished.id, [trialResult({ caseId: 'case-1', outcome: 'wrong' })], 5)
    expect(await find(service, 'ever-flipped')).toEqual([])

    // Two of three epochs right is right; one of two is wrong.
    await insertFinished(
      database,
      ['wrong', 'correct', 'wrong', 'correct'],
      ['wrong', 'correct', 'correct', 'error'],
      ['correct', 'wrong', 'error', 'error'],
    )
    expect(await find(service, 'ever-flipped')).toEqual(['case-1'])
    expect(await find(service, 'always-right')).toEqual(['case-2', 'case-4'])
    expect(await find(service, 'always-wrong')).toEqual(['case-3'])
  })

  test('notices that the results of a replay changed', async () => {
    await using database = await createTestDatabase()
    const service = createGoldenSetService({ database, now: Date.now })
    await insertFinished(database, ['correct', 'correct'])
    const second = await insertFinished(database, ['wrong', 'correct'])
    expect(await find(service, 'ever-flipped')).toEqual(['case-1'])
    database.raw.prepare(`UPDATE Trial SET outcome = 'correct' WHERE replayId = ?`).run(second)
    await (await database.prisma()).replay.update({ where: { id: second }, data: { resultsVersion: { increment: 1 } } })
    expect(await find(service, 'ever-flipped')).toEqual([])
  })
})

test('a case shows how each replay judged it, the newest first', async () => {
  await using database = await createTestDatabase()
  const service = createGoldenSetService({ database, now: Date.now })
  const first = await insertFinished(database, ['correct', 'wrong'])
  const second = await insertFinished(database, ['correct', 'refused'], ['correct', 'wrong'])
  const judgements = await service.judgements(slug, name, 'case-2')
  expect(judgements.map(({ replayId, epoch, outcome }) => [replayId, epoch, outcome])).toEqual([
    [second, 1, 'refused'],
    [second, 2, 'wrong'],
    [first, 1, 'wrong'],
  ])
  expect(judgements[0]).toMatchObject({
    versionNumber: null,
    model: 'openai:any',
    finishedAt: 9,
    verdict: { label: 'violates', rules: ['H2'], severity: 'high', confidence: 0.9, rationale: 'It insults.' },
    detail: null,
  })
})

test('a score counts cases, not trials: a tie of epochs is wrong, an unscored case is left out', async () => {
  await using database = await createTestDatabase()
  const scores = new ReplayScores(database.raw, new QuotedCases(database))
  const scoreOf = (id: string, epochs: number) =>
    scores.scoreOf({ id, epochs, resultsVersion: 0, status: 'finished', promptHash: 'p', goldenSetId: 'g', goldenRevision: 1 })
  expect(scoreOf(await insertFinished(database, ['correct', 'wrong', 'refused']), 1)).toEqual({ correct: 1, scored: 2 })
  expect(
    scoreOf(await insertFinished(database, ['correct', 'wrong', 'refused', 'error'], ['wrong', 'error', 'correct', 'error']), 2),
  ).toEqual({
    correct: 1,
    scored: 3,
  })
})

describe('the status of a replay', () => {
  test('adds up the time it ran, over stops and a kill', async () => {
    await using database = await createTestDatabase()
    const { id } = await insertReplay(database, goldenCases(3))
    const store = new SqliteReplayStore(database)
    const read = async () => (await database.prisma()).replay.findUniqueOrThrow({ where: { id } })
    await store.setStatus(id, 'running', null, 1_000)
    await store.setStatus(id, 'cancelled', 'asked to', 1_400)
    expect(await read()).toMatchObject({
      status: 'cancelled',
      statusReason: 'asked to',
      startedAt: 1_000,
      finishedAt: 1_400,
      durationMs: 400,
      runningSince: null,
    })

    await store.setStatus(id, 'running', null, 5_000)
    await store.commit(id, [trialResult({ caseId: 'case-1' })], 5_100)
    // Killed here, and begun again much later.
    await store.setStatus(id, 'running', null, 90_000)
    expect(await read()).toMatchObject({ status: 'running', finishedAt: null, durationMs: 500 })
    await store.setStatus(id, 'paused', 'the provider is down', 90_200)
    await store.setStatus(id, 'finished', null, 90_300)
    expect(await read()).toMatchObject({ status: 'finished', startedAt: 1_000, finishedAt: 90_300, durationMs: 800 })
  })

  test('keeps a wish to stop until a run begins after the end', async () => {
    await using database = await createTestDatabase()
    const { id } = await insertReplay(database, goldenCases(1))
    const store = new SqliteReplayStore(database)
    await (await database.prisma()).replay.update({ where: { id }, data: { cancelRequested: true } })
    await store.setStatus(id, 'running', null, 1)
    expect(await store.isCancelRequested(id)).toBe(true)
    await store.setStatus(id, 'cancelled', null, 2)
    await store.setStatus(id, 'running', null, 3)
    expect(await store.isCancelRequested(id)).toBe(false)
    await expect(store.setStatus('nothing', 'running', null, 1)).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('a trial costs at most 1.5 KB of disk without its raw answer', async () => {
  await using database = await createTestDatabase()
  const cases = goldenCases(2_000)
  const replay = await insertReplay(database, cases)
  const size = () => {
    database.raw.pragma('wal_checkpoint(TRUNCATE)')
    return Number(database.raw.pragma('page_count', { simple: true })) * Number(database.raw.pragma('page_size', { simple: true }))
  }
  const before = size()
  const rationale = 'The message compares the members of a group to animals, which H2 names, and no exception applies. '.repeat(3)
  const results = cases.map(({ id }) =>
    trialResult({ caseId: id, rawAnswer: null, verdict: { label: 'violates', rules: ['H2'], confidence: 0.9, rationale } }),
  )
  await new SqliteReplayStore(database).commit(replay.id, results, 5)
  expect((size() - before) / cases.length).toBeLessThan(1_500)
})

test('what is pending is listed once each, also beyond one page, whoever has claimed it', async () => {
  await using database = await createTestDatabase()
  const replay = await insertReplay(database, goldenCases(700), 3)
  const store = new SqliteReplayStore(database)
  await store.commit(replay.id, [trialResult({ caseId: 'case-2', epoch: 2 })], 1)
  await store.claimPending({ replayId: replay.id, owner: 'somebody', limit: 10, nowMs: Date.now(), leaseMs: 60_000 })
  const listed = Array.from(store.pending(replay.id), ({ case: { id }, epoch }) => `${id}/${epoch}`)
  expect(listed).toHaveLength(2_099)
  expect(new Set(listed).size).toBe(2_099)
  expect(listed.slice(0, 5)).toEqual(['case-1/1', 'case-1/2', 'case-1/3', 'case-2/1', 'case-2/3'])
})
