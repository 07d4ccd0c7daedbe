import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSideAccumulator } from '~/domain/metrics/side-metrics'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { classificationMetrics } from '~/domain/statistics'
import type { Outcome } from '~/domain/verdict/verdict'

const labels = ['violates', 'allowed', 'escalate']
type Pair = readonly [string, string]

function metricsOf(pairs: readonly Pair[]) {
  const side = createSideAccumulator(defaultVerdictScheme)
  for (const [expected, label] of pairs)
    side.add({
      expected: { label, rules: {} },
      verdict: { label: expected, rules: [] },
      outcome: expected === label ? 'correct' : 'wrong',
      ruleOutcome: null,
    })
  return side.metrics()
}
const repeat = (count: number, pair: Pair): Pair[] => Array.from({ length: count }, () => pair)

describe('createSideAccumulator', () => {
  it('counts a confusion matrix: 40 hits, 10 misses, 5 false alarms, 45 right passes', () => {
    const side = metricsOf([
      ...repeat(40, ['violates', 'violates']),
      ...repeat(10, ['allowed', 'violates']),
      ...repeat(5, ['violates', 'allowed']),
      ...repeat(45, ['allowed', 'allowed']),
    ])
    expect(side).toMatchObject({ n: 100, accuracy: 0.85, precision: 40 / 45, recall: 0.8, overEnforcement: 0.1, underEnforcement: 0.2 })
    expect(side.f1).toBeCloseTo(80 / 95, 12)
    expect(side.kappa).toBeCloseTo(0.7, 12)
    expect(side.confusion).toContainEqual({ expected: 'violates', predicted: 'allowed', count: 10 })
    expect(side.accuracyInterval?.lower).toBeCloseTo(0.7672, 4)
  })

  it('says null, never 0 or NaN, where nothing can be said', () => {
    const empty = createSideAccumulator(defaultVerdictScheme).metrics()
    for (const key of [
      'accuracy',
      'accuracyInterval',
      'precision',
      'recall',
      'f1',
      'macroF1',
      'kappa',
      'mcc',
      'overEnforcement',
      'underEnforcement',
    ] as const)
      expect(empty[key]).toBeNull()
    expect(empty.confusion).toEqual([])
    expect(metricsOf([['allowed', 'allowed']])).toMatchObject({
      accuracy: 1,
      precision: null,
      recall: null,
      f1: null,
      macroF1: 1,
      kappa: null,
      mcc: null,
      overEnforcement: 0,
      underEnforcement: null,
    })
  })

  it('keeps unscored cases out of every figure and counts them by reason; wrong rules are a bucket of their own', () => {
    const side = createSideAccumulator(defaultVerdictScheme)
    const expected = { label: 'violates', rules: { H1: true, H2: false } }
    for (const outcome of ['refused', 'contentFilter', 'truncated', 'unparseable', 'error', 'unlabelled', 'unlabelled'] as Outcome[])
      side.add({ expected, verdict: null, outcome, ruleOutcome: null })
    side.add({ expected, verdict: { label: 'violates', rules: ['H2'] }, outcome: 'correct', ruleOutcome: 'wrong' })
    const metrics = side.metrics()
    expect(metrics).toMatchObject({ n: 1, accuracy: 1, wrongRule: 1 })
    expect(metrics.unscored).toEqual({ refused: 1, contentFilter: 1, truncated: 1, unparseable: 1, error: 1, unlabelled: 2 })
    expect(metrics.perRule).toMatchObject([
      { rule: 'H1', n: 1, unscored: 7, falseNegatives: 1, recall: 0, precision: null },
      { rule: 'H2', n: 1, unscored: 7, falsePositives: 1, recall: null, precision: 0 },
    ])
  })

  it('counts labels that the scheme lacks, up to a point', () => {
    expect(metricsOf([['allowed', 'spam']])).toMatchObject({
      n: 1,
      accuracy: 0,
      confusion: expect.arrayContaining([{ expected: 'spam', predicted: 'allowed', count: 1 }]),
    })
    expect(() => metricsOf(Array.from({ length: 20 }, (_, index) => ['allowed', `label ${index}`] as const))).toThrow(/"label \d+"/)
  })

  it('agrees with the definitions over arrays', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...labels), fc.constantFrom(...labels)), { minLength: 1, maxLength: 60 }), (pairs) => {
        const side = metricsOf(pairs)
        const truth = pairs.map(([, expected]) => expected)
        const predicted = pairs.map(([said]) => said)
        const direct = classificationMetrics({
          truth,
          predicted,
          labels: labels.filter((label) => truth.includes(label) || predicted.includes(label)),
        })
        const close = (a: number | null, b: number | null) => (a === null || b === null ? a === b : Math.abs(a - b) < 1e-10)
        for (const key of ['accuracy', 'macroF1', 'kappa', 'mcc'] as const)
          expect([key, close(side[key], direct[key])]).toEqual([key, true])
        expect(close(side.recall, side.underEnforcement === null ? null : 1 - side.underEnforcement)).toBe(true)
      }),
    )
  })
})
