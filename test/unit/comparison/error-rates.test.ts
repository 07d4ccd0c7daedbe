import { describe, expect, it } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import type { JudgedSide } from '~/domain/comparison/flips'
import { createRandom, type Random } from '~/domain/statistics'
import { monteCarloError } from '../statistics/_support/simulation'
import { says, setup, violating } from './_support/cases'

const noise = 0.05
const alpha = 0.05

/** The same version on both sides, each answer turned round with a chance of 5%: comparisons of it, `runs` times. */
function compareWithItself(
  runs: number,
  seed: number,
  cases: (random: Random) => Array<{ baseline: JudgedSide; candidate: JudgedSide; cluster?: string }>,
) {
  const random = createRandom(seed)
  return Array.from({ length: runs }, () => {
    const comparison = createComparison(setup())
    for (const [index, entry] of cases(random).entries()) comparison.add({ caseId: `${index}`, ...entry })
    return comparison.finish()
  })
}

const answer = (right: boolean): JudgedSide => says(violating, right ? 'violates' : 'allowed')
const share = <Entry>(entries: readonly Entry[], event: (entry: Entry) => boolean): number => entries.filter(event).length / entries.length
const leavesOutZero = ({ lower, upper }: { lower: number | null; upper: number | null }): boolean =>
  lower !== null && upper !== null && (lower > 0 || upper < 0)

describe('two replays of one version', () => {
  it('are called better or worse no more often than α by the majority of three epochs, and by the mean over all of them', () => {
    const runs = 300
    const comparisons = compareWithItself(runs, 21, (random) => {
      const side = (right: boolean): JudgedSide => {
        const epochs = Array.from({ length: 3 }, () => (random.next() < noise ? !right : right))
        return {
          ...answer(epochs.filter(Boolean).length >= 2),
          epochs: epochs.map((each) => ({ answer: each ? 'violates' : 'allowed', right: each ? 1 : 0 })),
        }
      }
      return Array.from({ length: 80 }, (_, index) => ({ baseline: side(index % 10 > 0), candidate: side(index % 10 > 0) }))
    })
    const limit = alpha + monteCarloError(alpha, runs)
    expect(share(comparisons, ({ verdict }) => verdict === 'better' || verdict === 'worse')).toBeLessThanOrEqual(limit)
    const byEpochs = share(comparisons, ({ epochs }) => epochs !== undefined && leavesOutZero(epochs.difference))
    expect(byEpochs).toBeLessThanOrEqual(limit)
    expect(byEpochs).toBeGreaterThan(0)
  })

  it('whose near duplicates share their noise keep to α with each group counted as one, and the verdict warns where it does not', () => {
    const runs = 500
    const groups = 80
    const comparisons = compareWithItself(runs, 22, (random) =>
      Array.from({ length: groups }, (_, group) => {
        const [baseline, candidate] = [answer(random.next() >= noise), answer(random.next() >= noise)]
        return Array.from({ length: 4 }, () => ({ baseline, candidate, cluster: `${group}` }))
      }).flat(),
    )
    const clustered = share(comparisons, ({ clusters }) => clusters != null && leavesOutZero(clusters))
    expect(clustered).toBeLessThanOrEqual(alpha + 0.015 + monteCarloError(alpha, runs))
    const trusted = share(
      comparisons,
      ({ verdict, warnings }) => verdict === 'worse' && !warnings.some((warning) => warning.startsWith('Some cases are near duplicates')),
    )
    expect(trusted).toBeLessThanOrEqual(alpha / 2 + 0.01 + monteCarloError(alpha / 2, runs))
    expect(share(comparisons, ({ verdict }) => verdict === 'worse')).toBeGreaterThan(trusted)
  })
})

describe('a version that is truly behind', () => {
  it('is called worse as often as was planned for', () => {
    const runs = 400
    const random = createRandom(23)
    // 405 cases show 9% regressed against 4% fixed with 80% power (Miettinen 1968).
    const verdicts = Array.from({ length: runs }, () => {
      const comparison = createComparison(setup())
      for (let index = 0; index < 405; index++) {
        const draw = random.next()
        const [before, after] = draw < 0.09 ? [true, false] : draw < 0.13 ? [false, true] : [true, true]
        comparison.add({ caseId: `${index}`, baseline: answer(before), candidate: answer(after) })
      }
      return comparison.finish().verdict
    })
    expect(Math.abs(share(verdicts, (verdict) => verdict === 'worse') - 0.8)).toBeLessThan(0.03 + monteCarloError(0.8, runs))
  })
})
