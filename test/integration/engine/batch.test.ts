import { describe, expect, test } from 'vitest'
import { createBatchClient } from '~/providers/model-clients'
import { runBatchReplay, type BatchRunOptions } from '~/replay/batch-run'
import type { BatchLog, ReplayEvent } from '~/replay/ports'
import { serveBatches, type BatchRow, type RowOutcome } from '../../support/batch-server'
import { createWorld, keyOf, makeCase, verdictText } from '../../support/replay-world'

const chat = (label: string): RowOutcome => ({
  status: 200,
  body: {
    model: 'any-2026',
    choices: [{ index: 0, message: { role: 'assistant', content: verdictText(label) }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10 },
  },
})
const isCase = (row: BatchRow, index: number) => row.custom_id.endsWith(`case-${String(index).padStart(5, '0')}`)

/** One for all processes of a world, as the database is. */
const logs = new WeakMap<object, BatchLog>()
function logOf(world: object): BatchLog {
  const sent: Array<{ tag: string; batchId: string }> = []
  const log: BatchLog = logs.get(world) ?? {
    known: async (tag) => sent.filter((entry) => entry.tag === tag).map(({ batchId }) => batchId),
    add: async (tag, batchId) => void sent.push({ tag, batchId }),
  }
  logs.set(world, log)
  return log
}

async function run(
  server: Awaited<ReturnType<typeof serveBatches>>,
  world: ReturnType<typeof createWorld>,
  options: Partial<BatchRunOptions> = {},
  signal?: AbortSignal,
) {
  const events: ReplayEvent[] = []
  const { store, cache, clock, random } = world.ports
  const batches = await createBatchClient({ ...world.definition.model, baseUrl: server.baseUrl })
  const ports = { store, cache, clock, random, batches, batchLog: logOf(world), price: () => 0.001 }
  const end = await runBatchReplay(
    ports,
    'replay-1',
    { owner: 'test', tag: 'replay-1.0', ...options },
    (event) => events.push(event),
    signal,
  )
  return { ...end, events }
}

describe('a replay by batches', () => {
  test('sends the bodies of single calls in one file, and maps answers by custom id in any order', async () => {
    await using server = await serveBatches((row) => chat(Number(row.custom_id.slice(-5)) % 2 ? 'violates' : 'allowed'))
    const world = createWorld({ caseCount: 700, epochs: 2 })
    const end = await run(server, world)
    expect(end).toMatchObject({ status: 'finished', progress: { done: 1_400, calls: 1_400, outcomes: { correct: 1_400 } } })
    expect(server.batches).toHaveLength(1)
    expect(server.batches[0]!.rows[0]).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'any', response_format: { type: 'json_schema' } },
    })
    expect(JSON.stringify(server.batches[0]!.rows[0]!.body)).toContain('content number 0')
    expect(world.store.results.get(keyOf('case-00001', 2))).toMatchObject({
      latencyMs: null,
      costUsd: 0.001,
      providerModel: 'any-2026',
      calls: 1,
    })
    expect(world.cache.entries.size).toBe(1_400)
  })

  test('rows that expired or failed at the provider go into the next batch; a refused request is an error of its case', async () => {
    await using server = await serveBatches((row, batch) => {
      if (batch === 1 && isCase(row, 3)) return 'expired'
      if (batch === 1 && isCase(row, 4)) return { status: 500, body: { error: { message: 'oops' } } }
      if (isCase(row, 5)) return { status: 400, body: { error: { message: 'too long' } } }
      return chat('violates')
    })
    const world = createWorld({ caseCount: 10 })
    const end = await run(server, world)
    expect(end).toMatchObject({ status: 'finished', progress: { done: 10, outcomes: { error: 1 } } })
    expect(server.batches.map((batch) => batch.rows.length)).toEqual([10, 2])
    expect(world.store.results.get(keyOf('case-00005', 1))!.detail).toContain('too long')
  })

  test('a process that goes on finds the batch of the one before, and pays for nothing twice', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const world = createWorld({ caseCount: 20 })
    const controller = new AbortController()
    const poll = world.store.isCancelRequested.bind(world.store)
    world.store.isCancelRequested = async () => {
      controller.abort()
      return await poll()
    }
    expect(await run(server, world, { statusOnAbort: () => 'pending' }, controller.signal)).toMatchObject({
      status: 'pending',
      progress: { done: 0 },
    })
    expect(world.store.claims.size).toBe(0)
    world.store.isCancelRequested = poll
    expect(await run(server, world, { owner: 'second' })).toMatchObject({ status: 'finished', progress: { done: 20 } })
    expect(server.batches).toHaveLength(1)
  })

  /** A process that stops while its batch is worked on. */
  async function stopWhileWaiting(server: Awaited<ReturnType<typeof serveBatches>>, world: ReturnType<typeof createWorld>) {
    const controller = new AbortController()
    const poll = world.store.isCancelRequested.bind(world.store)
    world.store.isCancelRequested = async () => {
      controller.abort()
      return await poll()
    }
    await run(server, world, { statusOnAbort: () => 'pending' }, controller.signal)
    world.store.isCancelRequested = poll
  }

  test.each(['none', 'without metadata'] as const)('finds its batch where the server’s list is: %s', async (list) => {
    await using server = await serveBatches(() => chat('violates'), { list })
    const world = createWorld({ caseCount: 4 })
    await stopWhileWaiting(server, world)
    expect(await run(server, world, { owner: 'second' })).toMatchObject({ status: 'finished', progress: { done: 4 } })
    expect(server.batches).toHaveLength(1)
  })

  test('a batch that is cancelled at the provider is not sent anew until somebody continues the replay', async () => {
    await using server = await serveBatches((row, batch) => (batch === 1 && isCase(row, 2) ? 'expired' : chat('violates')))
    const world = createWorld({ caseCount: 4 })
    const poll = world.store.isCancelRequested.bind(world.store)
    world.store.isCancelRequested = async () => {
      server.batches[0]!.cancelled = true
      return await poll()
    }
    expect(await run(server, world)).toMatchObject({
      status: 'cancelled',
      reason: expect.stringContaining('batch_1 was cancelled at the provider'),
      progress: { done: 3 },
    })
    expect(server.batches).toHaveLength(1)
    world.store.isCancelRequested = poll
    expect(await run(server, world)).toMatchObject({ status: 'finished', progress: { done: 4 } })
    expect(server.batches.map((batch) => batch.rows.length)).toEqual([4, 1])
  })

  test('a request that fails in batch after batch while others are answered is an error of its case', async () => {
    await using server = await serveBatches((row) =>
      isCase(row, 1) ? { status: 500, body: { error: { message: 'oops' } } } : chat('violates'),
    )
    const world = createWorld({ caseCount: 4 })
    expect(await run(server, world)).toMatchObject({ status: 'finished', progress: { done: 4, outcomes: { error: 1 } } })
    expect(server.batches.map((batch) => batch.rows.length)).toEqual([4, 1, 1])
    expect(world.store.results.get(keyOf('case-00001', 1))).toMatchObject({
      calls: 3,
      detail: expect.stringMatching(/given up after 3 batches.*oops/),
    })
  })

  test('a quota that is used up ends the replay with the provider’s words; it can be continued when there is more', async () => {
    const quota = { status: 429, body: { error: { code: 'insufficient_quota', message: 'You exceeded your current quota.' } } }
    await using server = await serveBatches((row, batch) => (batch === 1 && !isCase(row, 0) ? quota : chat('violates')))
    const world = createWorld({ caseCount: 4 })
    expect(await run(server, world)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/exceeded your current quota.*Raise the quota/),
      progress: { done: 1 },
    })
    expect(server.batches).toHaveLength(1)
    // Its first batch still says so.
    expect(await run(server, world)).toMatchObject({ status: 'finished', progress: { done: 4, outcomes: { error: 0 } } })
  })

  test('a batch that the provider refuses as a whole ends the replay with its words', async () => {
    await using server = await serveBatches(() => chat('violates'), { refusal: 'This line is not parseable.' })
    expect(await run(server, createWorld({ caseCount: 3 }))).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('batch_1: This line is not parseable.'),
    })
  })

  test('a request that the filter of the provider stopped is that, and no error', async () => {
    const filtered = { status: 400, body: { error: { code: 'content_filter', message: 'The response was filtered.' } } }
    await using server = await serveBatches((row) => (isCase(row, 0) ? filtered : chat('violates')))
    expect(await run(server, createWorld({ caseCount: 3 }))).toMatchObject({
      status: 'finished',
      progress: { outcomes: { contentFilter: 1, error: 0 } },
    })
  })

  test('finds its batch among many newer ones, page by page', async () => {
    await using server = await serveBatches(() => chat('violates'), { pageLength: 2 })
    const world = createWorld({ caseCount: 4 })
    const controller = new AbortController()
    const poll = world.store.isCancelRequested.bind(world.store)
    world.store.isCancelRequested = async () => {
      controller.abort()
      return await poll()
    }
    await run(server, world, { statusOnAbort: () => 'pending' }, controller.signal)
    world.store.isCancelRequested = poll
    for (let other = 0; other < 7; other++) await run(server, createWorld({ caseCount: 1 }), { tag: `other-${other}.0` })
    expect(await run(server, world, { owner: 'second' })).toMatchObject({ status: 'finished', progress: { done: 4 } })
    expect(server.batches).toHaveLength(8)
  })

  test('a setting that the model does not take is left out of the next batch, with a warning', async () => {
    const refusal = {
      error: {
        message: "Unsupported value: 'temperature' does not support 0 with this model.",
        param: 'temperature',
        code: 'unsupported_value',
      },
    }
    await using server = await serveBatches((row) => ('temperature' in row.body ? { status: 400, body: refusal } : chat('violates')))
    const world = createWorld({ caseCount: 5, model: { temperature: 0 } })
    const end = await run(server, world)
    expect(end).toMatchObject({ status: 'finished', progress: { done: 5, outcomes: { error: 0 } } })
    expect(server.batches.map((batch) => batch.rows.length)).toEqual([5, 5])
    expect(end.events).toContainEqual({ type: 'warning', replayId: 'replay-1', message: 'any does not take temperature: left out.' })
  })

  test('a batch that the ceiling of the workspace does not allow is not sent', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const world = createWorld({ caseCount: 50 })
    const refusing = { ceilingUsd: 0.01, usd: 0, spentUsd: 0.004, othersUsd: 0 }
    const ledger = {
      ceilingUsd: () => 0.01,
      reserve: async ({ heldUsd }: { heldUsd: () => number }) => ({ grant: refusing, heldUsd: heldUsd() }),
      renew: async () => undefined,
      release: async () => undefined,
    }
    const { store, cache, clock, random } = world.ports
    const batches = await createBatchClient({ ...world.definition.model, baseUrl: server.baseUrl })
    const ports = { store, cache, clock, random, batches, batchLog: logOf(world), price: () => 0.001, estimateCallUsd: () => 0.001, ledger }
    const end = await runBatchReplay(ports, 'replay-1', { owner: 'test', tag: 'replay-1.0' })
    expect(end).toMatchObject({ status: 'cancelled', reason: expect.stringMatching(/up to \$0\.05.*ceiling of \$0\.01 \$0\.00.*not sent/) })
    expect(server.batches).toHaveLength(0)
    expect(world.store.claims.size).toBe(0)
  })

  test('long ids of cases fit the provider’s, and are mapped back', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const cases = [1, 2].map((index) => makeCase(index, { id: `${'long '.repeat(40)}${index}` }))
    const end = await run(server, createWorld({ caseCount: 2, cases }))
    expect(end).toMatchObject({ status: 'finished', progress: { done: 2 } })
    expect(Math.max(...server.batches[0]!.rows.map((row) => row.custom_id.length))).toBeLessThanOrEqual(64)
  })

  test('faults that may pass are waited out, also between making a batch and hearing of it', async () => {
    await using server = await serveBatches(() => chat('violates'))
    server.failNext.count = 2
    server.failNext.path = /POST \/batches/
    const world = createWorld({ caseCount: 5 })
    expect(await run(server, world)).toMatchObject({ status: 'finished', progress: { done: 5 } })
    expect(server.batches).toHaveLength(1)
  })

  test('a cancel stops the batch at the provider too', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const world = createWorld({ caseCount: 5 })
    world.store.cancelRequested = true
    expect(await run(server, world)).toMatchObject({ status: 'cancelled' })
    expect(server.batches[0]!.cancelled).toBe(true)
  })

  test('files are cut where the provider takes no more', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const world = createWorld({ caseCount: 25 })
    await run(server, world, { mostRequests: 10 })
    expect(server.batches.map((batch) => batch.rows.length)).toEqual([10, 10, 5])
  })

  test('what the cache has is not asked', async () => {
    await using server = await serveBatches(() => chat('violates'))
    const world = createWorld({ caseCount: 6 })
    await run(server, world)
    const again = createWorld({ caseCount: 8, ports: { cache: world.cache } })
    expect(await run(server, again, { tag: 'replay-2.0' })).toMatchObject({ status: 'finished', progress: { cached: 6, calls: 2 } })
  })

  test('a batch without a single answer ends the replay with that, not in a circle', async () => {
    await using server = await serveBatches(() => ({ status: 500, body: {} }))
    expect(await run(server, createWorld({ caseCount: 3 }))).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('without an answer'),
    })
    expect(server.batches).toHaveLength(1)
  })

  test('a model that knows no batches is refused', async () => {
    await expect(createBatchClient({ provider: 'touchstone', name: 'rehearsal' })).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
