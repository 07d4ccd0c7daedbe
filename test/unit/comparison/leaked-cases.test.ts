import { describe, expect, it } from 'vitest'
import { casesOf, compare } from './_support/cases'

describe('cases that a prompt quotes', () => {
  const others = casesOf({ fixed: 3, regressed: 9, stillRight: 60, stillWrong: 8 })
  const quoted = casesOf({ leaked: 12 })

  it('are in no figure of the headline, which says so and what it would be with them', () => {
    const { leaked, sentence, flips, ...comparison } = compare([...others, ...quoted])
    const { sentence: plain, flips: plainFlips, ...without } = compare(others)
    expect(comparison).toEqual(without)
    expect(flips).toEqual({ ...plainFlips, leaked: 12 })
    const counted = compare([...others, ...quoted], { countLeaked: true })
    expect(leaked).toMatchObject({ n: 12, quotedByBaseline: 0, quotedByCandidate: 12, counted: false, flips: { fixed: 12, regressed: 0 } })
    expect(leaked?.with).toEqual({
      n: 92,
      fixed: 15,
      regressed: 9,
      baselineAccuracy: counted.baseline.accuracy,
      candidateAccuracy: counted.candidate.accuracy,
      difference: counted.difference,
      pValue: counted.pValue.value,
      verdict: counted.verdict,
    })
    expect(sentence).toBe(
      `${plain} 12 cases are quoted in a prompt and left out; with them: 15 fixed, 9 regressed of 92, +6.5 points, inconclusive.`,
    )
    expect(counted.leaked?.without).toMatchObject({ n: 80, fixed: 3, regressed: 9, difference: without.difference })
    expect(counted.sentence).toContain('12 cases are quoted in a prompt and counted all the same; without them: 3 fixed, 9 regressed of 80')
  })

  it('count where zero tolerance is asked of them', () => {
    const { mustPass, flips, verdict } = compare([
      ...casesOf({ stillRight: 30 }, { mustPass: true }),
      { ...casesOf({ regressed: 1 })[0]!, mustPass: true, quotedBy: { baseline: true, candidate: false } },
    ])
    expect(mustPass).toMatchObject({ total: 31, regressed: 1 })
    // The bound on other cases is of the 30 that were not quoted.
    expect(mustPass?.regressedAtMost).toBeCloseTo(0.1157, 4)
    expect([flips.regressed, verdict]).toEqual([0, 'inconclusive'])
  })

  it('say nothing when there are none, and that nothing is left when there are no others', () => {
    expect(compare(others).leaked).toBeUndefined()
    expect(compare(quoted)).toMatchObject({ n: 0, verdict: 'inconclusive', difference: { estimate: null } })
    expect(compare(quoted).sentence).toMatch(/^v8 and v7 cannot be compared: no other case has a score on both sides\. 12 cases are quoted/)
  })
})
