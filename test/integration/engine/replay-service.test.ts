import { describe, expect, test } from 'vitest'
import type { ReplayEvent } from '~/replay/ports'
import type { ReplayRequest } from '~/services/workspace-api'
import { createTestWorkspace, type TestWorkspace } from '../../support/database'
import { goldenCase, goldenCases } from '../../support/golden-cases'
import { readRecorded, serveProvider } from '../../support/provider-fixtures'

const promptText = `# Chat

### H1 — Insults

**Signals:** "idiot", "fool"

**Exceptions**

- H1.x1 Quoted. Signs: "called me"
`
const model = { provider: 'touchstone' as const, name: 'rehearsal' }

async function seed(workspace: TestWorkspace, contents: Array<[content: string, label: string | null]>) {
  await workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'edge',
    cases: contents.map(([content, label], index) =>
      goldenCase({ id: `c${index}`, content, expected: label === null ? null : { label, rules: {} } }),
    ),
    mode: 'mirror',
    author: 'ana',
    message: 'cases',
  })
}
const request = (changes: Partial<ReplayRequest> & { reuseFinished?: boolean } = {}) => ({
  policySlug: 'chat',
  prompt: { text: promptText },
  goldenSet: 'edge',
  model,
  author: 'ana',
  ...changes,
})
const cases: Array<[string, string | null]> = [
  ['what an idiot', 'violates'],
  ['he called me an idiot', 'allowed'],
  ['nice weather', 'violates'],
  ['nice hat', null],
]

describe('the replay service', () => {
  test('asked for the same replay twice at one time, makes one', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const prepared = await Promise.all([1, 2, 3].map(() => workspace.replays.prepare(request())))
    expect(new Set(prepared.map(({ replay }) => replay.id)).size).toBe(1)
    expect(prepared.filter(({ continued }) => !continued)).toHaveLength(1)
  })

  test('prepares, runs and reports a replay', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { replay, continued } = await workspace.replays.prepare(request())
    expect(continued).toBe(false)
    expect(replay).toMatchObject({
      status: 'pending',
      total: 4,
      done: 0,
      rehearsal: true,
      modelName: 'touchstone:rehearsal',
      versionNumber: null,
      accuracy: null,
    })
    const events: ReplayEvent[] = []
    await workspace.replays.run(replay.id, (event) => events.push(event))
    const report = await workspace.replays.report(replay.id)
    expect(report).toMatchObject(await workspace.replays.standing(replay.id))
    expect(report).toMatchObject({ status: 'finished', total: 4, done: 4 })
    expect(report.metrics).toMatchObject({ n: 3, accuracy: 2 / 3 })
    expect(report.metrics.unscored.unlabelled).toBe(1)
    expect(report.progress).toMatchObject({ calls: 4, cached: 0 })
    expect(report.costUsd).toBe(0)
    expect(events.at(-1)).toMatchObject({ type: 'ended', status: 'finished' })
    expect(await workspace.replays.list({ policySlug: 'chat' })).toEqual([
      expect.objectContaining({ id: replay.id, accuracy: 2 / 3, done: 4 }),
    ])
  })

  test('continues the same inputs, reuses a finished replay only when asked, and starts anew when told', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const first = await workspace.replays.prepare(request())
    expect(await workspace.replays.prepare(request())).toMatchObject({ replay: { id: first.replay.id }, continued: true })
    expect((await workspace.replays.prepare(request({ epochs: 2 }))).replay.id).not.toBe(first.replay.id)
    await workspace.replays.run(first.replay.id)
    expect((await workspace.replays.prepare(request())).continued).toBe(false)
    const fresh = await workspace.replays.prepare(request({ fresh: true, reuseFinished: true }))
    expect(fresh.continued).toBe(false)
    await workspace.replays.run(fresh.replay.id)
    expect(await workspace.replays.prepare(request({ reuseFinished: true }))).toMatchObject({ continued: true })
  })

  test('runs in the background, tells subscribers, and can be cancelled before anybody works on it', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { replay } = await workspace.replays.prepare(request())
    const ended = new Promise<ReplayEvent>((resolve) => {
      workspace.replays.subscribe(replay.id, (event) => {
        if (event.type === 'ended') resolve(event)
      })
    })
    await workspace.replays.start(replay.id)
    expect(await ended).toMatchObject({ status: 'finished' })
    const second = await workspace.replays.prepare(request({ fresh: true }))
    await workspace.replays.cancel(second.replay.id)
    expect(await workspace.replays.get(second.replay.id)).toMatchObject({ status: 'cancelled', done: 0 })
    expect(await workspace.replays.run(second.replay.id)).toMatchObject({ status: 'finished', done: 4 })
  })

  test('continues at start what a stopped server left, and leaves alone what ended', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const left = await workspace.replays.prepare(request())
    const cancelled = await workspace.replays.prepare(request({ epochs: 2 }))
    await workspace.replays.cancel(cancelled.replay.id)
    const ended = new Promise<void>((resolve) => {
      workspace.replays.subscribe(left.replay.id, (event) => {
        if (event.type === 'ended') resolve()
      })
    })
    expect(await workspace.replays.resumeUnfinished()).toBe(1)
    await ended
    expect(await workspace.replays.get(left.replay.id)).toMatchObject({ status: 'finished' })
  })

  test('finds replays by version, and the baseline of a draft', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { version } = await workspace.prompts.createVersion('chat', { text: promptText, message: 'first', author: 'ana' })
    await expect(workspace.replays.resolve(`chat@${version.number}`)).rejects.toMatchObject({ code: 'unfinished' })
    const { replay } = await workspace.replays.prepare(request({ prompt: { version: version.number } }))
    expect(await workspace.replays.baselineFor('chat', 'edge')).toBeNull()
    await workspace.replays.run(replay.id)
    expect(await workspace.replays.resolve(`chat@${version.number}`)).toBe(replay.id)
    expect(await workspace.replays.resolve(`chat@v${version.number}`)).toBe(replay.id)
    expect(await workspace.replays.resolve(replay.id)).toBe(replay.id)
    expect(await workspace.replays.baselineFor('chat', 'edge')).toMatchObject({ id: replay.id })
    expect(await workspace.replays.baselineFor('chat', 'edge', 'openai:any')).toBeNull()
    await expect(workspace.replays.resolve('chat@9')).rejects.toMatchObject({ code: 'not-found' })
    await expect(workspace.replays.resolve('nothing')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('pages through trials by outcome', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { replay } = await workspace.replays.prepare(request())
    await workspace.replays.run(replay.id)
    const wrong = await workspace.replays.trials(replay.id, { outcome: 'wrong', offset: 0, limit: 10 })
    expect(wrong).toMatchObject({ total: 1, caseIds: ['c2'] })
    expect(wrong.rows[0]).toMatchObject({ outcome: 'wrong', verdict: { label: 'allowed' }, model: 'touchstone:rehearsal' })
    expect((await workspace.replays.trials(replay.id, { offset: 2, limit: 10 })).caseIds).toEqual(['c2', 'c3'])
  })

  test('tells calls, tokens, cost and what the cache has, before it starts', async () => {
    await using workspace = await createTestWorkspace({ environment: { openaiApiKey: 'sk-test' } })
    await seed(workspace, cases)
    const estimate = await workspace.replays.estimate(request({ model: { provider: 'openai', name: 'gpt-4.1-mini' }, epochs: 3 }))
    expect(estimate).toMatchObject({
      trials: 12,
      calls: 12,
      cached: 0,
      durationMs: null,
      price: { source: expect.stringContaining('openai.com') },
    })
    expect(estimate.inputTokens).toBeGreaterThan(12 * 100)
    expect(estimate.costUsd).toBeCloseTo((estimate.inputTokens * 0.4 + estimate.outputTokens * 1.6) / 1e6, 8)
    const unknown = await workspace.replays.estimate(
      request({ model: { provider: 'openai', name: 'mine', baseUrl: 'http://127.0.0.1:9/v1' } }),
    )
    expect(unknown).toMatchObject({ calls: 4, costUsd: null, price: null })
    expect(await workspace.replays.list()).toEqual([])
  })

  test('counts the price of the tier that an answer was given in, where the one asked for was left out', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const costOf = async (serviceTier: 'flex' | 'default') => {
      const model = { provider: 'openai' as const, name: 'gpt-4.1-mini', baseUrl: provider.baseUrl, serviceTier }
      const { replay } = await workspace.replays.prepare(request({ model, options: { cache: 'off' } }))
      return (await workspace.replays.run(replay.id)).costUsd
    }
    const atListPrice = await costOf('default')
    expect(atListPrice).toBeGreaterThan(0)
    expect(await costOf('flex')).toBeCloseTo(atListPrice!, 10)
  })

  test('asks the unscored anew, past the cache, and keeps what they were', async () => {
    let refusing = true
    await using provider = await serveProvider(({ body }) => {
      const recorded = JSON.stringify(body.messages).includes('an idiot') && refusing ? 'chat-refusal' : 'chat-ok'
      return readRecorded(recorded)
    })
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { replay } = await workspace.replays.prepare(request({ model: { provider: 'openai', name: 'any', baseUrl: provider.baseUrl } }))
    await workspace.replays.run(replay.id)
    const first = await workspace.replays.report(replay.id)
    expect(first.metrics.unscored).toMatchObject({ refused: 2, unlabelled: 1 })
    refusing = false
    expect(await workspace.replays.retryUnscored(replay.id)).toBe(2)
    expect(await workspace.replays.get(replay.id)).toMatchObject({ status: 'pending', done: 2 })
    await workspace.replays.run(replay.id)
    const second = await workspace.replays.report(replay.id)
    expect(second).toMatchObject({ status: 'finished', done: 4 })
    expect(second.metrics.unscored).toMatchObject({ refused: 0, unlabelled: 1 })
    expect(provider.requests).toHaveLength(6)
    expect(await workspace.replays.retryUnscored(replay.id)).toBe(0)
  })

  test('asks the unscored anew under the options of now, and past the cache also where another process goes on', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-refusal'))
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const model = { provider: 'openai' as const, name: 'gpt-4.1-mini', baseUrl: provider.baseUrl }
    const { replay } = await workspace.replays.prepare(request({ model }))
    await workspace.replays.run(replay.id)
    expect(provider.requests).toHaveLength(4)
    await workspace.replays.retryUnscored(replay.id, { options: { maxCostUsd: 0 } })
    expect(await workspace.replays.run(replay.id)).toMatchObject({
      status: 'cancelled',
      statusReason: expect.stringContaining('The budget of $0'),
    })
    expect(provider.requests).toHaveLength(4)
    expect(await workspace.replays.prepare(request({ model }))).toMatchObject({ continued: true, replay: { id: replay.id } })
    expect(await workspace.replays.run(replay.id)).toMatchObject({ status: 'finished', progress: { cached: 0 } })
    expect(provider.requests).toHaveLength(7)
  })

  test('asking the unscored anew goes on past the cache where it was interrupted', async () => {
    let refusing = true
    await using provider = await serveProvider(() => readRecorded(refusing ? 'chat-refusal' : 'chat-ok'))
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const asked = request({ model: { provider: 'openai', name: 'any', baseUrl: provider.baseUrl } })
    const { replay } = await workspace.replays.prepare(asked)
    await workspace.replays.run(replay.id)
    await workspace.replays.retryUnscored(replay.id)
    refusing = false
    // The same command again, after a kill: the first answers are in the cache, and were no good.
    const again = await workspace.replays.prepare(asked)
    expect(again).toMatchObject({ continued: true, replay: { id: replay.id, status: 'pending' } })
    expect(await workspace.replays.estimate(asked)).toMatchObject({ calls: 3, cached: 0 })
    await workspace.replays.run(replay.id)
    const report = await workspace.replays.report(replay.id)
    expect(report.metrics.unscored.refused).toBe(0)
    expect(provider.requests).toHaveLength(7)
  })

  test('a second replay of the same inputs is served from the cache, and says so', async () => {
    await using provider = await serveProvider(() => readRecorded('chat-ok'))
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const model = { provider: 'openai' as const, name: 'any', baseUrl: provider.baseUrl }
    await workspace.replays.run((await workspace.replays.prepare(request({ model }))).replay.id)
    expect(await workspace.replays.estimate(request({ model }))).toMatchObject({ trials: 4, cached: 4, calls: 0 })
    const again = await workspace.replays.prepare(request({ model, fresh: true }))
    await workspace.replays.run(again.replay.id)
    const report = await workspace.replays.report(again.replay.id)
    expect(report.progress).toMatchObject({ cached: 4, calls: 0 })
    expect(report.latencyMs).toEqual({ p50: null, p95: null })
    expect(provider.requests).toHaveLength(4)
    const off = await workspace.replays.prepare(request({ model, fresh: true, options: { cache: 'off' } }))
    await workspace.replays.run(off.replay.id)
    expect(provider.requests).toHaveLength(8)
  })

  test('a lasting fault leaves the words of the provider and what to do', async () => {
    await using provider = await serveProvider(() => readRecorded('error-401'))
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    const { replay } = await workspace.replays.prepare(request({ model: { provider: 'openai', name: 'any', baseUrl: provider.baseUrl } }))
    await workspace.replays.run(replay.id)
    const report = await workspace.replays.report(replay.id)
    expect(report).toMatchObject({ status: 'failed', done: 0, statusReason: expect.stringContaining('OPENAI_API_KEY') })
    expect(report.statusReason).not.toContain('sk-proj-abc')
  })

  test('a golden set of several thousand cases is replayed with one result a case', async () => {
    await using workspace = await createTestWorkspace()
    await workspace.goldenSets.importCases({
      policySlug: 'chat',
      goldenName: 'edge',
      cases: goldenCases(3_000),
      mode: 'mirror',
      author: 'ana',
      message: 'cases',
    })
    const { replay } = await workspace.replays.prepare(request({ epochs: 2 }))
    await workspace.replays.run(replay.id)
    const report = await workspace.replays.report(replay.id)
    expect(report).toMatchObject({ done: 6_000, total: 6_000 })
    expect(report.metrics.n).toBe(3_000)
  })
})

describe('what cannot be replayed is refused before there is a replay', () => {
  test.each([
    ['an unknown policy', { policySlug: 'nothing' }, 'not-found'],
    ['an unknown golden set', { goldenSet: 'nothing' }, 'not-found'],
    ['an unknown revision', { goldenRevision: 7 }, 'not-found'],
    ['an unknown version', { prompt: { version: 3 } }, 'not-found'],
    ['an empty prompt', { prompt: { text: '  \n' } }, 'invalid-input'],
    ['no epoch', { epochs: 0 }, 'invalid-input'],
    ['a concurrency of 0', { options: { concurrency: 0 } }, 'invalid-input'],
    ['a negative budget', { options: { maxCostUsd: -1 } }, 'invalid-input'],
    ['another model of the bundled provider', { model: { provider: 'touchstone' as const, name: 'oracle' } }, 'invalid-input'],
    ['OpenAI without a key', { model: { provider: 'openai' as const, name: 'gpt-5-mini' } }, 'configuration'],
    [
      'a budget for a model without a known price',
      { model: { provider: 'openai' as const, name: 'mine', baseUrl: 'http://127.0.0.1:9/v1' }, options: { maxCostUsd: 1 } },
      'configuration',
    ],
  ] as Array<[string, Partial<ReplayRequest>, string]>)('%s', async (_, changes, code) => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, cases)
    await expect(workspace.replays.prepare(request(changes))).rejects.toMatchObject({ code })
    expect(await workspace.replays.list()).toEqual([])
  })

  test('a golden set without cases', async () => {
    await using workspace = await createTestWorkspace()
    await seed(workspace, [['a', 'allowed']])
    await workspace.goldenSets.deleteCase('chat', 'edge', { caseId: 'c0', author: 'ana', message: 'gone' })
    await expect(workspace.replays.prepare(request())).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
