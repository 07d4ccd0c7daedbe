import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isUnsaved,
  nextDraftState,
  nextSaveDelayMs,
  startDraft,
  type DraftAction,
  type DraftState,
  type SavedDraft,
} from '~/components/policy/draft-state'

const saved = (text: string, revision: number): SavedDraft => ({
  text,
  revision,
  textHash: `hash of ${text}`,
  sameAsVersion: null,
  baseVersion: { number: 1 },
  updatedAt: revision,
})
const run = (state: DraftState, ...actions: DraftAction[]) => actions.reduce(nextDraftState, state)

describe('saving a draft', () => {
  test('what is typed while a save is on its way is saved next', () => {
    const state = run(startDraft(saved('a', 1)), { type: 'edit', text: 'ab' }, { type: 'send' }, { type: 'edit', text: 'abc' })
    expect(nextSaveDelayMs(state)).toBeNull()
    const after = run(state, { type: 'saved', draft: saved('ab', 2) })
    expect(after.text).toBe('abc')
    expect(isUnsaved(after)).toBe(true)
    expect(nextSaveDelayMs(after)).toBe(500)
  })

  test('a failing save is tried again, ever more rarely, and says why', () => {
    let state = run(startDraft(saved('a', 1)), { type: 'edit', text: 'b' })
    const delays = Array.from({ length: 8 }, () => {
      state = run(state, { type: 'send' }, { type: 'failed', problem: 'The server cannot be reached.' })
      return nextSaveDelayMs(state)
    })
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(state).toMatchObject({ phase: 'failing', problem: 'The server cannot be reached.', text: 'b' })
    expect(run(state, { type: 'send' }, { type: 'saved', draft: saved('b', 2) })).toMatchObject({
      phase: 'idle',
      problem: null,
      failures: 0,
    })
  })

  test('a conflict keeps both texts and saves nothing until one is chosen', () => {
    const state = run(
      startDraft(saved('a', 1)),
      { type: 'edit', text: 'mine' },
      { type: 'send' },
      { type: 'conflict', theirs: saved('theirs', 2) },
    )
    expect(state).toMatchObject({ phase: 'conflict', text: 'mine', theirs: { text: 'theirs' } })
    expect(nextSaveDelayMs(state)).toBeNull()

    const kept = run(state, { type: 'resolve', text: 'mine' })
    expect(kept).toMatchObject({ phase: 'idle', text: 'mine', saved: { text: 'theirs', revision: 2 } })
    expect(nextSaveDelayMs(kept)).toBe(500)

    const taken = run(state, { type: 'resolve', text: 'theirs' })
    expect(isUnsaved(taken)).toBe(false)
    expect(taken.replaced).toBeGreaterThan(state.replaced)
  })

  test('two tabs with the same text have no conflict', () => {
    const state = run(
      startDraft(saved('a', 1)),
      { type: 'edit', text: 'same' },
      { type: 'send' },
      { type: 'conflict', theirs: saved('same', 2) },
    )
    expect(state).toMatchObject({ phase: 'idle', theirs: null, saved: { revision: 2 } })
  })

  test('a newer draft is taken over only where nothing would be lost', () => {
    const idle = startDraft(saved('a', 1))
    expect(run(idle, { type: 'seen', draft: saved('newer', 2) })).toMatchObject({ text: 'newer', replaced: 1 })
    expect(run(idle, { type: 'edit', text: 'mine' }, { type: 'seen', draft: saved('newer', 2) }).text).toBe('mine')
    expect(run(idle, { type: 'seen', draft: saved('older', 1) }).text).toBe('a')
  })

  test('whatever happens, the text in the editor changes only by the reader or where it was saved', () => {
    const action: fc.Arbitrary<DraftAction> = fc.oneof(
      fc.string().map((text) => ({ type: 'edit' as const, text })),
      fc.constant({ type: 'send' as const }),
      fc.nat(5).map((revision) => ({ type: 'saved' as const, draft: saved(`saved ${revision}`, revision) })),
      fc.constant({ type: 'failed' as const, problem: 'no' }),
      fc.nat(5).map((revision) => ({ type: 'conflict' as const, theirs: saved(`theirs ${revision}`, revision) })),
      fc.nat(5).map((revision) => ({ type: 'seen' as const, draft: saved(`seen ${revision}`, revision) })),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        let state = startDraft(saved('start', 0))
        for (const step of actions) {
          const next = nextDraftState(state, step)
          if (step.type !== 'edit' && next.text !== state.text) expect(isUnsaved(state)).toBe(false)
          state = next
        }
      }),
    )
  })
})
