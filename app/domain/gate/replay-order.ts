import { createRandom } from '../statistics'

export type CaseToOrder = { id: string; zeroTolerance: boolean; rules: readonly string[] }

/** The order in which a replay that may stop early takes its cases. Each case is in one part. */
export type ReplayOrder = {
  seed: number
  zeroTolerance: string[]
  flippedBefore: string[]
  changedRules: string[]
  /** In the random order that the seed gives. */
  random: string[]
}

/**
 * Zero-tolerance cases first, then those that flipped in earlier replays, then those of rules whose text the candidate changed: where a loss
 * is likeliest to show. The rest in random order, so that what is seen of it speaks for what is not.
 */
export function orderReplay(input: {
  cases: readonly CaseToOrder[]
  flippedBefore: ReadonlySet<string>
  changedRules: ReadonlySet<string>
  seed: number
}): ReplayOrder {
  const { cases, flippedBefore, changedRules, seed } = input
  const order: ReplayOrder = { seed, zeroTolerance: [], flippedBefore: [], changedRules: [], random: [] }
  const rest: string[] = []
  for (const { id, zeroTolerance, rules } of cases) {
    if (zeroTolerance) order.zeroTolerance.push(id)
    else if (flippedBefore.has(id)) order.flippedBefore.push(id)
    else if (rules.some((rule) => changedRules.has(rule))) order.changedRules.push(id)
    else rest.push(id)
  }
  order.random = createRandom(seed).shuffle(rest)
  return order
}
