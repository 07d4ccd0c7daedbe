import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatCoefficient,
  formatCost,
  formatCount,
  formatDateTime,
  formatDuration,
  formatPValue,
  formatPercent,
  formatPercentInterval,
  formatPoints,
  formatPointsInterval,
  formatQuantity,
  formatRate,
  formatRelativeTime,
} from '~/components/ui/format'

describe('figures', () => {
  test.each([
    [formatCount(3728), '3,728'],
    [formatCount(-12), '−12'],
    [formatQuantity(1, 'case'), '1 case'],
    [formatQuantity(0, 'reply', 'replies'), '0 replies'],
    [formatPercent(0.631706), '63.2%'],
    [formatPercent(1), '100.0%'],
    [formatPoints(0.094), '+9.4'],
    [formatPoints(-0.0298), '−3.0'],
    [formatPoints(0.0002), '±0.0'],
    [formatPercentInterval({ lower: 0.616, upper: 0.647 }), '61.6 – 64.7%'],
    [formatPointsInterval({ lower: -0.053, upper: 0.213 }), '−5.3 to +21.3'],
    [formatCoefficient(-0.1234), '−0.123'],
    [formatCoefficient(-0.0001), '0.000'],
    [formatPValue(0.0000001), '< 0.0001'],
    [formatPValue(0.0314), '0.0314'],
    [formatCost(0), '$0'],
    [formatCost(0.0042), '$0.0042'],
    [formatCost(0.00041999), '$0.00042'],
    [formatCost(0.1), '$0.10'],
    [formatCost(1234.5), '$1,234.50'],
    [formatCost(2.999), '$3.00'],
    [formatDuration(840), '840 ms'],
    [formatDuration(12_400), '12.4 s'],
    [formatDuration(59_960), '1 min'],
    [formatDuration(192_000), '3 min 12 s'],
    [formatDuration(3_599_900), '1 h'],
    [formatDuration(7_500_000), '2 h 5 min'],
    [formatDuration(10 * 86_400_000), '10 days'],
    [formatRate(3.27), '3.3/s'],
    [formatRate(1280.4), '1,280/s'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected)
  })

  test('what cannot be estimated is n/a, never 0 or NaN', () => {
    for (const format of [
      formatCount,
      formatPercent,
      formatPoints,
      formatPercentInterval,
      formatPointsInterval,
      formatCoefficient,
      formatPValue,
      formatCost,
      formatDuration,
      formatRate,
    ])
      expect(format(null)).toBe('n/a')
    for (const format of [formatPercent, formatPoints, formatCost, formatDuration]) expect(format(Number.NaN)).toBe('n/a')
  })

  test('a difference keeps its sign and its size', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (difference) => {
        const text = formatPoints(difference)
        const read = Number(text.replace('−', '-').replace('±', ''))
        expect(Math.abs(read - difference * 100)).toBeLessThanOrEqual(0.0500001)
      }),
    )
  })

  test('any cost is written without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (costUsd) => {
        const text = formatCost(costUsd)
        expect(text).toMatch(/^\$\d[\d,]*(\.\d+)?$/)
        expect(Math.abs(Number(text.slice(1).replaceAll(',', '')) - costUsd)).toBeLessThanOrEqual(Math.max(0.005, costUsd * 0.05))
      }),
    )
  })
})

describe('times', () => {
  const nowMs = Date.UTC(2026, 10, 22, 19, 5)
  test.each([
    [-5_000, 'just now'],
    [44_000, 'just now'],
    [60_000, '1 minute ago'],
    [59 * 60_000, '59 minutes ago'],
    [60 * 60_000, '1 hour ago'],
    [25 * 3_600_000, '1 day ago'],
    [13 * 86_400_000, '13 days ago'],
    [20 * 86_400_000, '2026-11-02'],
  ])('%i ms ago is "%s"', (ageMs, expected) => {
    expect(formatRelativeTime(nowMs - ageMs, nowMs)).toBe(expected)
  })
  test('the exact time does not depend on the time zone', () => {
    expect(formatDateTime(nowMs)).toBe('2026-11-22 19:05 UTC')
  })
})
