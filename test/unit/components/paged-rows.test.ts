import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptPages, missingPages, nextPagedRows, rowAt, startPagedRows, type PagedRows } from '~/components/ui/paged-rows'
import { moveTo } from '~/components/ui/virtual-table'

const pageSize = 10
const page = (number: number, total = 1000) => ({ total, rows: Array.from({ length: pageSize }, (_, index) => number * pageSize + index) })
const arrive = (state: PagedRows<number>, number: number, source = state.source) =>
  nextPagedRows(state, { type: 'page', source, page: number, result: page(number) })

describe('rows in pages', () => {
  test('show the page that came with the document and ask for what else is on the screen', () => {
    const state = startPagedRows('a', page(0))
    expect(rowAt(state, 7, pageSize)).toBe(7)
    expect(rowAt(state, 10, pageSize)).toBeUndefined()
    expect(missingPages(state, 5, 27, pageSize)).toEqual([1, 2])
    expect(missingPages(arrive(state, 1), 5, 15, pageSize)).toEqual([])
  })

  test('never ask beyond the end', () => {
    expect(missingPages(startPagedRows('a', page(0, 12)), 0, 500, pageSize)).toEqual([1])
    expect(missingPages(startPagedRows('a', { total: 0, rows: [] }), 0, 9, pageSize)).toEqual([])
  })

  test('keep the old list on the screen until the new one has its first page', () => {
    const changing = nextPagedRows(startPagedRows('a', page(0)), { type: 'source', source: 'b' })
    expect(rowAt(changing, 3, pageSize)).toBe(3)
    expect(missingPages(changing, 400, 420, pageSize)).toEqual([0])
    const changed = nextPagedRows(changing, { type: 'page', source: 'b', page: 0, result: { total: 2, rows: [70, 71] } })
    expect([changed.total, rowAt(changed, 1, pageSize), rowAt(changed, 3, pageSize)]).toEqual([2, 71, undefined])
  })

  test('drop what answers a question that is no longer asked', () => {
    const state = nextPagedRows(startPagedRows('a', page(0)), { type: 'source', source: 'b' })
    expect(arrive(state, 5, 'a')).toBe(state)
    expect(nextPagedRows(state, { type: 'failed', source: 'a', message: 'late' })).toBe(state)
  })

  test('say what went wrong until something arrives', () => {
    const failed = nextPagedRows(startPagedRows('a', page(0)), { type: 'failed', source: 'a', message: 'no server' })
    expect([failed.problem, rowAt(failed, 0, pageSize)]).toEqual(['no server', 0])
    expect(arrive(failed, 1).problem).toBeNull()
  })

  test('forget the pages farthest away', () => {
    let state = startPagedRows('a', page(0))
    for (let number = 1; number <= keptPages + 5; number += 1) state = arrive(state, number)
    expect(state.pages.size).toBe(keptPages)
    expect(state.pages.has(0)).toBe(false)
    expect(state.pages.has(keptPages + 5)).toBe(true)
  })
})

test('a key never leads outside the table', () => {
  const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'j', 'k', 'PageDown', 'PageUp', 'Home', 'End')
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: -1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      (key, active, total, rows) => {
        const target = moveTo(key, Math.min(active, total - 1), total, rows)
        expect(target).toBeGreaterThanOrEqual(0)
        expect(target).toBeLessThan(total)
      },
    ),
  )
  expect(moveTo('ArrowDown', -1, 0, 5)).toBeNull()
  expect(moveTo('x', 3, 9, 5)).toBeNull()
  expect(moveTo('ArrowDown', 3, 9, 5)).toBe(4)
})
