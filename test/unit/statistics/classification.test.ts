import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  classificationMetrics,
  classificationMetricsOfCells,
  precisionAtPrevalence,
  severityWeightedCost,
  versionFlips,
} from '~/domain/statistics/index'
import { closeTo } from './_support/expectations'

const labels = ['allow', 'warn', 'remove']
const label = fc.constantFrom(...labels)
const cases = fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 80 })
const input = (pairs: [string, string][]) => ({ truth: pairs.map(([t]) => t), predicted: pairs.map(([, p]) => p), labels })

describe('classificationMetrics', () => {
  it('gives the figures of a published evaluation', () => {
    // ROOST policy pack, Christchurch Call TVEC: 44 allowed, 126 removed, 12 missed; kappa 0.831, MCC 0.843.
    const truth = [...Array.from({ length: 44 }, () => 'allow'), ...Array.from({ length: 126 }, () => 'remove')]
    const predicted = [...Array.from({ length: 56 }, () => 'allow'), ...Array.from({ length: 114 }, () => 'remove')]
    const result = classificationMetrics({ truth, predicted, labels: ['allow', 'remove'] })
    expect(result.kappa).toBeCloseTo(0.831, 3)
    expect(result.mcc).toBeCloseTo(0.843, 3)
    expect(result.perClass.remove?.recall).toBeCloseTo(114 / 126, 14)
    expect(result.confusion).toEqual([
      [44, 0],
      [12, 114],
    ])
  })

  it('agrees with the definitions, done case by case', () => {
    fc.assert(
      fc.property(cases, (pairs) => {
        const result = classificationMetrics(input(pairs))
        const n = pairs.length
        const right = pairs.filter(([t, p]) => t === p).length
        expect(result.accuracy).toBeCloseTo(right / n, 14)
        const f1 = labels.map((name) => {
          const hits = pairs.filter(([t, p]) => t === name && p === name).length
          const supported = pairs.filter(([t]) => t === name).length
          const predicted = pairs.filter(([, p]) => p === name).length
          const metrics = result.perClass[name]
          expect(metrics?.recall).toEqual(closeTo(supported === 0 ? null : hits / supported))
          expect(metrics?.precision).toEqual(closeTo(predicted === 0 ? null : hits / predicted))
          expect(metrics?.support).toBe(supported)
          return supported + predicted === 0 ? 0 : (2 * hits) / (supported + predicted)
        })
        expect(result.macroF1).toBeCloseTo(f1.reduce((sum, value) => sum + value, 0) / 3, 14)
        // Gorodkin's correlation as a covariance of indicator vectors.
        const covariance = (x: (pair: [string, string]) => string, y: (pair: [string, string]) => string) =>
          labels.reduce((sum, name) => {
            const a: number[] = pairs.map((pair) => Number(x(pair) === name))
            const b: number[] = pairs.map((pair) => Number(y(pair) === name))
            const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / n
            return sum + mean(a.map((value, index) => (value - mean(a)) * ((b[index] as number) - mean(b))))
          }, 0)
        const truthOf = ([t]: [string, string]) => t
        const answerOf = ([, p]: [string, string]) => p
        const spread = Math.sqrt(covariance(truthOf, truthOf) * covariance(answerOf, answerOf))
        expect(result.mcc).toEqual(closeTo(spread < 1e-12 ? null : covariance(truthOf, answerOf) / spread, 10))
      }),
    )
  })

  it('is perfect when every prediction is right, and says so only where it can', () => {
    expect(classificationMetrics(input(labels.map((name) => [name, name])))).toMatchObject({ accuracy: 1, macroF1: 1, mcc: 1, kappa: 1 })
    expect(classificationMetrics(input([['allow', 'allow']]))).toMatchObject({
      accuracy: 1,
      macroF1: 1 / 3,
      balancedAccuracy: 1,
      mcc: null,
      kappa: null,
    })
    expect(classificationMetrics(input([]))).toMatchObject({ accuracy: null, macroF1: null, weightedF1: null, balancedAccuracy: null })
  })

  it('counts from cells as from cases', () => {
    fc.assert(
      fc.property(cases, (pairs) => {
        const cells = pairs.map(([truth, predicted]) => ({ truth, predicted, count: 1 }))
        expect(classificationMetricsOfCells({ cells, labels })).toEqual(classificationMetrics(input(pairs)))
      }),
    )
  })

  it('takes any text for a label', () => {
    const odd = ['__proto__', 'constructor']
    expect(classificationMetrics({ truth: odd, predicted: odd, labels: odd }).perClass['constructor']?.f1).toBe(1)
    expect(Object.keys(classificationMetrics({ truth: odd, predicted: odd, labels: odd }).perClass)).toEqual(odd)
  })

  it('names a label that is not listed, and a length that does not fit', () => {
    expect(() => classificationMetrics({ truth: ['allow'], predicted: ['block'], labels })).toThrow(
      'predicted[0] must be one of the labels (allow, warn, remove), got "block"',
    )
    expect(() => classificationMetrics({ truth: ['allow'], predicted: [], labels })).toThrow(
      'truth and predicted must be of one length, got 1 and 0',
    )
    expect(() => classificationMetrics({ truth: [], predicted: [], labels: ['a', 'a'] })).toThrow('labels must be distinct, got "a" twice')
  })
})

const cost = { allow: { allow: 0, remove: 1 }, remove: { allow: 5, remove: 0 } }

describe('severityWeightedCost', () => {
  it('adds up what the errors cost', () => {
    const weighted = { truth: ['allow', 'remove', 'remove'], predicted: ['remove', 'allow', 'remove'], cost, weights: [1, 3, 0.5] }
    expect(severityWeightedCost(weighted)).toEqual({ total: 16, perCase: 16 / 4.5, worst: 18.5, normalised: 16 / 18.5 })
    expect(severityWeightedCost({ truth: [], predicted: [], cost })).toEqual({ total: 0, perCase: null, worst: 0, normalised: null })
  })

  it('is between nothing and the worst, and scales with the weights', () => {
    const verdict = fc.constantFrom('allow', 'remove')
    fc.assert(
      fc.property(fc.array(fc.tuple(verdict, verdict, fc.double({ min: 0.1, max: 9, noNaN: true })), { minLength: 1 }), (rows) => {
        const sides = { truth: rows.map(([t]) => t), predicted: rows.map(([, p]) => p), cost }
        const once = severityWeightedCost({ ...sides, weights: rows.map(([, , w]) => w) })
        const twice = severityWeightedCost({ ...sides, weights: rows.map(([, , w]) => 2 * w) })
        expect(once.normalised).toBeGreaterThanOrEqual(0)
        expect(once.normalised).toBeLessThanOrEqual(1 + 1e-12)
        expect(twice.total).toBeCloseTo(2 * once.total, 9)
        expect(twice.perCase).toBeCloseTo(once.perCase as number, 12)
      }),
    )
  })

  it('names the pair without a cost', () => {
    expect(() => severityWeightedCost({ truth: ['allow'], predicted: ['toString'], cost })).toThrow(
      'got none for truth "allow" and predicted "toString"',
    )
    expect(() => severityWeightedCost({ truth: ['allow'], predicted: ['allow'], cost, weights: [-1] })).toThrow(
      'weights[0] must be a number of at least 0',
    )
  })
})

describe('versionFlips', () => {
  it('counts what was fixed and what broke', () => {
    expect(versionFlips({ correctA: [1, 1, 0, 0, 1, 0, 1, 1], correctB: [1, 0, 1, 0, 1, 1, 1, 1] })).toEqual({
      fixed: 2,
      broken: 1,
      net: 1,
      negativeFlipRate: 1 / 8,
      adverseCorrectionRate: 1 / 5,
      beneficialCorrectionRate: 2 / 3,
      churn: 3 / 8,
    })
    expect(versionFlips({ correctA: [true], correctB: [true] }).beneficialCorrectionRate).toBeNull()
    expect(() => versionFlips({ correctA: [1], correctB: [0.5] })).toThrow('correctB[0] must be 0 or 1, got 0.5')
  })
})

describe('precisionAtPrevalence', () => {
  it('is Bayes’ rule: a good prompt is imprecise where violations are rare', () => {
    expect(precisionAtPrevalence({ tpr: 0.989, fpr: 0.008, prevalence: 0.01 }).precision).toBeCloseTo(0.5553, 4)
    expect(precisionAtPrevalence({ tpr: 0, fpr: 0, prevalence: 0.3 }).precision).toBeNull()
    expect(precisionAtPrevalence({ tpr: 0.4, fpr: 0.4, prevalence: 0.3 }).precision).toBeCloseTo(0.3, 14)
    expect(() => precisionAtPrevalence({ tpr: 1.2, fpr: 0, prevalence: 0.3 })).toThrow('tpr must be between 0 and 1, got 1.2')
  })

  it('grows with prevalence and recall, falls with false alarms', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
    fc.assert(
      fc.property(share, share, share, share, (tpr, fpr, prevalence, factor) => {
        const { precision } = precisionAtPrevalence({ tpr, fpr, prevalence }) as { precision: number }
        const at = (change: object) => precisionAtPrevalence({ tpr, fpr, prevalence, ...change }).precision as number
        expect(at({ prevalence: prevalence * factor })).toBeLessThanOrEqual(precision)
        expect(at({ tpr: tpr * factor })).toBeLessThanOrEqual(precision)
        expect(at({ fpr: fpr * factor })).toBeGreaterThanOrEqual(precision)
      }),
    )
  })
})
