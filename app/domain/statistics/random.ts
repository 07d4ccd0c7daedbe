import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import { requireCount } from './checks'

const largestSeed = 0xffffffff

export type Random = {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number
  /** Uniform over 0 … maxExclusive − 1, without modulo bias. */
  nextInt(maxExclusive: number): number
  /** A shuffled copy (Durstenfeld 1964): every order equally likely. */
  shuffle<T>(array: readonly T[]): T[]
}

/**
 * Seeded random numbers: the Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), seeded by its `init_genrand`; `next` is its
 * `genrand_res53`. The same seed gives the same numbers on every machine, and the ones that `numpy.random.RandomState(seed).random_sample()`
 * gives. The seed is a whole number from 0 to 4 294 967 295; store it with what was drawn.
 */
export function createRandom(seed: number): Random {
  requireCount('seed', seed)
  if (seed > largestSeed) throw new RangeError(`seed must be at most ${largestSeed}, got ${seed}`)
  const generator = mersenne(seed)
  const nextInt = (maxExclusive: number): number => {
    requireCount('maxExclusive', maxExclusive, 1)
    return uniformInt(generator, 0, maxExclusive - 1)
  }
  return {
    next: () => ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992,
    nextInt,
    shuffle: (array) => {
      const shuffled = [...array]
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = nextInt(last + 1)
        const moved = shuffled[last] as (typeof shuffled)[number]
        shuffled[last] = shuffled[other] as (typeof shuffled)[number]
        shuffled[other] = moved
      }
      return shuffled
    },
  }
}
