import { describe, expect, test } from 'vitest'
import { hashPromptText, hashText } from '~/lib/hash'
import { createId, smallestIdAt } from '~/lib/ids'

describe('an id', () => {
  test('has 20 characters that are safe in a URL', () => {
    expect(createId()).toMatch(/^[0-9a-z]{20}$/)
  })

  test('sorts by time, and in the order made within a millisecond', () => {
    const later = Date.now() + 1_000_000
    const ids = Array.from({ length: 10_000 }, () => createId(later))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(createId(later + 1) > (ids.at(-1) ?? '')).toBe(true)
  })

  test('does not sort before earlier ones when the clock is set back', () => {
    const id = createId(Date.now() + 2_000_000)
    expect(createId(5) > id).toBe(true)
  })

  test('compares with the smallest of a time', () => {
    const time = Date.now() + 3_000_000
    const id = createId(time)
    expect(smallestIdAt(time) <= id && id < smallestIdAt(time + 1)).toBe(true)
    expect(smallestIdAt(-5)).toBe('0'.repeat(20))
  })

  test('is refused for a time that it cannot hold', () => {
    for (const time of [-1, 0.5, Number.NaN, 2 ** 45]) expect(() => createId(time)).toThrow(RangeError)
  })
})

test('the hash of a prompt text does not depend on its line ends', () => {
  expect(hashText('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(hashPromptText('a\r\nb')).toBe(hashText('a\nb'))
  expect(hashPromptText('a\rb')).toBe(hashText('a\rb'))
})
