import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { PendingTrial, ReplayDefinition, ReplayStore } from '~/replay/ports'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { createTestDatabase } from '../support/database'
import { goldenCase, goldenCases } from '../support/golden-cases'
import { MemoryReplayStore } from '../support/memory-replay-store'
import { insertReplay, trialResult } from '../support/replays'

type Opened = { store: ReplayStore; another(): ReplayStore; replay: ReplayDefinition; [Symbol.asyncDispose](): Promise<void> }
type Implementation = { name: string; open(cases: readonly GoldenCase[], epochs?: number): Promise<Opened> }

const implementations: Implementation[] = [
  {
    name: 'in memory',
    async open(cases, epochs = 1) {
      const replay: ReplayDefinition = {
        id: 'replay',
        policyId: 'policy',
        scheme: defaultVerdictScheme,
        promptText: 'H1. No insults.',
        goldenSetId: 'set',
        goldenRevision: 1,
        model: { provider: 'openai', name: 'any' },
        epochs,
      }
      const store = new MemoryReplayStore(replay, cases)
      return { store, another: () => store, replay, [Symbol.asyncDispose]: async () => undefined }
    },
  },
  {
    name: 'SQLite',
    async open(cases, epochs = 1) {
      const database = await createTestDatabase()
      const replay = await insertReplay(database, cases, epochs)
      return {
        store: new SqliteReplayStore(database),
        another: () => new SqliteReplayStore(database),
        replay,
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      }
    },
  },
]

const leaseMs = 1_000
const names = (trials: readonly PendingTrial[]) => trials.map(({ case: { id }, epoch }) => `${id}/${epoch}`)

describe.each(implementations)('a replay store $name', ({ open }) => {
  test('says what the replay is', async () => {
    await using opened = await open(goldenCases(2), 3)
    expect(await opened.store.load(opened.replay.id)).toEqual(opened.replay)
    await expect(opened.store.load('nothing')).rejects.toThrow('There is no replay "nothing".')
  })

  test('hands out cases whole, in case order, epoch by epoch, each once', async () => {
    const cases = [
      goldenCase({ id: 'z', tags: ['t'], context: { parents: ['p'], locale: 'fa' } }),
      goldenCase({ id: 'a' }),
      goldenCase({ id: 'm' }),
    ]
    await using opened = await open(cases, 2)
    const { store, replay } = opened
    const claim = (limit: number) => store.claimPending({ replayId: replay.id, owner: 'me', limit, nowMs: 0, leaseMs })
    const first = await claim(3)
    expect(first[0]?.case).toEqual(cases[0])
    expect(names(first)).toEqual(['z/1', 'z/2', 'a/1'])
    expect(names(await claim(10))).toEqual(['a/2', 'm/1', 'm/2'])
    expect(await claim(10)).toEqual([])
    expect(await store.countPending(replay.id)).toBe(6)
  })

  test('does not hand out what another holds, until the claim expires', async () => {
    await using opened = await open(goldenCases(4))
    const { store, replay } = opened
    const other = opened.another()
    expect(names(await store.claimPending({ replayId: replay.id, owner: 'one', limit: 3, nowMs: 0, leaseMs }))).toHaveLength(3)
    const claimAt = async (nowMs: number) =>
      names(await other.claimPending({ replayId: replay.id, owner: 'two', limit: 10, nowMs, leaseMs }))
    expect(await claimAt(leaseMs - 1)).toEqual(['case-4/1'])
    expect(await claimAt(leaseMs - 1)).toEqual([])
    expect(await claimAt(leaseMs)).toEqual(['case-1/1', 'case-2/1', 'case-3/1'])
  })

  test('keeps a claim that is renewed', async () => {
    await using opened = await open(goldenCases(2))
    const { store, replay } = opened
    await store.claimPending({ replayId: replay.id, owner: 'one', limit: 1, nowMs: 0, leaseMs })
    await store.renewClaims({ replayId: replay.id, owner: 'one', nowMs: 900, leaseMs })
    const other = { replayId: replay.id, owner: 'two', limit: 10, leaseMs }
    expect(names(await opened.another().claimPending({ ...other, nowMs: 1_899 }))).toEqual(['case-2/1'])
    expect(names(await opened.another().claimPending({ ...other, nowMs: 1_900 }))).toEqual(['case-1/1'])
  })

  test('tells an owner what is still its own: neither what was taken over nor what has a result', async () => {
    await using opened = await open(goldenCases(4))
    const { store, replay } = opened
    const replayId = replay.id
    const held = async (from: ReplayStore, owner: string) => (await from.heldTrials({ replayId, owner })).map(({ caseId }) => caseId).sort()
    await store.claimPending({ replayId, owner: 'one', limit: 4, nowMs: 0, leaseMs })
    await opened.another().claimPending({ replayId, owner: 'two', limit: 2, nowMs: leaseMs, leaseMs })
    await opened.another().commit(replayId, [trialResult({ caseId: 'case-3' })], leaseMs)
    await store.renewClaims({ replayId, owner: 'one', nowMs: leaseMs, leaseMs })
    expect(await held(store, 'one')).toEqual(['case-4'])
    expect(await held(opened.another(), 'two')).toEqual(['case-1', 'case-2'])
    expect(await held(store, 'nobody')).toEqual([])
  })

  test('hands out again what was given back, also to an owner that had looked past it', async () => {
    await using opened = await open(goldenCases(3))
    const { store, replay } = opened
    const other = opened.another()
    const claim = (from: ReplayStore, owner: string, limit: number) =>
      from.claimPending({ replayId: replay.id, owner, limit, nowMs: 0, leaseMs })
    await claim(store, 'one', 2)
    expect(names(await claim(other, 'two', 10))).toEqual(['case-3/1'])
    await store.releaseClaims({ replayId: replay.id, owner: 'one' })
    expect(names(await claim(other, 'two', 1))).toEqual(['case-1/1'])
    expect(names(await claim(store, 'one', 10))).toEqual(['case-2/1'])
  })

  test('narrows the work to the cases that are asked for', async () => {
    await using opened = await open(goldenCases(5), 2)
    const { store, replay } = opened
    const claim = (limit: number) =>
      store.claimPending({
        replayId: replay.id,
        owner: 'one',
        limit,
        nowMs: 0,
        leaseMs,
        onlyCaseIds: ['case-4', 'case-2', 'case-4', 'unknown'],
      })
    expect(names(await claim(3))).toEqual(['case-2/1', 'case-2/2', 'case-4/1'])
    expect(names(await claim(3))).toEqual(['case-4/2'])
    expect(await claim(3)).toEqual([])
  })

  test('what has a result is not pending, whoever claimed it', async () => {
    await using opened = await open(goldenCases(3))
    const { store, replay } = opened
    await store.claimPending({ replayId: replay.id, owner: 'one', limit: 1, nowMs: 0, leaseMs })
    await opened.another().commit(replay.id, [trialResult({ caseId: 'case-1' }), trialResult({ caseId: 'case-2' })], 5)
    expect(await store.countPending(replay.id)).toBe(1)
    expect(names(await store.claimPending({ replayId: replay.id, owner: 'two', limit: 9, nowMs: 5_000, leaseMs }))).toEqual(['case-3/1'])
  })

  test('keeps the first of two results for one trial', async () => {
    await using opened = await open(goldenCases(1), 2)
    const { store, replay } = opened
    await store.commit(replay.id, [trialResult({ outcome: 'correct', calls: 1 })], 1)
    await opened
      .another()
      .commit(replay.id, [trialResult({ outcome: 'wrong', calls: 7 }), trialResult({ epoch: 2, outcome: 'wrong', calls: 2 })], 2)
    expect(await store.progress(replay.id)).toMatchObject({ done: 2, calls: 3, outcomes: { correct: 1, wrong: 1 } })
  })

  test('counts progress from the results; cached answers spend nothing', async () => {
    await using opened = await open(goldenCases(6))
    const { store, replay } = opened
    expect(await store.progress(replay.id)).toEqual({
      total: 6,
      done: 0,
      outcomes: { correct: 0, wrong: 0, refused: 0, contentFilter: 0, truncated: 0, unparseable: 0, error: 0, unlabelled: 0 },
      cached: 0,
      calls: 0,
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
    })
    const failed = { verdict: null, detail: 'no', rawAnswer: null, inputTokens: null, outputTokens: null, costUsd: null }
    await store.commit(replay.id, [trialResult({ caseId: 'case-1', ...failed, outcome: 'error', calls: 3 })], 1)
    expect(await store.progress(replay.id)).toMatchObject({ done: 1, calls: 3, inputTokens: null, costUsd: null })
    await store.commit(replay.id, [trialResult({ caseId: 'case-2', cached: true, calls: 0 })], 1)
    expect(await store.progress(replay.id)).toMatchObject({ done: 2, cached: 1, inputTokens: 0, outputTokens: 0, costUsd: 0 })
    await store.commit(replay.id, [trialResult({ caseId: 'case-3', outcome: 'wrong', costUsd: 0.25 })], 1)
    expect(await store.progress(replay.id)).toMatchObject({
      done: 3,
      calls: 4,
      inputTokens: 100,
      outputTokens: 20,
      costUsd: 0.25,
      outcomes: { correct: 1, wrong: 1, error: 1, refused: 0 },
    })
  })

  test('takes hostile text as it is', async () => {
    const hostile = goldenCase({
      id: `'; DROP TABLE Trial; --\u0000\u001b[31m`,
      content: 'nul \u0000 and \u202e',
      meta: { '__proto__ ': 'x' },
    })
    await using opened = await open([hostile])
    const { store, replay } = opened
    const [trial] = await store.claimPending({ replayId: replay.id, owner: 'one', limit: 1, nowMs: 0, leaseMs })
    expect(trial?.case).toEqual(hostile)
    await store.commit(replay.id, [trialResult({ caseId: hostile.id, rawAnswer: 'nul \u0000 \ud800' })], 1)
    expect(await store.countPending(replay.id)).toBe(0)
  })

  test('is told to stop by whoever asked, and not before', async () => {
    await using opened = await open(goldenCases(1))
    expect(await opened.store.isCancelRequested(opened.replay.id)).toBe(false)
  })
})
