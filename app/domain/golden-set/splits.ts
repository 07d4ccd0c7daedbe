import { createRandom } from '../statistics/random'

export type SplitName = 'train' | 'validation' | 'holdout'
export const splitNames: readonly SplitName[] = ['train', 'validation', 'holdout']
export type SplitShares = Record<SplitName, number>
export const defaultSplitShares: SplitShares = { train: 0.6, validation: 0.2, holdout: 0.2 }

export type CaseToSplit = {
  id: string
  /** What every split should have its share of: the label and its rules, say. */
  stratum: string
}

/**
 * Divides cases into train, validation and holdout so that each stratum is divided in the same shares and that cases of one cluster
 * (duplicates) are on one side. Clusters are dealt out within their commonest stratum, the largest first, in seeded random order among
 * equals, each to the split that lacks most. The order of the cases does not matter.
 *
 * @param input clusters: ids that must stay together; a case in two clusters joins them. shares: 0 or more, summing to 1. seed as in
 * `createRandom`: store it with the result.
 * @returns the split of every case, by id.
 * @throws RangeError for shares that are negative or do not sum to 1, or a repeated id.
 */
export function assignSplits(input: {
  cases: readonly CaseToSplit[]
  clusters: ReadonlyArray<readonly string[]>
  shares?: SplitShares
  seed: number
}): Map<string, SplitName> {
  const { cases, clusters, shares = defaultSplitShares, seed } = input
  const total = splitNames.reduce((sum, name) => sum + shares[name], 0)
  if (splitNames.some((name) => !(shares[name] >= 0)) || Math.abs(total - 1) > 1e-9)
    throw new RangeError(`shares must be 0 or more and sum to 1, got ${splitNames.map((name) => `${name} ${shares[name]}`).join(', ')}`)
  const strata = new Map(cases.map(({ id, stratum }) => [id, stratum]))
  if (strata.size !== cases.length) throw new RangeError('cases must have distinct ids')

  const byStratum = new Map<string, string[][]>()
  for (const unit of unitsOf([...strata.keys()].sort(), clusters)) {
    const stratum = commonest(unit.map((id) => strata.get(id) as string))
    const units = byStratum.get(stratum)
    if (units) units.push(unit)
    else byStratum.set(stratum, [unit])
  }
  const random = createRandom(seed)
  const assigned = new Map<string, SplitName>()
  /** What the rounding of earlier strata left each split short of, so that many small strata do not all favour one. */
  const short = { train: 0, validation: 0, holdout: 0 }
  for (const [, units] of [...byStratum].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const size = units.reduce((sum, unit) => sum + unit.length, 0)
    for (const name of splitNames) short[name] += shares[name] * size
    for (const unit of random.shuffle(units).sort((a, b) => b.length - a.length)) {
      const open = splitNames.filter((name) => shares[name] > 0)
      const neediest = open.reduce((best, name) => (short[name] > short[best] ? name : best))
      short[neediest] -= unit.length
      for (const id of unit) assigned.set(id, neediest)
    }
  }
  return assigned
}

/** The ids in groups that stay together, each in order, by their first id. */
function unitsOf(ids: readonly string[], clusters: ReadonlyArray<readonly string[]>): string[][] {
  const leader = new Map(ids.map((id) => [id, id]))
  const leaderOf = (id: string): string => {
    let current = id
    while (leader.get(current) !== current) current = leader.get(current) as string
    leader.set(id, current)
    return current
  }
  for (const cluster of clusters) {
    const known = cluster.filter((id) => leader.has(id))
    for (const id of known.slice(1)) {
      const [one, other] = [leaderOf(known[0] as string), leaderOf(id)]
      if (one !== other) leader.set(one < other ? other : one, one < other ? one : other)
    }
  }
  const units = new Map<string, string[]>()
  for (const id of ids) {
    const first = leaderOf(id)
    const unit = units.get(first)
    if (unit) unit.push(id)
    else units.set(first, [id])
  }
  return [...units.values()]
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, next) => (next[1] > best[1] || (next[1] === best[1] && next[0] < best[0]) ? next : best))[0]
}
