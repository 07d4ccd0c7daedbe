import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binomialCdf,
  binomialProbability,
  binomialSurvival,
  chiSquareSurvival,
  inverseRegularizedIncompleteBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  normalSurvival,
  regularizedGammaLower,
  regularizedGammaUpper,
  regularizedIncompleteBeta,
  studentTQuantile,
  studentTSurvival,
} from '~/domain/statistics/index'

/** Values to full double precision, from mpmath at 35 digits. */
const exact: [(...args: number[]) => number, [number[], number][]][] = [
  [
    logGamma as (...args: number[]) => number,
    [
      [[0.3], 1.0957979948180756],
      [[0.7], 0.26086724653166654],
      [[1], 0],
      [[1.000000001], -5.772157118381039e-10],
      [[1.9], -0.03898427592308336],
      [[2.5], 0.2846828704729192],
      [[9.99], 12.779315214350193],
      [[100000], 1051287.7089736569],
    ],
  ],
  [
    normalSurvival as (...args: number[]) => number,
    [
      [[-38], 1],
      [[-0.5], 0.6914624612740131],
      [[-1e-5], 0.500003989422804],
      [[0], 0.5],
      [[1.3], 0.09680048458561033],
      [[1.7], 0.04456546275854304],
      [[8], 6.220960574271784e-16],
      [[12], 1.776482112077679e-33],
      [[30], 4.906713927148187e-198],
    ],
  ],
  [
    normalQuantile as (...args: number[]) => number,
    [
      [[1e-300], -37.0470962993612],
      [[1e-100], -21.273453560965326],
      [[1e-20], -9.262340089798407],
      [[0.001], -3.0902323061678136],
      [[0.4], -0.2533471031357997],
      [[0.95], 1.6448536269514722],
      [[0.975], 1.9599639845400538],
    ],
  ],
  [
    regularizedGammaUpper as (...args: number[]) => number,
    [
      [[0.5, 0.01], 0.8875370839817152],
      [[0.5, 5], 0.0015654022580025497],
      [[0.5, 600], 6.0995688148084334e-263],
      [[1.5, 2.4], 0.18704174890490766],
      [[50, 60], 0.08440668109369183],
      [[500, 900], 1.837837827970671e-48],
    ],
  ],
  [
    regularizedGammaLower as (...args: number[]) => number,
    [
      [[0.5, 0.01], 0.1124629160182849],
      [[1, 0.3], 0.2591817793182821],
      [[50, 40], 0.07033506665939496],
      [[500, 480], 0.1862819731903246],
    ],
  ],
  [
    regularizedIncompleteBeta as (...args: number[]) => number,
    [
      [[0.01, 0.5, 30], 0.5606656310947488],
      [[0.1, 30, 50], 3.842941934662213e-11],
      [[0.3, 400, 600], 9.436837926440793e-12],
      [[0.45, 400, 600], 0.9993014099387023],
      [[0.49, 5000, 5000], 0.022742032324574547],
      [[0.4, 5000, 5000], 4.5185437272610855e-91],
      [[0.99, 1000, 2], 0.0004748837215172369],
    ],
  ],
  [
    inverseRegularizedIncompleteBeta as (...args: number[]) => number,
    [
      [[4.5185437272610855e-91, 5000, 5000], 0.4],
      [[0.00468381708559912, 2, 1000], 0.0001],
      [[0.01892712407194565, 2.5, 0.5], 0.3],
      [[0.7523690199653766, 50, 0.5], 0.999],
    ],
  ],
  [
    binomialProbability as (...args: number[]) => number,
    [
      [[3, 5, 0.999], 9.970029990000017e-6],
      [[300, 1000, 0.5], 5.065988280449261e-38],
      [[1800, 10000, 0.1], 1.0985622125829334e-130],
      [[50000, 100000, 0.5], 0.00252312621419674],
    ],
  ],
  [
    binomialCdf as (...args: number[]) => number,
    [
      [[0, 1000, 0.01], 4.317124741065824e-5],
      [[6, 20, 0.3], 0.608009812200924],
      [[48000, 100000, 0.5], 5.765469333361488e-37],
    ],
  ],
  [
    binomialSurvival as (...args: number[]) => number,
    [
      [[6, 20, 0.3], 0.5836291705525186],
      [[20, 20, 0.3], 3.4867844009999975e-11],
      [[100, 1000, 0.01], 8.274776878913917e-65],
    ],
  ],
  [
    studentTQuantile as (...args: number[]) => number,
    [
      [[1e-12, 1], -318309886183.79065],
      [[0.001, 2.5], -13.822193110865964],
      [[0.05, 29], -1.6991270265334977],
      [[0.49, 1], -0.03142626604335118],
      [[0.9995, 5], 6.868826625881275],
    ],
  ],
]

describe.each(exact)('%o', (evaluate, values) => {
  it.each(values)('of %j is %d', (args, expected) => {
    expect(Math.abs(evaluate(...args) - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected))
  })
})

const shape = fc.double({ min: 1, max: 3000, noNaN: true })
const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })

describe('what must hold everywhere', () => {
  it('Γ(x + 1) = x Γ(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (x) => {
        const left = logGamma(x + 1)
        expect(Math.abs(left - logGamma(x) - Math.log(x))).toBeLessThan(1e-14 * Math.max(10, Math.abs(left)))
      }),
    )
  })

  it('normal tails mirror each other, and the quantile undoes them', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 37, noNaN: true }), (z) => {
        expect(normalCdf(z)).toBe(normalSurvival(-z))
        expect(normalCdf(z) + normalSurvival(z)).toBeCloseTo(1, 14)
        const back = normalQuantile(normalCdf(-Math.abs(z)))
        expect(Math.abs(back + Math.abs(z))).toBeLessThan(1e-13 * Math.max(1, Math.abs(z)))
      }),
    )
  })

  it('Iₓ(a, b) = 1 − I₁₋ₓ(b, a), grows with x, and its inverse undoes it', () => {
    fc.assert(
      fc.property(shape, shape, share, share, (a, b, x, other) => {
        const value = regularizedIncompleteBeta(x, a, b)
        expect(value).toBeCloseTo(1 - regularizedIncompleteBeta(1 - x, b, a), 11)
        const [low, high] = x < other ? [x, other] : [other, x]
        expect(regularizedIncompleteBeta(low, a, b)).toBeLessThanOrEqual(regularizedIncompleteBeta(high, a, b) * (1 + 1e-12))
        const quantile = inverseRegularizedIncompleteBeta(other, a, b)
        expect(Math.abs(regularizedIncompleteBeta(quantile, a, b) - other)).toBeLessThan(1e-10)
      }),
    )
  })

  it('binomial probabilities add up to the tails', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), share, fc.nat(60), (n, p, at) => {
        const k = Math.min(at, n)
        let below = 0
        for (let i = 0; i <= k; i += 1) below += binomialProbability(i, n, p)
        expect(binomialCdf(k, n, p)).toBeCloseTo(below, 13)
        expect(binomialSurvival(k + 1, n, p)).toBeCloseTo(1 - below, 13)
      }),
    )
  })

  it('chi-square with 1 degree of freedom is a squared normal, and Student with many is normal', () => {
    for (const z of [0.1, 0.8, 1.96, 3, 9]) {
      expect(chiSquareSurvival(z * z, 1) / (2 * normalSurvival(z))).toBeCloseTo(1, 12)
      expect(studentTSurvival(z, 1e9) / normalSurvival(z)).toBeCloseTo(1, 5)
    }
    expect(studentTSurvival(studentTQuantile(0.975, 7), 7)).toBeCloseTo(0.025, 14)
  })

  it('names the argument that is impossible', () => {
    expect(() => logGamma(0)).toThrow(new RangeError('x must be a number above 0, got 0'))
    expect(() => normalQuantile(1.2)).toThrow('probability must be between 0 and 1, got 1.2')
    expect(() => binomialCdf(1, -1, 0.5)).toThrow('n must be a whole number of at least 0, got -1')
    expect(() => studentTQuantile(0.5, 0)).toThrow('degreesOfFreedom must be a number above 0, got 0')
  })
})
