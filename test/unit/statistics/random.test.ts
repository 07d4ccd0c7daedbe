import { describe, expect, it } from 'vitest'
import { binomialProbability, chiSquareSurvival, createRandom, sampleBinomial } from '~/domain/statistics/index'

describe('createRandom', () => {
  it.each([
    [0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439]],
    [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]],
    [4294967295, [0.0976320289940138, 0.9123828453026218, 0.78903530185164]],
  ])('seed %d gives the numbers that numpy.random.RandomState gives', (seed, expected) => {
    const random = createRandom(seed)
    expect(expected.map(() => random.next())).toEqual(expected)
  })

  it('draws whole numbers evenly, without touching the bound', () => {
    const random = createRandom(11)
    const counts = Array.from({ length: 7 }, () => 0)
    const draws = 70_000
    for (let draw = 0; draw < draws; draw += 1) {
      const value = random.nextInt(7)
      counts[value] = (counts[value] as number) + 1
    }
    const statistic = counts.reduce((sum, count) => sum + (count - draws / 7) ** 2 / (draws / 7), 0)
    expect(counts).toHaveLength(7)
    expect(chiSquareSurvival(statistic, 6)).toBeGreaterThan(0.001)
    expect(random.nextInt(1)).toBe(0)
  })

  it('shuffles a copy, every order equally likely', () => {
    const random = createRandom(5)
    const original = ['a', 'b', 'c']
    const seen = new Map<string, number>()
    for (let draw = 0; draw < 6000; draw += 1) {
      const order = random.shuffle(original).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(original).toEqual(['a', 'b', 'c'])
    const statistic = [...seen.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(seen.size).toBe(6)
    expect(chiSquareSurvival(statistic, 5)).toBeGreaterThan(0.001)
  })

  it.each([-1, 1.5, Number.NaN, 4294967296])('refuses the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(RangeError)
  })
})

describe('sampleBinomial', () => {
  it.each([
    [12, 0.3],
    [40, 0.2],
    [40, 0.9],
    [1000, 0.02],
    [5000, 0.37],
    [100_000, 0.5],
  ])('draws from Bin(%d, %d)', (n, p) => {
    const random = createRandom(n)
    const draws = 20_000
    const counts = new Map<number, number>()
    for (let draw = 0; draw < draws; draw += 1) {
      const value = sampleBinomial(random, n, p)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    const deviation = Math.sqrt(n * p * (1 - p))
    const width = Math.max(1, Math.round(deviation / 3))
    let statistic = 0
    let bins = 0
    let restSeen = draws
    let restExpected = draws
    for (let start = Math.max(0, Math.floor(n * p - 3 * deviation)); start <= Math.min(n, n * p + 3 * deviation); start += width) {
      let seen = 0
      let expected = 0
      for (let k = start; k < start + width; k += 1) {
        seen += counts.get(k) ?? 0
        expected += draws * binomialProbability(k, n, p)
      }
      if (expected < 20) continue
      statistic += (seen - expected) ** 2 / expected
      bins += 1
      restSeen -= seen
      restExpected -= expected
    }
    if (restExpected > 5) statistic += (restSeen - restExpected) ** 2 / restExpected
    expect(bins).toBeGreaterThan(4)
    expect(chiSquareSurvival(statistic, bins)).toBeGreaterThan(0.001)
  })

  it('is certain where it must be', () => {
    const random = createRandom(1)
    expect([sampleBinomial(random, 0, 0.4), sampleBinomial(random, 9, 0), sampleBinomial(random, 9, 1)]).toEqual([0, 0, 9])
  })
})
