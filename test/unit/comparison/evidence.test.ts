import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEpochAccumulator } from '~/domain/comparison/epochs'
import {
  boundRegressions,
  comparePairedShares,
  createEnforcementAccumulator,
  describeFlipRates,
  describePower,
} from '~/domain/comparison/evidence'
import type { JudgedSide } from '~/domain/comparison/flips'
import { versionFlips } from '~/domain/statistics'

const side = (expected: string, said: string): JudgedSide => ({
  expected: { label: expected, rules: {} },
  outcome: expected === said ? 'correct' : 'wrong',
  ruleOutcome: null,
  verdict: { label: said, rules: [] },
})

describe('the two errors apart', () => {
  it('counts wrongly enforced and missed content on its own cases, change by change', () => {
    const enforcement = createEnforcementAccumulator('violates')
    const add = (expected: string, before: string, after: string, count: number) => {
      for (let index = 0; index < count; index++) enforcement.add(side(expected, before), side(expected, after))
    }
    add('allowed', 'allowed', 'violates', 6)
    add('allowed', 'violates', 'allowed', 1)
    add('allowed', 'allowed', 'allowed', 93)
    add('violates', 'allowed', 'violates', 20)
    add('violates', 'violates', 'violates', 30)
    const { over, under } = enforcement.finish(0.95)
    expect(over).toMatchObject({ n: 100, baseline: 0.01, candidate: 0.06, difference: { method: 'newcombe paired' } })
    expect(over.difference.estimate).toBeCloseTo(0.05, 12)
    // 6 against 1, exact two-sided: 2 · (1 + 7) / 128.
    expect(over.pValue).toBeCloseTo(0.125, 12)
    expect(under).toMatchObject({ n: 50, baseline: 0.4, candidate: 0, difference: { estimate: -0.4 } })
    expect(under.difference.upper).toBeLessThan(0)
  })

  it('gives n/a without cases', () => {
    expect(comparePairedShares({ both: 0, onlyCandidate: 0, onlyBaseline: 0, neither: 0 }, 0.95)).toMatchObject({
      n: 0,
      baseline: null,
      candidate: null,
      difference: { estimate: null, lower: null, upper: null },
      pValue: null,
    })
  })
})

describe('what few cases prove', () => {
  it('says how many may regress although none of 16 did', () => {
    expect(boundRegressions(0, 16, 0.95)).toBeCloseTo(1 - 0.025 ** (1 / 16), 9)
    expect(boundRegressions(0, 0, 0.95)).toBeNull()
  })

  it('says how likely a loss as large as the margin would have shown', () => {
    const few = describePower({ fixed: 1, regressed: 1, n: 50 }, 0.02, 0.95)
    const many = describePower({ fixed: 40, regressed: 40, n: 4000 }, 0.02, 0.95)
    expect(few?.power).toBeLessThan(0.05)
    expect(many?.power).toBeGreaterThan(0.99)
    expect(describePower({ fixed: 0, regressed: 0, n: 0 }, 0.02, 0.95)).toBeUndefined()
  })

  it('gives the flip rates of the cases themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { maxLength: 50 }), (pairs) => {
        const count = (a: number, b: number) => pairs.filter(([before, after]) => before === a && after === b).length
        const flips = { fixed: count(0, 1), regressed: count(1, 0), stillRight: count(1, 1), stillWrong: count(0, 0) }
        expect(
          versionFlips({ correctA: pairs.map(([before]) => before as 0 | 1), correctB: pairs.map(([, after]) => after as 0 | 1) }),
        ).toMatchObject(describeFlipRates(flips))
      }),
    )
  })
})

describe('epochs', () => {
  const asked = (...right: Array<0 | 1 | null>): JudgedSide => ({
    ...side('violates', 'violates'),
    epochs: right.map((value) => ({ answer: value === 1 ? 'violates' : value === 0 ? 'allowed' : 'refused', right: value })),
  })

  it('says how steady each side is, and clusters the errors of the difference by case', () => {
    const epochs = createEpochAccumulator()
    for (let index = 0; index < 40; index++) epochs.add(`c${index}`, asked(1, 0), index % 2 ? asked(1, 1) : asked(1, 0))
    const result = epochs.finish(0.95)
    expect(result?.baseline).toMatchObject({ epochs: 2, unsteady: 1, disagreement: 1, passHatK: [0.5, 0], meanAccuracy: 0.5 })
    expect(result?.candidate).toMatchObject({ unsteady: 0.5, passHatK: [0.75, 0.5], meanAccuracy: 0.75 })
    expect(result?.clusters).toBe(40)
    expect(result?.difference).toMatchObject({ estimate: 0.25, method: 'cr1-t' })
    expect(result?.difference.lower).toBeGreaterThan(0)
    expect(result?.warning).toBeUndefined()
  })

  it('takes near duplicates as one, and gives no interval for few', () => {
    const epochs = createEpochAccumulator()
    for (let index = 0; index < 12; index++) epochs.add(`c${index}`, asked(1, 0), asked(1, 1), `cluster ${index % 3}`)
    expect(epochs.finish(0.95)).toMatchObject({ clusters: 3, difference: { estimate: 0.5, lower: null, upper: null } })
  })

  it('leaves out answers without a score, and says nothing where nothing was asked twice', () => {
    const epochs = createEpochAccumulator()
    epochs.add('a', asked(1, null), asked(null, null))
    expect(epochs.finish(0.95)).toMatchObject({ clusters: 0, difference: { estimate: null }, baseline: { meanAccuracy: 1 } })
    const single = createEpochAccumulator()
    single.add('a', side('violates', 'violates'), side('violates', 'allowed'))
    expect(single.finish(0.95)).toBeUndefined()
  })
})
