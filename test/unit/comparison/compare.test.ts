import { describe, expect, it } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import type { CaseToCompare } from '~/domain/comparison/compare'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import { known } from '../../support/known'
import { allowed, casesOf, compare, right, says, setup, violating, wrong } from './_support/cases'

describe('counts', () => {
  it('puts every case in one bucket and compares those scored on both sides', () => {
    const counts = { fixed: 1, regressed: 2, stillRight: 3, stillWrong: 4, unscored: 5, added: 6, removed: 7, relabelled: 8 }
    const comparison = compare(casesOf(counts))
    expect(comparison.flips).toEqual(counts)
    expect(comparison.n).toBe(10)
    expect(comparison.difference.estimate).toBeCloseTo(-0.1, 12)
    // Each side's own figures are over its own scored cases.
    expect(comparison.baseline).toMatchObject({ n: 1 + 2 + 3 + 4 + 5 + 7 + 8 })
    expect(comparison.candidate).toMatchObject({ n: 1 + 2 + 3 + 4 + 6 + 8, unscored: { refused: 5 } })
  })

  it('takes a change of any part of the expected verdict for relabelled, and no change of order', () => {
    const flip = (before: ExpectedVerdict | null, after: ExpectedVerdict | null) =>
      createComparison(setup()).add({ caseId: 'a', baseline: says(before, 'violates'), candidate: says(after, 'violates') })?.flip
    expect(flip({ label: 'violates', rules: { H1: true, H2: false } }, { label: 'violates', rules: { H2: false, H1: true } })).toBe(
      'stillRight',
    )
    expect(flip({ label: 'violates', rules: { H1: true } }, violating)).toBe('relabelled')
    expect(flip({ ...violating, severity: 'low' }, { ...violating, severity: 'high' })).toBe('relabelled')
    expect(flip(null, violating)).toBe('relabelled')
    expect(flip(null, null)).toBe('unscored')
  })

  it('ignores a case that is on neither side', () => {
    expect(createComparison(setup()).add({ caseId: 'a', baseline: null, candidate: null })).toBeNull()
  })

  it('has no figure that is NaN, and null where nothing was compared', () => {
    const comparison = compare([])
    expect(comparison).toMatchObject({
      n: 0,
      verdict: 'inconclusive',
      moreCasesNeeded: null,
      difference: { estimate: null, lower: null, upper: null },
      pValue: { value: null },
    })
    expect(comparison.sentence).toBe('v8 and v7 cannot be compared: no case has a score on both sides.')
    expect(JSON.stringify(compare(casesOf({ added: 1 })))).not.toMatch(/NaN|Infinity/)
  })
})

describe('harm', () => {
  it('ranks zero tolerance, then severity, then missed before overdone, then the other kinds', () => {
    const grave = { ...violating, severity: 'high' }
    const mild = { ...violating, severity: 'low' }
    const comparison = createComparison(setup())
    const cases: Array<[string, CaseToCompare]> = [
      ['zero tolerance', { caseId: '', baseline: right, candidate: wrong, mustPass: true }],
      ['grave', { caseId: '', baseline: says(grave, 'violates'), candidate: says(grave, 'allowed') }],
      ['mild', { caseId: '', baseline: says(mild, 'violates'), candidate: says(mild, 'allowed') }],
      ['missed', { caseId: '', baseline: right, candidate: wrong }],
      ['overdone', { caseId: '', baseline: says(allowed, 'allowed'), candidate: says(allowed, 'violates') }],
      ['other', { caseId: '', baseline: right, candidate: says(violating, 'violates') }],
    ]
    cases.pop()
    const ranks = cases.map(([, entry]) => comparison.add(entry)?.harm ?? -1)
    const rest = (['fixed', 'stillWrong', 'unscored', 'relabelled', 'added', 'removed', 'stillRight'] as const).map(
      (kind) => comparison.add(known(casesOf({ [kind]: 1 })[0]))?.harm ?? -1,
    )
    const all = [...ranks, ...rest]
    expect(all).toEqual(all.toSorted((a, b) => a - b))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('rules', () => {
  it('are counted by (case, rule) pair; what nobody labelled is unlabelled', () => {
    const expected: ExpectedVerdict = { label: 'violates', rules: { H1: true } }
    const { rulePairs } = compare([
      { caseId: '1', baseline: says(expected, 'violates'), candidate: says(expected, 'violates', ['H1']) },
      { caseId: '2', baseline: says(expected, 'violates', ['H1']), candidate: says(expected, 'violates', ['H1', 'H2']) },
      { caseId: '3', baseline: says(expected, 'violates', ['H1']), candidate: says(expected, null) },
      { caseId: '4', baseline: says(null, 'violates', ['H1']), candidate: says(null, 'violates') },
    ])
    expect(rulePairs).toMatchObject({ fixed: 1, regressed: 0, stillRight: 1, stillWrong: 0, unscored: 1, unlabelled: 5, n: 2 })
    expect(rulePairs?.perRule.map(({ rule, n, unlabelled }) => [rule, n, unlabelled])).toEqual([
      ['H1', 2, 1],
      ['H2', 0, 4],
    ])
  })

  it('are left out where no pair is labelled', () => {
    expect(compare(casesOf({ fixed: 1 })).rulePairs).toBeUndefined()
  })
})
