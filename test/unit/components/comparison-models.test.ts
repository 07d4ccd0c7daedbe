import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalDomain, intervalTicks } from '~/components/charts/interval-scale'
import { adviseOn } from '~/components/comparison/advice'
import { subtractCells, toMatrix } from '~/components/comparison/confusion-model'
import { describeAnswers } from '~/components/comparison/flip-columns'
import { countUnscored, differenceOf } from '~/components/comparison/key-figures'
import { chooseAnother, chooseSides, findComparison, mostChosen } from '~/components/replays/replay-order'
import { formatPoints } from '~/components/ui/format'
import { flipKinds, type ComparisonVerdict, type FlipCounts } from '~/domain/comparison/comparison'

const flips = (counts: Partial<FlipCounts>) => ({ ...Object.fromEntries(flipKinds.map((kind) => [kind, 0])), ...counts }) as FlipCounts
const names = { baseline: 'v7', candidate: 'v8' }
const facts = (verdict: ComparisonVerdict, counts: Partial<FlipCounts> = {}, more: number | null = null) => ({
  verdict,
  n: 400,
  flips: flips(counts),
  moreCasesNeeded: more,
})

describe('what a lead is told to do', () => {
  test('holds back a version that falls silent, however right it is about the rest', () => {
    const silent = { baseline: 0.001, candidate: 0.2, onlyBaseline: 0, onlyCandidate: 80, pValue: 1e-9 }
    expect(adviseOn({ ...facts('better', { fixed: 41, unscored: 80 }), unscored: silent }, names)).toMatchObject({
      answer: 'Hold v8 back for now',
      go: false,
      read: { filter: { flip: ['unscored'] } },
    })
    expect(adviseOn({ ...facts('better', { fixed: 41 }), unscored: { ...silent, pValue: 0.3 } }, names).go).toBe(true)
    expect(adviseOn({ ...facts('better', { fixed: 41 }), unscored: { ...silent, baseline: 0.3 } }, names).go).toBe(true)
    expect(adviseOn({ ...facts('worse', { regressed: 41 }), unscored: silent }, names).answer).toBe('Keep v7')
  })
  test('follows the verdict', () => {
    expect(adviseOn(facts('better', { fixed: 41, regressed: 6 }), names)).toMatchObject({
      answer: 'v8 may go out',
      go: true,
      read: { text: 'Read the 6 regressions', filter: { flip: ['regressed'] } },
    })
    expect(adviseOn(facts('not-worse', { fixed: 2 }), names)).toMatchObject({ go: true, read: null })
    expect(adviseOn(facts('worse', { regressed: 30 }), names)).toMatchObject({ answer: 'Keep v7', go: false })
    expect(adviseOn(facts('inconclusive', { fixed: 2, regressed: 1 }, 237), names)).toMatchObject({
      answer: 'Hold v8 back for now',
      go: false,
    })
  })

  test('says why it cannot be told yet, and how many cases would settle it', () => {
    expect(adviseOn(facts('inconclusive', { fixed: 2, regressed: 1 }, 237), names).next).toBe(
      '3 of 400 cases changed, 2 for the better and 1 for the worse: chance alone could do that. About 240 more cases like these would settle it; cases of the rules that the edit touched tell most.',
    )
    expect(adviseOn(facts('inconclusive', {}, null), names).next).toContain('no realistic number of cases')
    expect(adviseOn({ ...facts('inconclusive'), n: 0 }, names).read?.filter).toEqual({ flip: ['unscored'] })
  })

  test('lets nothing out on a rehearsal, which judges nothing', () => {
    for (const verdict of ['better', 'not-worse', 'worse', 'inconclusive'] as const) {
      const advice = adviseOn(facts(verdict, { fixed: 41, regressed: 6 }), names, true)
      expect(advice.go).toBe(false)
      expect(advice.answer).toMatch(/^In rehearsal: /)
      expect(advice.next).toContain('replay both versions with a model')
    }
  })

  test('never lets a zero-tolerance regression out, however good the average', () => {
    const mustPass = { total: 5, fixed: 0, regressed: 1, stillWrong: 0, unscored: 0 }
    for (const verdict of ['better', 'not-worse', 'worse', 'inconclusive'] as const)
      expect(adviseOn({ ...facts(verdict, { fixed: 90, regressed: 1 }), mustPass }, names)).toMatchObject({
        answer: 'Hold v8 back',
        go: false,
        read: { filter: { flip: ['regressed'], mustPass: true } },
      })
  })
})

describe('a difference of figures', () => {
  const points = (value: number) => formatPoints(value)
  test('is good or bad by what the figure means', () => {
    expect(differenceOf(0.6, 0.7, 'up', points)).toEqual({ text: '+10.0', direction: 'better' })
    expect(differenceOf(0.6, 0.7, 'down', points)).toEqual({ text: '+10.0', direction: 'worse' })
    expect(differenceOf(0.7, 0.70001, 'up', points)).toEqual({ text: '±0.0', direction: 'same' })
  })
  test('is not there where a side has no figure', () => {
    expect(differenceOf(null, 0.7, 'up', points)).toBeNull()
    expect(differenceOf(0.7, null, 'up', points)).toBeNull()
  })
  test('counts unscored cases over all reasons', () => {
    expect(countUnscored({ refused: 1, contentFilter: 2, truncated: 3, unparseable: 4, error: 5, unlabelled: 6 })).toBe(21)
  })
})

describe('confusion matrices', () => {
  const cells = [
    { expected: 'violates', predicted: 'violates', count: 5 },
    { expected: 'violates', predicted: 'allowed', count: 2 },
    { expected: 'allowed', predicted: 'allowed', count: 7 },
  ]
  test('have their labels in the order of the scheme, and what the scheme lacks after it', () => {
    const matrix = toMatrix([...cells, { expected: 'zz', predicted: 'allowed', count: 1 }], ['violates', 'allowed', 'escalate'])
    expect([matrix.rows, matrix.columns]).toEqual([
      ['violates', 'allowed', 'zz'],
      ['violates', 'allowed', 'zz'],
    ])
    expect([matrix.count('violates', 'allowed'), matrix.count('allowed', 'violates'), matrix.rowTotal('violates')]).toEqual([2, 0, 7])
  })
  test('differ cell by cell, and not at all from themselves', () => {
    const candidate = [{ expected: 'violates', predicted: 'allowed', count: 6 }]
    expect(toMatrix(subtractCells(candidate, cells), []).count('violates', 'allowed')).toBe(4)
    expect(toMatrix(subtractCells(candidate, cells), []).count('allowed', 'allowed')).toBe(-7)
    const none = toMatrix(subtractCells(cells, cells), [])
    expect(cells.map(({ expected, predicted }) => none.count(expected, predicted))).toEqual([0, 0, 0])
  })
})

describe('the scale of an interval plot', () => {
  const share = fc.double({ min: -1, max: 1, noNaN: true })
  test('holds zero, the margin and every interval, and its marks', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share)), fc.double({ min: 0.005, max: 0.2, noNaN: true }), (pairs, margin) => {
        const intervals = pairs.map(([a, b]) => ({ lower: Math.min(a, b), estimate: (a + b) / 2, upper: Math.max(a, b) }))
        const [low, high] = intervalDomain(intervals, margin)
        expect(low).toBeLessThanOrEqual(-Math.min(margin, 1))
        expect(high).toBeGreaterThan(0)
        for (const { lower, upper } of intervals) {
          expect(lower).toBeGreaterThanOrEqual(low)
          expect(upper).toBeLessThanOrEqual(high)
        }
        const ticks = intervalTicks([low, high])
        expect(ticks.length).toBeLessThanOrEqual(10)
        expect(ticks).toContain(0)
        for (const tick of ticks) expect(tick >= low - 1e-9 && tick <= high + 1e-9).toBe(true)
      }),
    )
  })
  test('does without intervals that are not known', () => {
    expect(intervalDomain([{ lower: null, estimate: null, upper: null }], 0.02)[0]).toBeLessThan(-0.02)
  })
})

describe('two replays', () => {
  const replay = (over: object) => ({
    policySlug: 'hate',
    goldenSet: 'edge',
    versionNumber: 1 as number | null,
    createdAt: 1,
    done: 9,
    ...over,
  })
  test('compare the older version as the baseline, a draft last', () => {
    const [one, two, draft] = [replay({ versionNumber: 1, createdAt: 9 }), replay({ versionNumber: 2 }), replay({ versionNumber: null })]
    expect(chooseSides(two, one)).toEqual({ baseline: one, candidate: two })
    expect(chooseSides(draft, two)).toEqual({ baseline: two, candidate: draft })
    const [early, late] = [replay({ createdAt: 1 }), replay({ createdAt: 2 })]
    expect(chooseSides(late, early)).toEqual({ baseline: early, candidate: late })
  })
  test('say why they cannot be compared', () => {
    expect(chooseSides(replay({}), replay({ policySlug: 'fraud' }))).toHaveProperty('problem')
    expect(chooseSides(replay({}), replay({ goldenSet: 'other' }))).toHaveProperty('problem')
    expect(chooseSides(replay({}), replay({ done: 0 }))).toHaveProperty('problem')
  })
  test('are as many as fit into one table, and a second choice takes one back', () => {
    expect(chooseAnother(['a', 'b'], 'c')).toEqual(['a', 'b', 'c'])
    expect(chooseAnother(['a', 'b'], 'a')).toEqual(['b'])
    expect(chooseAnother([], 'a')).toEqual(['a'])
    const full = Array.from({ length: mostChosen }, (_, index) => String(index))
    expect(chooseAnother(full, 'x')).toEqual([...full.slice(1), 'x'])
  })
  test('lead to a comparison side by side, or of all in one table, the earliest version first', () => {
    const named = (versionNumber: number) => ({ ...replay({ versionNumber }), id: `r${versionNumber}` })
    const find = (...numbers: number[]) => findComparison(numbers.map(named), ({ id }) => id)
    expect(find(3, 1)).toEqual({ to: '/compare/r1/r3', names: ['r1', 'r3'] })
    expect(find(3, 1, 2)).toEqual({ to: '/compare-many?replays=r1,r2,r3', names: ['r1', 'r2', 'r3'] })
    expect(find(3)).toHaveProperty('problem')
    expect(findComparison([named(1), named(2), { ...named(3), policySlug: 'another' }], ({ id }) => id)).toHaveProperty('problem')
  })
})

test('a row says who answered what', () => {
  const answer = (label: string) => ({ label, outcome: 'correct' as const, ruleOutcome: null })
  expect(describeAnswers({ expected: { label: 'allowed', rules: {} }, baseline: answer('violates'), candidate: answer('allowed') })).toBe(
    'violates → allowed · expected allowed',
  )
  expect(describeAnswers({ expected: null, baseline: null, candidate: { outcome: 'refused', ruleOutcome: null } })).toBe(
    'not asked → refused · expected nothing',
  )
})
