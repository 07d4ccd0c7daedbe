import { expect } from 'vitest'

/** Matches null where null is expected, else a number within half a unit of that decimal place. */
export const closeTo = (expected: number | null | undefined, digits = 12): unknown =>
  typeof expected === 'number' && Number.isFinite(expected) ? expect.closeTo(expected, digits) : (expected ?? null)

/** Matches a number to that relative precision; below 0.001, to that share of 0.001. */
export const nearly = (expected: number, relative: number): unknown =>
  expect.closeTo(expected, -Math.log10(2 * relative * Math.max(1e-3, Math.abs(expected))))
