import { describe, expect, test } from 'vitest'
import { describeEstimate, type EstimateFigures } from '~/domain/pricing/describe-estimate'

const estimate = (changes: Partial<EstimateFigures> = {}): EstimateFigures => ({
  calls: 1_000,
  cached: 0,
  inputTokens: 120_000,
  outputTokens: 80_000,
  costUsd: 2,
  durationMs: null,
  soFarUsd: null,
  price: { date: '2026-11-01', source: 'us' },
  spending: { ceilingUsd: null, spentUsd: 0, heldUsd: 0 },
  ...changes,
})

describe('an estimate in words', () => {
  test('names calls, tokens, cost and the date of its prices', () => {
    expect(describeEstimate(estimate({ cached: 200, durationMs: 90_000 }))).toBe(
      'About 1,000 calls (200 more from the cache), 120,000 tokens in and 80,000 out, $2.00 at the prices of 2026-11-01, 1 min 30 s at the usual latency.',
    )
  })

  test('says that a price is not known, and that a limit then keeps it from starting', () => {
    const unknown = estimate({ costUsd: null, price: null })
    expect(describeEstimate(unknown)).toMatch(/at a price that is not known\.$/)
    expect(describeEstimate(unknown, 5)).toContain('It will not start: the budget of $5.00 cannot be kept')
  })

  test('holds the cost against what is left of budget and ceiling', () => {
    expect(describeEstimate(estimate(), 2)).toContain('That fits the budget of $2.00.')
    expect(describeEstimate(estimate({ soFarUsd: 1 }), 2)).toContain('That does not fit the budget of $2.00, of which $1.00 are spent')
    const ceiling = (heldUsd: number) => describeEstimate(estimate({ spending: { ceilingUsd: 10, spentUsd: 7, heldUsd } }))
    expect(ceiling(0)).toContain("That fits the workspace's ceiling of $10.00, of which $7.00 are spent.")
    expect(ceiling(2)).toContain('That does not fit')
  })

  test('of nothing to ask says just that', () => {
    expect(describeEstimate(estimate({ calls: 0, cached: 40 }), 1)).toBe('No calls: all 40 answers are in the cache.')
    expect(describeEstimate(estimate({ calls: 0 }))).toBe('No calls: nothing is left to ask.')
  })
})
