import { describe, expect, it } from 'vitest'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { AnswerReading, ExpectedVerdict } from '~/domain/verdict/verdict'

const says = (label: string, rules: string[] = []): AnswerReading => ({ status: 'verdict', verdict: { label, rules } })
const expects = (label: string | null, rules: Record<string, boolean> = {}): ExpectedVerdict => ({ label, rules })

describe('judgeOutcome', () => {
  it('judges the label', () => {
    expect(judgeOutcome({ expected: expects('violates'), reading: says('violates') })).toEqual({ outcome: 'correct', ruleOutcome: null })
    expect(judgeOutcome({ expected: expects('violates', { H1: true }), reading: says('allowed', ['H1']) })).toEqual({
      outcome: 'wrong',
      ruleOutcome: null,
    })
    expect(judgeOutcome({ expected: expects('allowed'), reading: says('escalate') }).outcome).toBe('wrong')
  })

  it('tells the right label with the wrong rule apart; rules that nobody labelled do not count', () => {
    const expected = expects('violates', { H1: true, H2: false })
    expect(judgeOutcome({ expected, reading: says('violates', ['H1', 'H9']) }).ruleOutcome).toBe('right')
    expect(judgeOutcome({ expected, reading: says('violates', ['H9']) }).ruleOutcome).toBe('wrong')
    expect(judgeOutcome({ expected, reading: says('violates', ['H1', 'H2']) }).ruleOutcome).toBe('wrong')
  })

  it('says unlabelled where nobody settled on a label, whatever became of the answer', () => {
    for (const expected of [null, expects(null, { H1: true })]) {
      expect(judgeOutcome({ expected, reading: says('violates') }).outcome).toBe('unlabelled')
      expect(judgeOutcome({ expected, error: true }).outcome).toBe('unlabelled')
    }
  })

  it('carries the reason of an answer that was not scored', () => {
    for (const reason of ['refused', 'contentFilter', 'truncated', 'unparseable'] as const)
      expect(judgeOutcome({ expected: expects('violates'), reading: { status: 'unscored', reason, detail: 'x' } })).toEqual({
        outcome: reason,
        ruleOutcome: null,
      })
    expect(judgeOutcome({ expected: expects('violates'), error: true })).toEqual({ outcome: 'error', ruleOutcome: null })
  })
})
