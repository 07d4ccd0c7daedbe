import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cohenKappa,
  confidentLearning,
  createRandom,
  fleissKappa,
  gwetAC1,
  krippendorffAlpha,
  type MeasurementLevel,
} from '~/domain/statistics/index'
import { closeTo } from './_support/expectations'

/** Krippendorff 2011, the example with gaps: 4 observers, 12 units. */
const krippendorff2011 = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
  [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
]

describe('cohenKappa', () => {
  it.each([
    // Wikipedia, "Cohen's kappa".
    [
      [
        [20, 5],
        [10, 15],
      ],
      0.4,
    ],
    [
      [
        [45, 15],
        [25, 15],
      ],
      0.1304,
    ],
    [
      [
        [25, 35],
        [5, 35],
      ],
      0.2593,
    ],
  ])('of %j is %d as published', (table, expected) => {
    expect(cohenKappa({ table }).kappa).toBeCloseTo(expected, 4)
  })

  it('is Pearson-like with quadratic weights and the plain one for two labels', () => {
    const cell = fc.integer({ min: 1, max: 30 })
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const table = [
          [a, b],
          [c, d],
        ]
        const plain = cohenKappa({ table })
        for (const weights of ['linear', 'quadratic'] as const) {
          expect(cohenKappa({ table, weights }).kappa).toBeCloseTo(plain.kappa as number, 12)
          expect(cohenKappa({ table, weights }).se).toBeCloseTo(plain.se as number, 9)
        }
        expect(
          cohenKappa({
            table: [
              [a, c],
              [b, d],
            ],
          }).kappa,
        ).toBeCloseTo(plain.kappa as number, 12)
        expect(plain.kappa).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('has the standard error that resampling shows', () => {
    const table = [
      [60, 20, 5],
      [10, 70, 15],
      [5, 10, 105],
    ]
    const pairs = table.flatMap((row, i) => row.flatMap((count, j) => Array.from({ length: count }, (): [number, number] => [i, j])))
    const random = createRandom(77)
    for (const weights of ['none', 'quadratic'] as const) {
      const kappas = Array.from({ length: 1500 }, () => {
        const drawn = table.map((row) => row.map(() => 0))
        for (let draw = 0; draw < pairs.length; draw += 1) {
          const [i, j] = pairs[random.nextInt(pairs.length)] as [number, number]
          const row = drawn[i] as number[]
          row[j] = (row[j] as number) + 1
        }
        return cohenKappa({ table: drawn, weights }).kappa as number
      })
      const centre = kappas.reduce((sum, value) => sum + value, 0) / kappas.length
      const spread = Math.sqrt(kappas.reduce((sum, value) => sum + (value - centre) ** 2, 0) / kappas.length)
      expect(spread / (cohenKappa({ table, weights }).se as number)).toBeCloseTo(1, 0)
      expect(Math.abs(spread / (cohenKappa({ table, weights }).se as number) - 1)).toBeLessThan(0.1)
    }
  })

  it('is null where chance alone agrees, and for no cases', () => {
    expect(
      cohenKappa({
        table: [
          [9, 0],
          [0, 0],
        ],
      }),
    ).toEqual({ kappa: null, se: null, po: 1, pe: 1 })
    expect(
      cohenKappa({
        table: [
          [0, 0],
          [0, 0],
        ],
      }),
    ).toEqual({ kappa: null, se: null, po: null, pe: null })
    expect(() => cohenKappa({ table: [[1, 2]] })).toThrow('table must be square')
    expect(() => cohenKappa({ table: [[-1]] })).toThrow('table[0][0] must be a number of at least 0, got -1')
    expect(() => cohenKappa({ table: [[1]], weights: 'cubic' as 'linear' })).toThrow('got "cubic"')
  })
})

describe('fleissKappa', () => {
  it('is 0.210 for the worked example of Wikipedia', () => {
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ]
    expect(fleissKappa({ counts }).kappa).toBeCloseTo(0.21, 3)
  })

  it('is null for one category, one rater or no subject, and wants equal raters', () => {
    expect(
      fleissKappa({
        counts: [
          [3, 0],
          [3, 0],
        ],
      }).kappa,
    ).toBeNull()
    expect(
      fleissKappa({
        counts: [
          [1, 0],
          [0, 1],
        ],
      }).kappa,
    ).toBeNull()
    expect(fleissKappa({ counts: [] }).kappa).toBeNull()
    expect(() =>
      fleissKappa({
        counts: [
          [2, 1],
          [2, 2],
        ],
      }),
    ).toThrow('counts[1] must hold 3 ratings as the first does, got 4')
  })
})

/** Alpha by its definition: disagreement of pairs within units over that of all pairs. */
function slowAlpha(ratings: (number | null)[][], level: MeasurementLevel): number | null {
  const units = (ratings[0] ?? []).map((_, unit) => ratings.map((row) => row[unit] ?? null).filter((value) => value !== null))
  const pairable = units.filter((unit) => unit.length > 1)
  const all = pairable.flat()
  const count = (value: number) => all.filter((other) => other === value).length
  const distance = (a: number, b: number) => {
    if (a === b) return 0
    if (level === 'nominal') return 1
    if (level === 'interval') return (a - b) ** 2
    if (level === 'ratio') return ((a - b) / (a + b)) ** 2
    const between = all.filter((value) => value >= Math.min(a, b) && value <= Math.max(a, b)).length
    return (between - (count(a) + count(b)) / 2) ** 2
  }
  const pairs = (values: number[]) => values.flatMap((a, i) => values.flatMap((b, j) => (i === j ? [] : [distance(a, b)])))
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0)
  const observed = total(pairable.map((unit) => total(pairs(unit)) / (unit.length - 1))) / all.length
  const expected = total(pairs(all)) / (all.length * (all.length - 1))
  return expected === 0 || all.length === 0 ? null : 1 - observed / expected
}

const levels: MeasurementLevel[] = ['nominal', 'ordinal', 'interval', 'ratio']
const ratingTables = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 10 }))
  .chain(([raters, units]) =>
    fc.array(fc.array(fc.option(fc.nat(4), { freq: 4 }), { minLength: units, maxLength: units }), { minLength: raters, maxLength: raters }),
  )

describe('krippendorffAlpha', () => {
  it.each([
    ['nominal', 0.743],
    ['ordinal', 0.815],
    ['interval', 0.849],
    ['ratio', 0.797],
  ] as const)('at level %s is %d as Krippendorff printed it', (level, expected) => {
    expect(krippendorffAlpha({ ratings: krippendorff2011, level }).alpha).toBeCloseTo(expected, 3)
  })

  it('agrees with its definition over pairs of ratings', () => {
    fc.assert(
      fc.property(ratingTables, fc.constantFrom(...levels), (ratings, level) => {
        expect(krippendorffAlpha({ ratings, level }).alpha).toEqual(closeTo(slowAlpha(ratings, level), 10))
      }),
    )
  })

  it('takes labels, and their order from the scale', () => {
    const names = ['mild', 'grave', 'extreme']
    const asNumbers = [
      [0, 1, 2, 2, 0],
      [0, 2, 2, 1, 1],
    ]
    const asLabels = asNumbers.map((row) => row.map((value) => names[value] as string))
    for (const level of ['nominal', 'ordinal'] as const) {
      expect(krippendorffAlpha({ ratings: asLabels, level, categories: names }).alpha).toBeCloseTo(
        krippendorffAlpha({ ratings: asNumbers, level }).alpha as number,
        12,
      )
    }
    expect(() => krippendorffAlpha({ ratings: asLabels, level: 'interval' })).toThrow('must be numbers')
    expect(() => krippendorffAlpha({ ratings: asLabels, level: 'nominal', categories: ['mild'] })).toThrow('got "grave"')
    expect(() => krippendorffAlpha({ ratings: [[1], [1, 2]], level: 'nominal' })).toThrow('ratings[1] must have 1 units, got 2')
  })

  it('is null without variation or pairs', () => {
    expect(
      krippendorffAlpha({
        ratings: [
          [1, 1],
          [1, 1],
        ],
        level: 'nominal',
      }).alpha,
    ).toBeNull()
    expect(
      krippendorffAlpha({
        ratings: [
          [1, null],
          [null, 2],
        ],
        level: 'nominal',
      }).alpha,
    ).toBeNull()
    expect(krippendorffAlpha({ ratings: [], level: 'nominal' }).alpha).toBeNull()
  })
})

describe('gwetAC1', () => {
  it('is what the irrCAC vignette prints', () => {
    const ratings = krippendorff2011.map((row, rater) => (rater === 1 ? row.with(11, null) : rater === 2 ? row.with(11, 3) : row))
    expect(gwetAC1({ ratings }).ac1).toBeCloseTo(0.77544, 5)
  })

  it('stays high where one label is rare and kappa collapses', () => {
    const fill = (pairs: [string, string, number][]) =>
      [0, 1].map((rater) => pairs.flatMap(([a, b, count]) => Array.from({ length: count }, () => (rater ? b : a))))
    const ratings = fill([
      ['no', 'no', 118],
      ['no', 'yes', 5],
      ['yes', 'no', 2],
    ])
    expect(gwetAC1({ ratings, categories: ['no', 'yes'] }).ac1).toBeCloseTo(0.9408, 4)
    expect(
      cohenKappa({
        table: [
          [118, 5],
          [2, 0],
        ],
      }).kappa,
    ).toBeLessThan(0)
  })

  it('is null without a pair, or a second label', () => {
    expect(
      gwetAC1({
        ratings: [
          [0, null],
          [null, 1],
        ],
      }),
    ).toEqual({ ac1: null, pa: null, pe: null })
    expect(gwetAC1({ ratings: [[0], [0]] })).toEqual({ ac1: null, pa: 1, pe: null })
    expect(gwetAC1({ ratings: [[0], [0]], categories: [0, 1] }).ac1).toBe(1)
  })

  it('does not change with the order of raters or units', () => {
    fc.assert(
      fc.property(ratingTables, (ratings) => {
        const turned = ratings.toReversed().map((row) => row.toReversed())
        const { ac1 } = gwetAC1({ ratings, categories: [0, 1, 2, 3, 4] })
        expect(gwetAC1({ ratings: turned, categories: [0, 1, 2, 3, 4] }).ac1).toEqual(closeTo(ac1))
      }),
    )
  })
})

describe('confidentLearning', () => {
  it('finds the labels that were planted wrong', () => {
    const random = createRandom(9)
    const truth = Array.from({ length: 200 }, () => random.nextInt(3))
    const planted = [7, 50, 133]
    const labels = truth.map((label, index) => (planted.includes(index) ? (label + 1) % 3 : label))
    const probs = truth.map((label) => [0, 1, 2].map((other) => (other === label ? 0.8 : 0.1)))
    const result = confidentLearning({ labels, probs })
    expect(result.offDiagonal).toEqual(planted)
    expect(result.confidentJoint.flat().reduce((sum, count) => sum + count, 0)).toBe(200)
    for (const index of planted) expect(result.normalizedMargin[index]).toBeLessThan(0.5)
  })

  it('counts a case that reaches several thresholds under the likeliest class, and one that reaches none nowhere', () => {
    const result = confidentLearning({
      labels: [0, 0, 1, 1],
      probs: [
        [0.4, 0.6],
        [0.2, 0.8],
        [0.9, 0.1],
        [0.3, 0.7],
      ],
    })
    expect(result.thresholds[0]).toBeCloseTo(0.3, 14)
    expect(result.thresholds[1]).toBeCloseTo(0.4, 14)
    expect(result.confidentJoint).toEqual([
      [0, 2],
      [1, 1],
    ])
    expect(result.offDiagonal).toEqual([0, 1, 2])
  })

  it('reaches a threshold in spite of rounding', () => {
    const probs = [
      [0.1, 0.9],
      [0.1, 0.9],
      [0.1, 0.9],
    ]
    expect(confidentLearning({ labels: [0, 0, 0], probs })).toMatchObject({
      confidentJoint: [
        [3, 0],
        [0, 0],
      ],
      thresholds: [expect.closeTo(0.1, 12), null],
    })
    expect(confidentLearning({ labels: [], probs: [] })).toEqual({
      thresholds: [],
      confidentJoint: [],
      offDiagonal: [],
      selfConfidence: [],
      normalizedMargin: [],
    })
  })

  it('names a class that does not exist', () => {
    expect(() => confidentLearning({ labels: [2], probs: [[0.5, 0.5]] })).toThrow('labels[0] must be below 2, the number of classes, got 2')
    expect(() => confidentLearning({ labels: [0], probs: [[1.5, 0.5]] })).toThrow('probs[0][0] must be between 0 and 1, got 1.5')
    expect(() => confidentLearning({ labels: [0], probs: [[1]] })).toThrow('probs must have at least 2 classes, got 1')
  })
})
