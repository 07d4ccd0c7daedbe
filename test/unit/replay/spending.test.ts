import { describe, expect, test } from 'vitest'
import { runReplay } from '~/replay/engine'
import type { SpendingGrant, SpendingLedger } from '~/replay/ports'
import { Spending } from '~/replay/spending'
import { answerOf, createWorld, verdictText } from '../../support/replay-world'

const grant = (changes: Partial<SpendingGrant> = {}): SpendingGrant => ({ ceilingUsd: 10, usd: 1, spentUsd: 9, othersUsd: 0, ...changes })

describe('what a run may spend of a ceiling', () => {
  test('calls go out within what was granted; beyond it the ledger is asked, once', () => {
    const spending = new Spending(null, 0)
    expect(spending.isLimited).toBe(false)
    spending.accept(grant(), 0)
    expect(spending.isLimited).toBe(true)
    expect(spending.ask(0.6)).toBe('yes')
    spending.reserve(0.6)
    expect(spending.ask(0.6)).toBe('wait')
    spending.settle(0.6, 0.5)
    expect(spending.ask(0.6)).toBe('ledger')
    spending.accept(grant({ usd: spending.heldUsd }), spending.heldUsd)
    expect(spending.ask(0.6)).toBe('never')
    expect(spending.describe()).toMatch(/ceiling of \$10 .*\$9\.00.*touchstone budget/)
  })

  test('what other runs hold may come back: it is waited for', () => {
    const spending = new Spending(null, 0)
    spending.accept(grant({ usd: 0, othersUsd: 0.5 }), 0)
    expect(spending.ask(0.1)).toBe('wait')
    spending.refresh()
    expect(spending.ask(0.1)).toBe('ledger')
  })

  test('holds what is under way, and what ended until the store has it; an unknown cost for good', () => {
    const spending = new Spending(null, 0)
    spending.accept(grant({ usd: 5 }), 0)
    spending.reserve(1)
    spending.reserve(1)
    expect(spending.heldUsd).toBe(2)
    spending.settle(1, 0.25)
    expect(spending.heldUsd).toBe(1.25)
    spending.commit(0.25)
    expect(spending.heldUsd).toBe(1)
    spending.settle(1, null)
    expect(spending.heldUsd).toBe(1)
    expect(spending.spent).toBe(1.25)
  })
})

/** A ledger over the trials of some worlds, as the database is over all replays. */
function sharedLedger(ceilingUsd: number, spentUsd: () => number) {
  const held = new Map<string, number>()
  const state = { ceilingUsd: ceilingUsd as number | null }
  const ledger: SpendingLedger = {
    ceilingUsd: () => state.ceilingUsd,
    async reserve({ owner, heldUsd, wantedUsd }) {
      const mine = heldUsd()
      if (state.ceilingUsd === null) return { grant: grant({ ceilingUsd: null, usd: Infinity }), heldUsd: mine }
      const othersUsd = [...held].reduce((sum, [name, usd]) => sum + (name === owner ? 0 : usd), 0)
      const free = Math.max(0, state.ceilingUsd - spentUsd() - othersUsd - mine)
      const usd = mine + Math.min(free, Math.max(wantedUsd, free / 4))
      held.set(owner, usd)
      return { grant: { ceilingUsd: state.ceilingUsd, usd, spentUsd: spentUsd(), othersUsd }, heldUsd: mine }
    },
    renew: async () => undefined,
    release: async (owner) => void held.delete(owner),
  }
  return { ledger, state, held }
}

describe('replays under a ceiling', () => {
  const world = (caseCount: number) => createWorld({ caseCount, latencyMs: 20, respond: () => answerOf(verdictText('violates')) })
  const spentOf = (one: ReturnType<typeof world>) => [...one.store.results.values()].reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)

  test('one stops before it passes the ceiling, says why, and goes on with a higher one', async () => {
    const one = world(200)
    const { ledger, state, held } = sharedLedger(0.05, () => spentOf(one))
    const ports = { ...one.ports, ledger, price: () => 0.001, estimateCallUsd: () => 0.0012 }
    const end = await runReplay(ports, 'replay-1', { owner: 'a', concurrency: 8 })
    expect(end).toMatchObject({ status: 'cancelled', reason: expect.stringContaining('ceiling of $0.05') })
    expect(spentOf(one)).toBeGreaterThan(0.045)
    expect(spentOf(one)).toBeLessThanOrEqual(0.05)
    expect(held.size).toBe(0)
    state.ceilingUsd = null
    expect(await runReplay(ports, 'replay-1', { owner: 'b', concurrency: 8 })).toMatchObject({
      status: 'finished',
      progress: { done: 200 },
    })
  })

  test('two at one time stay under it together', async () => {
    const first = world(200)
    const second = createWorld({ caseCount: 200, latencyMs: 20, respond: () => answerOf(verdictText('violates')), clock: first.clock })
    const { ledger } = sharedLedger(0.1, () => spentOf(first) + spentOf(second))
    const money = { ledger, price: () => 0.001, estimateCallUsd: () => 0.0012 }
    const ends = await Promise.all([
      runReplay({ ...first.ports, ...money }, 'replay-1', { owner: 'a', concurrency: 16 }),
      runReplay({ ...second.ports, ...money }, 'replay-1', { owner: 'b', concurrency: 16 }),
    ])
    expect(ends.map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
    const spent = spentOf(first) + spentOf(second)
    expect(spent).toBeLessThanOrEqual(0.1 + 1e-9)
    expect(spent).toBeGreaterThan(0.09)
  })

  test('one that is set while a replay runs stops it', async () => {
    const one = createWorld({ caseCount: 3_000, latencyMs: 100, respond: () => answerOf(verdictText('violates')) })
    const { ledger, state } = sharedLedger(0, () => spentOf(one))
    state.ceilingUsd = null
    void one.clock.sleep(3_000).then(() => {
      state.ceilingUsd = 0
    })
    const end = await runReplay({ ...one.ports, ledger, price: () => 0.001, estimateCallUsd: () => 0.001 }, 'replay-1', {
      owner: 'a',
      concurrency: 4,
    })
    expect(end.status).toBe('cancelled')
    expect(end.progress.done).toBeGreaterThan(0)
    expect(end.progress.done).toBeLessThan(3_000)
  })
})
