import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduceEpochs } from '~/domain/metrics/reduce-epochs'
import type { EpochTrial } from '~/domain/metrics/reduce-epochs'
import { outcomes } from '~/domain/verdict/verdict'
import type { Outcome } from '~/domain/verdict/verdict'

const trial = (outcome: Outcome, label?: string): EpochTrial => ({
  outcome,
  ruleOutcome: null,
  verdict: label === undefined ? null : { label, rules: [] },
  detail: outcome === 'error' ? 'reset' : null,
})
const right = trial('correct', 'violates')
const wrong = trial('wrong', 'allowed')

describe('reduceEpochs', () => {
  it('takes the majority of the scored trials; a tie is wrong', () => {
    expect(reduceEpochs([right, wrong, right])).toMatchObject({
      outcome: 'correct',
      verdict: { label: 'violates' },
      epochs: 3,
      scored: 3,
      correct: 2,
    })
    expect(reduceEpochs([right, wrong])).toMatchObject({ outcome: 'wrong', verdict: { label: 'allowed' } })
    expect(reduceEpochs([trial('error'), trial('refused'), right])).toMatchObject({ outcome: 'correct', scored: 1 })
  })

  it('gives the most frequent reason where none is scored', () => {
    expect(reduceEpochs([trial('refused'), trial('error'), trial('error')])).toMatchObject({
      outcome: 'error',
      verdict: null,
      detail: 'reset',
      scored: 0,
    })
  })

  it('speaks with the verdict that was given most often', () => {
    expect(reduceEpochs([trial('wrong', 'escalate'), wrong, wrong])).toMatchObject({ verdict: { label: 'allowed' } })
  })

  it('refuses no trials at all', () => {
    expect(() => reduceEpochs([])).toThrow(RangeError)
  })

  it('does not depend on the order of the trials, and the verdict always fits the outcome', () => {
    const anyTrial = fc
      .constantFrom(...outcomes)
      .map((outcome) => trial(outcome, outcome === 'correct' ? 'violates' : outcome === 'wrong' ? 'allowed' : undefined))
    fc.assert(
      fc.property(fc.array(anyTrial, { minLength: 1, maxLength: 7 }), (trials) => {
        const reduced = reduceEpochs(trials)
        const backwards = reduceEpochs(trials.toReversed())
        expect(reduced.scored === 0 || backwards.outcome === reduced.outcome).toBe(true)
        expect(reduced.verdict?.label).toBe(
          reduced.outcome === 'correct' ? 'violates' : reduced.outcome === 'wrong' ? 'allowed' : undefined,
        )
      }),
    )
  })
})
