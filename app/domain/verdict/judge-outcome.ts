import type { AnswerReading, ExpectedVerdict, Outcome, RuleOutcome, Verdict } from './verdict'

export type JudgedOutcome = { outcome: Outcome; ruleOutcome: RuleOutcome }

/**
 * Expected verdict + reading → outcome. The label decides: the same label is correct. A case without an expected label is unlabelled
 * whatever became of its answer. Pass `{ error: true }` where there is no answer to read.
 */
export function judgeOutcome(input: { expected: ExpectedVerdict | null } & ({ reading: AnswerReading } | { error: true })): JudgedOutcome {
  const { expected } = input
  if (expected === null || expected.label === null) return { outcome: 'unlabelled', ruleOutcome: null }
  if ('error' in input) return { outcome: 'error', ruleOutcome: null }
  if (input.reading.status === 'unscored') return { outcome: input.reading.reason, ruleOutcome: null }
  const { verdict } = input.reading
  if (verdict.label !== expected.label) return { outcome: 'wrong', ruleOutcome: null }
  return { outcome: 'correct', ruleOutcome: judgeRules(expected, verdict) }
}

/** Whether the rules that people labelled are as the verdict says; null when nobody labelled any. Rules that nobody labelled do not count. */
function judgeRules(expected: ExpectedVerdict, verdict: Pick<Verdict, 'rules'>): RuleOutcome {
  const labelled = Object.entries(expected.rules)
  if (labelled.length === 0) return null
  return labelled.every(([rule, applies]) => verdict.rules.includes(rule) === applies) ? 'right' : 'wrong'
}
