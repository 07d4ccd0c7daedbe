import { afterEach, beforeEach, expect, vi } from 'vitest'

/** A test that makes the code complain on the console fails, unless it replaced the method and looked at what was said. */
beforeEach(() => {
  for (const method of ['error', 'warn'] as const) vi.spyOn(console, method)
})

afterEach(() => {
  for (const method of ['error', 'warn'] as const) {
    const spy = console[method]
    if (!vi.isMockFunction(spy)) continue
    const calls = spy.mock.calls
    spy.mockRestore()
    expect(calls, `console.${method} was called`).toEqual([])
  }
})
