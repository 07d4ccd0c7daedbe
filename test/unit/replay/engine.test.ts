import { describe, expect, test } from 'vitest'
import { runReplay } from '~/replay/engine'
import type { ReplayRunOptions } from '~/replay/engine'
import { ModelCallError } from '~/replay/ports'
import type { ReplayEvent, TrialResult } from '~/replay/ports'
import { trialResult } from '../../support/replays'
import { answerOf, createWorld, keyOf, makeCase, verdictText } from '../../support/replay-world'

const owner = 'test'
const transient = (status: number, extra: Partial<ModelCallError['details']> = {}) =>
  new ModelCallError(`HTTP ${status}`, { kind: 'transient', status, limits: {}, ...extra })

async function run(world: ReturnType<typeof createWorld>, options: Partial<ReplayRunOptions> = {}, signal?: AbortSignal) {
  const events: ReplayEvent[] = []
  const end = await runReplay(world.ports, 'replay-1', { owner, ...options }, (event) => events.push(event), signal)
  return { ...end, events, types: events.map((event) => event.type) }
}

describe('a replay', () => {
  test('asks every case once, commits each result and ends finished', async () => {
    const world = createWorld({ caseCount: 500 })
    const end = await run(world)
    expect(end).toMatchObject({ status: 'finished', reason: null })
    expect(end.progress).toMatchObject({ total: 500, done: 500, calls: 500, cached: 0 })
    expect(end.progress.outcomes).toMatchObject({ correct: 250, wrong: 250 })
    expect(new Set(world.calls.map((call) => call.content)).size).toBe(500)
    expect(world.store.claims.size).toBe(0)
    expect(end.types[0]).toBe('started')
    expect(end.types.at(-1)).toBe('ended')
    expect(end.types.filter((type) => type === 'trial')).toHaveLength(500)
  })

  test('of no cases ends finished', async () => {
    expect(await run(createWorld({ caseCount: 0 }))).toMatchObject({ status: 'finished' })
  })

  test('asks every epoch anew, whatever the cache has of the others', async () => {
    const world = createWorld({ caseCount: 10, epochs: 3 })
    await run(world)
    expect(world.calls).toHaveLength(30)
    expect(world.store.results.size).toBe(30)
    expect(world.cache.entries.size).toBe(30)
  })

  test('served from the cache makes no call, and keeps the original latency and cost', async () => {
    const world = createWorld({ caseCount: 40, latencyMs: 120, ports: { price: () => 0.5 } })
    await run(world)
    const again = createWorld({ caseCount: 40, ports: { cache: world.cache, price: () => 0.5 } })
    const end = await run(again)
    expect(again.calls).toHaveLength(0)
    expect(end.progress).toMatchObject({ cached: 40, calls: 0, costUsd: 0 })
    expect(again.store.results.get(keyOf('case-00007', 1))).toMatchObject({ cached: true, latencyMs: 120, costUsd: 0.5, calls: 0 })
  })

  test('with cacheUse "refresh" asks again and keeps the new answer', async () => {
    const world = createWorld({ caseCount: 3 })
    await run(world)
    const again = createWorld({ caseCount: 3, ports: { cache: world.cache }, respond: () => answerOf(verdictText('allowed')) })
    await run(again, { cacheUse: 'refresh' })
    expect(again.calls).toHaveLength(3)
    expect([...world.cache.entries.values()].every((entry) => entry.answer.text.includes('allowed'))).toBe(true)
  })

  test('never has more calls under way than its bound, answers not yet committed included', async () => {
    const world = createWorld({ caseCount: 300, latencyMs: 50 })
    let worst = 0
    const { commit } = world.store
    world.store.commit = async (...parameters) => {
      worst = Math.max(worst, world.calls.length - world.store.results.size)
      await world.clock.sleep(20)
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
    }
    await run(world, { concurrency: 12 })
    expect(world.peak.inFlight).toBeLessThanOrEqual(12)
    expect(worst).toBeLessThanOrEqual(12)
  })

  test('at a distance no slot waits: all calls of one round are committed and replaced before time passes', async () => {
    const world = createWorld({ caseCount: 400, latencyMs: 200 })
    await run(world, { concurrency: 100, startConcurrency: 100 })
    // Four rounds of a hundred calls, and nothing between them.
    expect(new Set(world.calls.map(({ startedMs }) => startedMs))).toEqual(new Set([0, 200, 400, 600]))
  })

  test('lets the client get ready before the first call and not within it, and not at all where nothing is asked', async () => {
    const world = createWorld({ caseCount: 20, latencyMs: 50 })
    const happened: string[] = []
    const { client } = world.ports
    const ports = {
      ...world.ports,
      client: {
        configuration: client.configuration,
        prepare: async () => {
          await world.clock.sleep(500)
          happened.push('ready')
        },
        answer: async (request: Parameters<typeof client.answer>[0]) => {
          happened.push('call')
          return await client.answer(request)
        },
      },
    }
    const results: TrialResult[] = []
    await runReplay(ports, 'replay-1', { owner, concurrency: 4 }, (event) => {
      if (event.type === 'trial') results.push(event.result)
    })
    expect(happened).toEqual(['ready', ...Array.from({ length: 20 }, () => 'call')])
    expect(new Set(results.map(({ latencyMs }) => latencyMs))).toEqual(new Set([50]))

    const again = createWorld({ caseCount: 20, latencyMs: 50, ports: { cache: world.cache, client: ports.client } })
    await run(again, { concurrency: 4 })
    expect(happened).toHaveLength(21)
  })

  test('commits as one group what came in one turn, and no slot waits for more', async () => {
    const world = createWorld({ caseCount: 400, latencyMs: 50 })
    const { commit } = world.store
    const groups: number[] = []
    world.store.commit = async (...parameters) => {
      groups.push(parameters[1].length)
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
    }
    await run(world, { concurrency: 40, startConcurrency: 40 })
    expect(groups).toEqual(Array.from({ length: 10 }, () => 40))
  })

  test('answers follow their results into the cache within a tenth of a second, and all of them before the end', async () => {
    const world = createWorld({ caseCount: 60, latencyMs: 30 })
    const { putMany } = world.cache
    const late: number[] = []
    let committedMs: number | null = null
    const { commit } = world.store
    world.store.commit = async (...parameters) => {
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
      committedMs ??= world.clock.monotonicMs()
    }
    world.cache.putMany = async (...parameters) => {
      if (committedMs !== null) late.push(world.clock.monotonicMs() - committedMs)
      committedMs = null
      await putMany.apply(world.cache, parameters)
    }
    await run(world, { concurrency: 4 })
    expect(late.length).toBeGreaterThan(1)
    expect(Math.max(...late)).toBeLessThanOrEqual(100)
    expect(world.cache.entries.size).toBe(60)
  })

  test('tells progress from the store at most five times a second', async () => {
    const world = createWorld({ caseCount: 400, latencyMs: 100 })
    const times: number[] = []
    await runReplay(world.ports, 'replay-1', { owner, concurrency: 4 }, (event) => {
      if (event.type === 'progress') times.push(world.clock.monotonicMs())
    })
    const withoutLast = times.slice(0, -1)
    expect(withoutLast.length).toBeGreaterThan(5)
    expect(withoutLast.slice(1).every((time, index) => time - withoutLast[index]! >= 199)).toBe(true)
  })
})

describe('unscored', () => {
  test.each([
    ['refused', answerOf('', { finish: 'refusal', refusal: 'I cannot help with that.' })],
    ['contentFilter', answerOf('', { finish: 'content-filter' })],
    ['truncated', answerOf('{"label": "viol', { finish: 'length' })],
    ['unparseable', answerOf('Sure! Here is my thinking -- {"label": ')],
  ])('%s is counted under its reason, with words', async (reason, answer) => {
    const world = createWorld({ caseCount: 2, respond: () => answer })
    const end = await run(world)
    expect(end.progress.outcomes).toMatchObject({ [reason]: 2, correct: 0, wrong: 0 })
    expect(world.store.results.get(keyOf('case-00000', 1))!.detail).not.toBe('')
    expect(world.calls).toHaveLength(2)
  })

  test('a case without an expected verdict is unlabelled, and its verdict is kept', async () => {
    const world = createWorld({ caseCount: 1, cases: [makeCase(0, { expected: null })] })
    await run(world)
    expect(world.store.results.get(keyOf('case-00000', 1))).toMatchObject({ outcome: 'unlabelled', verdict: { label: 'violates' } })
  })

  test('one repair, when allowed, that says what was wrong', async () => {
    const world = createWorld({
      caseCount: 1,
      model: { repair: true },
      respond: ({ messages }) => {
        if (messages.length === 2) return answerOf('maybe')
        expect(messages.at(-2)).toEqual({ role: 'assistant', content: 'maybe' })
        expect(messages.at(-1)!.content).toContain('could not be read')
        return answerOf(verdictText('violates'))
      },
    })
    await run(world)
    expect(world.store.results.get(keyOf('case-00000', 1))).toMatchObject({ calls: 2, inputTokens: 200, verdict: { label: 'violates' } })
  })

  test('a repair that fails too is unparseable after two calls, not more', async () => {
    const world = createWorld({ caseCount: 1, model: { repair: true }, respond: () => answerOf('maybe') })
    await run(world)
    expect(world.calls).toHaveLength(2)
    expect(world.store.results.get(keyOf('case-00000', 1))).toMatchObject({ outcome: 'unparseable', calls: 2 })
  })

  test('a repair that gets no answer leaves the first one, with its reason and its cost', async () => {
    const world = createWorld({
      caseCount: 1,
      model: { repair: true },
      ports: { price: () => 0.5 },
      respond: ({ messages }) => {
        if (messages.length === 2) return answerOf('maybe')
        throw new ModelCallError('the text is too long', { kind: 'request', status: 400, limits: {} })
      },
    })
    await run(world)
    expect(world.store.results.get(keyOf('case-00000', 1))).toMatchObject({
      outcome: 'unparseable',
      rawAnswer: 'maybe',
      costUsd: 0.5,
      calls: 2,
      detail: expect.stringMatching(/no JSON object.*too long/),
    })
    expect(world.cache.entries.size).toBe(0)
  })

  test('a request that the provider does not take is an error of that case alone', async () => {
    const world = createWorld({
      caseCount: 20,
      respond: (_, { content }) => {
        if (content.endsWith(' 7')) throw new ModelCallError('the text is too long', { kind: 'request', status: 400, limits: {} })
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world)
    expect(end.status).toBe('finished')
    expect(end.progress.outcomes.error).toBe(1)
    expect(world.store.results.get(keyOf('case-00007', 1))).toMatchObject({ outcome: 'error', detail: 'the text is too long', calls: 1 })
    expect(world.cache.entries.size).toBe(19)
  })
})

describe('faults that may pass', () => {
  test('are tried again until there is an answer, and the calls are counted', async () => {
    const failures = new Map<string, number>()
    const world = createWorld({
      caseCount: 200,
      respond: (_, { content, number }) => {
        const failed = failures.get(content) ?? 0
        if (failed < 2 && number % 3 === 0) {
          failures.set(content, failed + 1)
          throw transient(500)
        }
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world)
    expect(end.status).toBe('finished')
    expect(end.progress.outcomes).toMatchObject({ correct: 100, wrong: 100, error: 0 })
    expect(end.progress.calls).toBe(world.calls.length)
  })

  test('retry-after is obeyed, and the case that waits holds no slot', async () => {
    const seen = new Map<string, number>()
    const world = createWorld({
      caseCount: 30,
      latencyMs: 10,
      respond: (_, { content }) => {
        if (content.endsWith(' 0') && !seen.has(content)) {
          seen.set(content, world.clock.monotonicMs())
          throw transient(429, { rateLimited: true, limits: { retryAfterMs: 5_000 } })
        }
        return answerOf(verdictText('violates'))
      },
    })
    await run(world, { concurrency: 1 })
    const [first, second] = world.calls.filter((call) => call.content.endsWith(' 0'))
    expect(second!.startedMs - first!.endedMs!).toBeGreaterThanOrEqual(5_000)
    const others = world.calls.filter((call) => !call.content.endsWith(' 0'))
    expect(others.every((call) => call.endedMs! < second!.startedMs)).toBe(true)
  })

  test('a case that never gets an answer is given up within its time, and the others are not', async () => {
    const world = createWorld({
      caseCount: 40,
      respond: (_, { content }) => {
        if (content.endsWith(' 3')) throw transient(500)
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { retryBudgetMs: 20_000, concurrency: 4 })
    expect(end.status).toBe('finished')
    expect(end.progress.outcomes.error).toBe(1)
    expect(world.store.results.get(keyOf('case-00003', 1))!.detail).toMatch(/given up after \d+ attempts: HTTP 500/)
  })

  test.each([
    ['among many', 40, [3]],
    ['several among few', 30, [3, 11, 12, 19, 25, 27]],
    ['the last one', 20, [19]],
    ['the last three', 20, [17, 18, 19]],
  ])('requests that the provider never answers do not hold the others, nor the end: %s', async (_, caseCount, broken) => {
    const world = createWorld({
      caseCount,
      latencyMs: 20,
      respond: (_request, { content }) => {
        if (broken.some((index) => content.endsWith(` ${index}`))) throw transient(500)
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { patienceMs: 600_000 })
    expect(end).toMatchObject({ status: 'finished', progress: { done: caseCount, outcomes: { error: broken.length } } })
  })

  test('a server that is gone when hardly anything is left to ask burns none of it', async () => {
    const world = createWorld({
      caseCount: 20,
      latencyMs: 20,
      respond: (_request, { content }) => {
        const isLate = / 1[6-9]$/.test(content)
        if (isLate && world.clock.monotonicMs() < 500_000) throw new ModelCallError('nobody there', { kind: 'transient', limits: {} })
        return answerOf(verdictText('violates'))
      },
    })
    expect(await run(world, { patienceMs: 600_000 })).toMatchObject({ status: 'finished', progress: { done: 20, outcomes: { error: 0 } } })
  })

  test('a call that hung until its deadline is made once more, though its time is used up', async () => {
    let hung = false
    const world = createWorld({
      caseCount: 3,
      respond: async ({ signal }, { content }) => {
        if (!hung && content.endsWith(' 1')) {
          hung = true
          await world.clock.sleep(10_000_000, signal)
        }
        return answerOf(verdictText('violates'))
      },
    })
    expect(await run(world)).toMatchObject({ status: 'finished', progress: { calls: 4, outcomes: { error: 0 } } })
  })

  test('a retry-after that is longer than a case is tried for is waited for', async () => {
    const world = createWorld({
      caseCount: 10,
      latencyMs: 10,
      respond: (_, { number }) => {
        if (number <= 4) throw transient(429, { rateLimited: true, limits: { retryAfterMs: 400_000 } })
        return answerOf(verdictText('violates'))
      },
    })
    expect(await run(world)).toMatchObject({ status: 'finished', progress: { done: 10, outcomes: { error: 0 } } })
  })

  test('a provider that does nothing but fail pauses the replay with its reason; nothing is burnt, and it goes on', async () => {
    let down = false
    const world = createWorld({
      caseCount: 300,
      latencyMs: 20,
      respond: (_, { number }) => {
        if (number === 100) {
          down = true
          void world.clock.sleep(90_000).then(() => {
            down = false
          })
        }
        if (down) throw transient(503)
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { concurrency: 16, retryBudgetMs: 60_000 })
    expect(end.status).toBe('finished')
    expect(end.progress.outcomes.error).toBe(0)
    expect(end.types).toContain('paused')
    expect(end.types.indexOf('resumed')).toBeGreaterThan(end.types.indexOf('paused'))
    expect(world.store.statuses).toContainEqual({ status: 'paused', reason: 'HTTP 503' })
    // While it was down only a few calls were made, not one after the other.
    expect(world.calls.length).toBeLessThan(300 + 60)
  })

  test('a provider that only fails is waited for as long as the run has patience, then the replay fails with its reason', async () => {
    const world = createWorld({
      caseCount: 20,
      respond: () => {
        throw transient(500)
      },
    })
    const end = await run(world, { patienceMs: 120_000 })
    expect(end).toMatchObject({ status: 'failed', progress: { done: 0 } })
    expect(end.reason).toMatch(/^HTTP 500\. It has done nothing but fail for \d+ s\.$/)
    expect(world.clock.monotonicMs()).toBeLessThan(200_000)
  })

  test('a server that answers nothing but strange bodies ends the replay soon, with what to do', async () => {
    const world = createWorld({
      caseCount: 1_000,
      latencyMs: 5,
      respond: () => {
        throw transient(200, { mostAttempts: 3, advice: 'Check the base URL.' })
      },
    })
    const end = await run(world)
    expect(end).toMatchObject({ status: 'failed', reason: 'HTTP 200 Check the base URL.' })
    expect(world.clock.monotonicMs()).toBeLessThan(10_000)
    expect(end.types).not.toContain('paused')
  })

  test('a server whose first answer to each case is strange is only asked again', async () => {
    const asked = new Set<string>()
    const world = createWorld({
      caseCount: 300,
      latencyMs: 5,
      respond: (_, { content }) => {
        if (asked.has(content)) return answerOf(verdictText('violates'))
        asked.add(content)
        throw transient(200, { mostAttempts: 3, advice: 'Check the base URL.' })
      },
    })
    expect(await run(world)).toMatchObject({ status: 'finished', progress: { done: 300, calls: 600, outcomes: { error: 0 } } })
  })

  test('only failures of that kind count for it: the load of a storm does not', async () => {
    const tries = new Map<string, number>()
    const world = createWorld({
      caseCount: 60,
      respond: (_, { content }) => {
        const attempt = (tries.get(content) ?? 0) + 1
        tries.set(content, attempt)
        if (attempt <= 4) throw transient(500)
        if (attempt === 5) throw transient(200, { mostAttempts: 3 })
        return answerOf(verdictText('violates'))
      },
    })
    expect(await run(world)).toMatchObject({ status: 'finished', progress: { done: 60, outcomes: { error: 0 } } })
  })

  test('a failure that says after how many attempts to give up is given up then', async () => {
    const world = createWorld({
      caseCount: 40,
      respond: (_, { content }) => {
        if (content.endsWith(' 3')) throw transient(200, { mostAttempts: 3 })
        return answerOf(verdictText('violates'))
      },
    })
    await run(world, { concurrency: 4 })
    expect(world.store.results.get(keyOf('case-00003', 1))).toMatchObject({ outcome: 'error', calls: 3 })
  })

  test('a call without an end is ended by its deadline and tried again', async () => {
    let hung = 0
    const world = createWorld({
      caseCount: 5,
      respond: async ({ signal }, { content }) => {
        if (content.endsWith(' 2') && hung++ === 0)
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { callTimeoutMs: 10_000 })
    expect(end.progress).toMatchObject({ done: 5, calls: 6 })
  })
})

describe('faults that last', () => {
  test('stop the replay at once with the words of the provider and what to do', async () => {
    const world = createWorld({
      caseCount: 1000,
      latencyMs: 5,
      respond: () => {
        throw new ModelCallError('Incorrect API key.', { kind: 'lasting', status: 401, limits: {}, advice: 'Set OPENAI_API_KEY.' })
      },
    })
    const end = await run(world)
    expect(end).toMatchObject({ status: 'failed', reason: 'Incorrect API key. Set OPENAI_API_KEY.' })
    expect(world.store.results.size).toBe(0)
    expect(world.store.claims.size).toBe(0)
    expect(world.calls.length).toBeLessThanOrEqual(8)
  })
})

describe('stopping', () => {
  test('an abort keeps what is done, gives the rest back, and a second run asks only the rest', async () => {
    const controller = new AbortController()
    const world = createWorld({
      caseCount: 200,
      latencyMs: 10,
      respond: (_, { number }) => {
        if (number === 60) controller.abort(new Error('interrupted'))
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { concurrency: 10 }, controller.signal)
    expect(end).toMatchObject({ status: 'cancelled', reason: 'interrupted' })
    expect(world.store.claims.size).toBe(0)
    const firstCalls = world.calls.length
    expect(world.store.results.size).toBe(firstCalls)
    expect(await run(world, { owner: 'second' })).toMatchObject({ status: 'finished' })
    expect(world.calls).toHaveLength(200)
  })

  test('calls under way are waited for, but not for ever', async () => {
    const controller = new AbortController()
    const world = createWorld({
      caseCount: 20,
      respond: async ({ signal }, { number }) => {
        if (number === 5) controller.abort()
        if (number === 6) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { concurrency: 6, graceMs: 3_000 }, controller.signal)
    expect(end.status).toBe('cancelled')
    expect(world.store.results.has(keyOf('case-00005', 1))).toBe(false)
  })

  test('a cancel request from another process is noticed', async () => {
    const world = createWorld({
      caseCount: 10_000,
      latencyMs: 50,
      respond: (_, { number }) => {
        if (number === 40) world.store.cancelRequested = true
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { concurrency: 4 })
    expect(end.status).toBe('cancelled')
    expect(world.calls.length).toBeLessThan(200)
  })

  test('stops before the budget is passed, says so, and goes on with a larger one', async () => {
    const world = createWorld({ caseCount: 100, latencyMs: 10, ports: { price: () => 0.01, estimateCallUsd: () => 0.012 } })
    const end = await run(world, { maxCostUsd: 0.5 })
    expect(end.status).toBe('cancelled')
    expect(end.reason).toContain('budget of $0.5')
    expect(end.progress.costUsd).toBeLessThanOrEqual(0.5)
    expect(end.progress.costUsd).toBeGreaterThan(0.45)
    expect(await run(world, { owner: 'second', maxCostUsd: 2 })).toMatchObject({ status: 'finished' })
    expect(world.calls).toHaveLength(100)
  })
})

describe('several runs', () => {
  test('two processes on one replay share the work without doing it twice', async () => {
    const world = createWorld({ caseCount: 2_000, latencyMs: 10 })
    const ends = await Promise.all([run(world, { owner: 'a' }), run(world, { owner: 'b' })])
    expect(ends.map((end) => end.status)).toEqual(['finished', 'finished'])
    expect(world.calls).toHaveLength(2_000)
  })

  test('claims of a process that died expire and are taken over', async () => {
    const world = createWorld({ caseCount: 50 })
    await world.store.claimPending({ replayId: 'replay-1', owner: 'dead', limit: 20, nowMs: world.clock.nowMs(), leaseMs: 30_000 })
    expect(await run(world)).toMatchObject({ status: 'finished' })
    expect(world.store.results.size).toBe(50)
    expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(30_000)
  })

  test('claims of a process that is known to have died meanwhile are not waited for', async () => {
    const { store, clock, ports } = createWorld({ caseCount: 50 })
    await store.claimPending({ replayId: 'replay-1', owner: 'dead', limit: 20, nowMs: clock.nowMs(), leaseMs: 30_000 })
    const releaseDead = async () => {
      if (clock.monotonicMs() >= 2_000) await store.releaseClaims({ replayId: 'replay-1', owner: 'dead' })
    }
    expect(await runReplay({ ...ports, releaseDead }, 'replay-1', { owner })).toMatchObject({ status: 'finished' })
    expect(store.results.size).toBe(50)
    expect(clock.monotonicMs()).toBeLessThan(5_000)
  })

  test('a machine that slept past its claims leaves to another process what that one took over', async () => {
    let asleep = false
    const takenOver = new Set<string>()
    const world = createWorld({
      caseCount: 60,
      latencyMs: 10,
      respond: async (_, { number }) => {
        if (number === 6) {
          asleep = true
          world.clock.fallAsleep(60_000)
          const claim = { replayId: 'replay-1', owner: 'other', limit: 40, nowMs: world.clock.nowMs(), leaseMs: 30_000 }
          const taken = await world.store.claimPending(claim)
          for (const trial of taken) takenOver.add(trial.case.content)
          await world.store.commit(
            'replay-1',
            taken.slice(0, 30).map((trial) => trialResult({ caseId: trial.case.id })),
          )
        }
        // What was under way is cut off by the sleep.
        if (asleep && number <= 8) throw transient(503)
        return answerOf(verdictText('violates'))
      },
    })
    const end = await run(world, { concurrency: 4, startConcurrency: 4 })
    expect(end).toMatchObject({ status: 'finished', progress: { done: 60 } })
    const wakingCalls = world.calls.filter(({ startedMs }) => startedMs > world.calls[7]!.startedMs)
    const soon = wakingCalls.filter(({ startedMs }) => startedMs < 20_000)
    expect(soon.length).toBeGreaterThan(10)
    expect(soon.filter(({ content }) => takenOver.has(content))).toEqual([])
    // The ten that the other took and never finished are asked once its claims are over.
    expect(wakingCalls.filter(({ content }) => takenOver.has(content))).toHaveLength(10)
  })

  test('claims of a long call are renewed, so that nobody takes it over', async () => {
    const world = createWorld({ caseCount: 4, latencyMs: 100_000 })
    const ends = await Promise.all([run(world, { owner: 'a', concurrency: 4 }), run(world, { owner: 'b', concurrency: 4 })])
    expect(ends.map((end) => end.status)).toEqual(['finished', 'finished'])
    expect(world.calls).toHaveLength(4)
  })

  test('replays of one provider share its limit fairly', async () => {
    const first = createWorld({ caseCount: 400, latencyMs: 20 })
    const second = createWorld({ caseCount: 400, latencyMs: 20 })
    Object.assign(second.ports, { clock: first.clock, gate: first.ports.gate, client: { ...first.ports.client } })
    let firstDone = 0
    let secondWhenFirstDone = 0
    await Promise.all([
      run(first, { owner: 'a', concurrency: 10 }).then(() => {
        firstDone = first.store.results.size
        secondWhenFirstDone = second.store.results.size
      }),
      run(second, { owner: 'b', concurrency: 10 }),
    ])
    expect(first.peak.inFlight).toBeLessThanOrEqual(10)
    expect(firstDone).toBe(400)
    expect(secondWhenFirstDone).toBeGreaterThan(300)
  })
})

describe('a store in trouble', () => {
  test('a disk that is full for a while pauses the replay, says why, and loses nothing', async () => {
    const world = createWorld({
      caseCount: 120,
      latencyMs: 10,
      ports: { describeTrouble: (error) => (error instanceof Error && error.message === 'FULL' ? 'The disk is full.' : null) },
    })
    const { commit } = world.store
    let failed = 0
    world.store.commit = async (...parameters) => {
      if (world.store.results.size >= 40 && failed < 3) {
        failed++
        throw new Error('FULL')
      }
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
    }
    const end = await run(world)
    expect(end.status).toBe('finished')
    expect(failed).toBe(3)
    expect(end.events).toContainEqual(expect.objectContaining({ type: 'paused', reason: 'The disk is full.' }))
    expect(end.types).toContain('resumed')
    expect(world.calls).toHaveLength(120)
    expect(world.store.results.size).toBe(120)
  })

  const fullDisk = {
    describeTrouble: (error: unknown) => (error instanceof Error && error.message === 'FULL' ? 'The disk is full.' : null),
  }

  test('two writes that wait for the same disk are one pause', async () => {
    const world = createWorld({ caseCount: 120, latencyMs: 10, ports: fullDisk })
    const { commit } = world.store
    const { putMany } = world.cache
    const isFull = () => world.clock.monotonicMs() >= 100 && world.clock.monotonicMs() < 2_000
    world.store.commit = async (...parameters) => {
      if (isFull()) throw new Error('FULL')
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
    }
    world.cache.putMany = async (...parameters) => {
      if (isFull()) throw new Error('FULL')
      await putMany.apply(world.cache, parameters)
    }
    const { events, status } = await run(world, { concurrency: 4 })
    expect(status).toBe('finished')
    const pauses = events.flatMap((event) => (event.type === 'paused' ? [event.untilMs] : []))
    expect(new Set(pauses).size).toBe(pauses.length)
    // One for each attempt, the first after a second and the next after two more.
    expect(pauses).toHaveLength(2)
    expect(events.filter(({ type }) => type === 'resumed')).toHaveLength(1)
  })

  test('who wants to stop does not wait for a disk that stays full', async () => {
    const controller = new AbortController()
    const world = createWorld({ caseCount: 120, latencyMs: 10, ports: fullDisk })
    const { commit } = world.store
    world.store.commit = async (...parameters) => {
      if (world.store.results.size >= 40) {
        controller.abort()
        throw new Error('FULL')
      }
      await commit.apply(world.store, parameters as unknown as Parameters<typeof commit>)
    }
    await expect(run(world, { graceMs: 3_000 }, controller.signal)).rejects.toThrow('FULL')
    expect(world.clock.monotonicMs()).toBeLessThan(60_000)
  })

  test('how it ended is written once the disk lets it', async () => {
    const world = createWorld({ caseCount: 10, ports: fullDisk })
    const { releaseClaims } = world.store
    let failed = 0
    world.store.releaseClaims = async (...parameters) => {
      if (failed++ < 3) throw new Error('FULL')
      await releaseClaims.apply(world.store, parameters)
    }
    const end = await run(world)
    expect(end.status).toBe('finished')
    expect(end.events).toContainEqual(expect.objectContaining({ type: 'paused', reason: 'The disk is full.' }))
    expect(world.store.statuses.at(-1)).toEqual({ status: 'finished', reason: null })
    expect(world.store.claims.size).toBe(0)
  })

  test('any other error of the store ends the run with that error', async () => {
    const world = createWorld({ caseCount: 10 })
    world.store.commit = async () => {
      throw new TypeError('a bug')
    }
    await expect(run(world)).rejects.toThrow('a bug')
  })
})

test('a concurrency below 1 is refused with its value', async () => {
  await expect(run(createWorld({ caseCount: 1 }), { concurrency: 0 })).rejects.toThrow('got 0')
})
