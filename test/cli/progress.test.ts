import { expect, test } from 'vitest'
import { describeProgress } from '~/cli/progress'

test('beside the bar stand rate, calls, the limit in force, the cache, the unscored by reason, time left and cost', () => {
  const figures = {
    done: 200,
    total: 1_000,
    ratePerSecond: 98.6,
    inFlight: 7,
    concurrencyLimit: 12,
    callsPerSecondLimit: 100,
    cached: 50,
    unscored: [
      ['refused', 6],
      ['truncated', 1_200],
    ] as const,
    etaMs: 8_000,
    costUsd: 0.5,
  }
  expect(describeProgress(figures)).toEqual([
    '99/s',
    '7 of 12 in flight',
    'at most 100 calls/s',
    '25.0% cached',
    'unscored: refused 6, truncated 1,200',
    '8.0 s left',
    '$0.50',
  ])
})

test('what is not known is left out', () => {
  expect(describeProgress({ done: 0, total: 10 })).toEqual([])
  expect(describeProgress({ done: 0, total: 10, callsPerSecondLimit: null, etaMs: null, costUsd: null, cached: 0, unscored: [] })).toEqual(
    [],
  )
})
