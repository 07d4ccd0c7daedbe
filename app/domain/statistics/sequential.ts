import { requireCount, requireOpenProbability } from './checks'
import type { Interval } from './binomial-intervals'

type HedgedCapital = {
  add: (x: number) => void
  /** Capital against the mean at that position of `means`. */
  capital: (position: number) => number
  n: () => number
  total: () => number
}

/** Largest share of the capital that a bet may risk: the truncation c of Waudby-Smith & Ramdas. */
const truncation = 0.5

/**
 * The hedged capital process against each of several hypothetical means: half the capital bets that the truth is above, half that it is
 * below; the larger half counts. Bets are predictable: each uses the observations before it alone.
 */
function createHedgedCapital(means: readonly number[], alpha: number, population: number | null): HedgedCapital {
  const above = new Float64Array(means.length).fill(1)
  const below = new Float64Array(means.length).fill(1)
  const hypotheses = Float64Array.from(means)
  let n = 0
  let total = 0
  let squaredDeviations = 0
  const add = (x: number) => {
    if (!(x >= 0 && x <= 1)) throw new RangeError(`x[${n}] must be between 0 and 1, got ${x}`)
    if (population !== null && n >= population) throw new RangeError(`x must hold at most N (${population}) observations, got one more`)
    const time = n + 1
    const variance = (0.25 + squaredDeviations) / time
    const bet = Math.sqrt((2 * Math.log(2 / alpha)) / (time * Math.log(1 + time) * variance))
    const remaining = population === null ? 1 : population - n
    for (let position = 0; position < hypotheses.length; position += 1) {
      const hypothesis = hypotheses[position] as number
      const expected = population === null ? hypothesis : (population * hypothesis - total) / remaining
      if (expected < 0 || expected > 1) {
        above[position] = Number.POSITIVE_INFINITY
        continue
      }
      const gain = x - expected
      above[position] = (above[position] as number) * (1 + Math.min(bet, truncation / expected) * gain)
      below[position] = (below[position] as number) * (1 - Math.min(bet, truncation / (1 - expected)) * gain)
    }
    n = time
    total += x
    squaredDeviations += (x - (0.5 + total) / (n + 1)) ** 2
  }
  return {
    add,
    capital: (position) => Math.max(above[position] as number, below[position] as number) / 2,
    n: () => n,
    total: () => total,
  }
}

function requireSequence(alpha: number, population: number | null): void {
  requireOpenProbability('alpha', alpha)
  if (population !== null) requireCount('N', population, 1)
}

export type BettingConfidenceSequence = {
  /** One more observation in [0, 1]. */
  add: (x: number) => void
  /** The interval after the observations so far. */
  interval: () => Interval
  /** Observations so far. */
  n: () => number
}

/**
 * A confidence sequence for the mean of observations in [0, 1]: an interval that may be looked at after every case, and the replay stopped
 * because of what it shows, without losing its guarantee (the true mean is inside at all times together with probability 1 − alpha). Hedged
 * betting of Waudby-Smith & Ramdas 2024 (JRSS-B 86:1, theorem 3): the means whose capital max(K⁺, K⁻)/2 stays at or below 1/alpha, with
 * λ_t = √(2 ln(2/alpha) / (t ln(1 + t) σ̂²_{t−1})), truncated at ½/m and ½/(1 − m). With N, the cases are drawn at random without
 * replacement from N, the mean is that of the N, and what the seen cases already settle is used too.
 *
 * For a paired difference d in {−1, 0, 1} add (d + 1)/2; the mean difference is 2m − 1. The cases must come in random order.
 *
 * @param options alpha in (0, 1); N or null; gridSize (1000 unless told): means are tried in steps of 1/gridSize, and the interval is
 * widened by one step on each side. Each observation costs time proportional to gridSize.
 * @throws RangeError for options out of range, an observation outside [0, 1], or more than N of them.
 */
export function createBettingConfidenceSequence(options: {
  alpha: number
  N?: number | null
  gridSize?: number
}): BettingConfidenceSequence {
  const { alpha, N: population = null, gridSize = 1000 } = options
  requireSequence(alpha, population)
  requireCount('gridSize', gridSize, 2)
  const means = Array.from({ length: gridSize + 1 }, (_, step) => step / gridSize)
  const process = createHedgedCapital(means, alpha, population)
  const interval = (): Interval => {
    const standing = means.map((_, step) => process.capital(step) <= 1 / alpha)
    const first = standing.indexOf(true)
    const last = standing.lastIndexOf(true)
    const lower = first === -1 ? 0 : Math.max(0, (first - 1) / gridSize)
    const upper = last === -1 ? 1 : Math.min(1, (last + 1) / gridSize)
    if (population === null) return { lower, upper }
    const certainLower = process.total() / population
    const certainUpper = 1 - (process.n() - process.total()) / population
    return { lower: Math.max(lower, certainLower), upper: Math.min(upper, certainUpper) }
  }
  return { add: process.add, interval, n: process.n }
}

/**
 * The same confidence sequence for observations already at hand, and the capital against single means.
 *
 * @param input x in [0, 1], in random order; N as above; m, the means to give the capital of: 0, 0.01, … 1 unless told.
 * @returns capitalAtEnd by mean, 'Infinity' (a string, which JSON can hold) where the mean is impossible given N; the interval at the end.
 * @throws RangeError as `createBettingConfidenceSequence`.
 */
export function hedgedBettingCS(input: {
  x: readonly number[]
  alpha: number
  N?: number | null
  m?: readonly number[]
  gridSize?: number
}): {
  capitalAtEnd: Record<string, number | 'Infinity'>
  lowerAtEnd: number
  upperAtEnd: number
} {
  const { x, alpha, N: population = null, m = Array.from({ length: 101 }, (_, step) => step / 100), gridSize } = input
  const sequence = createBettingConfidenceSequence({ alpha, N: population, gridSize })
  for (const mean of m) if (!(mean >= 0 && mean <= 1)) throw new RangeError(`m must hold means between 0 and 1, got ${mean}`)
  const process = createHedgedCapital(m, alpha, population)
  for (const observation of x) {
    sequence.add(observation)
    process.add(observation)
  }
  const capitals = m.map((mean, position): [string, number | 'Infinity'] => {
    const capital = process.capital(position)
    return [String(mean), capital === Number.POSITIVE_INFINITY ? 'Infinity' : capital]
  })
  const { lower, upper } = sequence.interval()
  return { capitalAtEnd: Object.fromEntries(capitals), lowerAtEnd: lower, upperAtEnd: upper }
}
