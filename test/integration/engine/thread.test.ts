import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReplayEvent } from '~/replay/ports'
import { openWorkspace } from '~/services/workspace'
import type { ReplaySummary } from '~/services/workspace-api'
import { buildChild } from '../../support/build-child'
import { createTestFolder } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'
import { readRecorded, serveProvider } from '../../support/provider-fixtures'

let workerFile = ''
beforeAll(async () => {
  workerFile = await buildChild('app/services/replay-worker.ts')
})
afterAll(() => rmSync(workerFile, { force: true }))

async function open(databaseUrl: string, folder: string) {
  const environment = {
    databaseUrl,
    dataFolder: folder,
    openaiApiKey: null,
    openaiBaseUrl: null,
    maxCostUsd: null,
    host: '127.0.0.1',
    port: 0,
  }
  const workspace = await openWorkspace({ databaseUrl, environment, replayRunner: { workerFile } })
  const untilEvent = (replayId: string, type: ReplayEvent['type']) =>
    new Promise<ReplayEvent>((resolve) => {
      const unsubscribe = workspace.replays.subscribe(replayId, (event) => {
        if (event.type !== type) return
        unsubscribe()
        resolve(event)
      })
    })
  return { workspace, untilEvent }
}

test('a replay in its thread tells how it goes, is put down with the server, goes on with the next one, and can be cancelled', async () => {
  await using place = await createTestFolder()
  let hold = true
  await using provider = await serveProvider((_, number) => (hold && number > 40 ? 'hang' : readRecorded('chat-ok')))
  const first = await open(place.databaseUrl, place.folder)
  await first.workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'edge',
    cases: goldenCases(300),
    mode: 'mirror',
    author: 'ana',
    message: 'cases',
  })
  const prepare = async ({ workspace }: typeof first, text: string): Promise<ReplaySummary> => {
    const model = { provider: 'openai' as const, name: 'any', baseUrl: provider.baseUrl }
    const { replay } = await workspace.replays.prepare({ policySlug: 'chat', prompt: { text }, goldenSet: 'edge', model, author: 'ana' })
    return replay
  }
  const replay = await prepare(first, 'Remove insults.')
  const progressed = first.untilEvent(replay.id, 'progress')
  await first.workspace.replays.start(replay.id)
  expect(await progressed).toMatchObject({ replayId: replay.id })
  await first.workspace.close()

  hold = false
  const second = await open(place.databaseUrl, place.folder)
  expect(await second.workspace.replays.get(replay.id)).toMatchObject({ status: 'pending' })
  const ended = second.untilEvent(replay.id, 'ended')
  expect(await second.workspace.replays.resumeUnfinished()).toBe(1)
  expect(await ended).toMatchObject({ status: 'finished', progress: { done: 300 } })

  hold = true
  const other = await prepare(second, 'Remove threats.')
  const started = second.untilEvent(other.id, 'started')
  const cancelled = second.untilEvent(other.id, 'ended')
  await second.workspace.replays.start(other.id)
  await started
  await second.workspace.replays.cancel(other.id)
  expect(await cancelled).toMatchObject({ status: 'cancelled' })
  await second.workspace.close()
})
