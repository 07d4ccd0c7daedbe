import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { openDatabase } from '~/storage/database'
import { SqliteReplayStore } from '~/storage/sqlite/replay-store'
import { createTestWorkspace, type TestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'

/** A process of this machine that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ['--version']).pid

/** A replay that somebody has just claimed a part of, and no more. */
async function leaveBehind(workspace: TestWorkspace, owner: string): Promise<string> {
  await workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'edge',
    cases: goldenCases(6),
    mode: 'mirror',
    author: 'ana',
    message: 'cases',
  })
  const { replay } = await workspace.replays.prepare({
    policySlug: 'chat',
    prompt: { text: '# Rules\n\n## H1 Insults\nRemove insults.\n' },
    goldenSet: 'edge',
    model: { provider: 'touchstone', name: 'rehearsal' },
    author: 'ana',
  })
  const database = await openDatabase(workspace.databaseUrl)
  const store = new SqliteReplayStore(database)
  await store.setStatus(replay.id, 'running', null, Date.now())
  await store.claimPending({ replayId: replay.id, owner, limit: 4, nowMs: Date.now(), leaseMs: 3_600_000 })
  await database.close()
  return replay.id
}

test('a server that was killed and started again at once goes on with its replay, whose claims still last', async () => {
  await using workspace = await createTestWorkspace()
  const id = await leaveBehind(workspace, `${hostname()} ${deadProcess()} run`)
  const ended = new Promise<void>((resolve) => {
    workspace.replays.subscribe(id, ({ type }) => {
      if (type === 'ended') resolve()
    })
  })
  expect(await workspace.replays.resumeUnfinished()).toBe(1)
  await ended
  expect(await workspace.replays.get(id)).toMatchObject({ status: 'finished', done: 6 })
})

test('a replay of a process that was killed can be cancelled at once', async () => {
  await using workspace = await createTestWorkspace()
  const id = await leaveBehind(workspace, `${hostname()} ${deadProcess()} run`)
  await workspace.replays.cancel(id)
  expect(await workspace.replays.get(id)).toMatchObject({ status: 'cancelled' })
})

test.each([
  ['a process that lives', `${hostname()} ${process.pid} run`],
  ['another machine', `not-${hostname()} 1 run`],
])('what %s is at is left to it', async (_, owner) => {
  await using workspace = await createTestWorkspace()
  await leaveBehind(workspace, owner)
  expect(await workspace.replays.resumeUnfinished()).toBe(0)
})
