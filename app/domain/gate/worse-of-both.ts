import type { EarlyStopState } from './early-stop'
import type { GateConditionResult, GateEvaluation, GateResult } from './gate-result'

const severity: Record<GateResult, number> = { pass: 0, inconclusive: 1, fail: 2 }
const worse = (a: GateResult, b: GateResult): GateResult => (severity[a] >= severity[b] ? a : b)

/**
 * One evaluation of two: without the cases that a prompt quotes, and with them. Each condition gets the worse of its two results, so that
 * no gate passes because cases were left out, nor because the prompt says what to answer.
 */
export function worseOfBoth(without: GateEvaluation, withLeaked: GateEvaluation, leaked: number): GateEvaluation {
  const cases = leaked === 1 ? 'the case' : `the ${leaked} cases`
  const others = new Map(withLeaked.conditions.map((entry) => [entry.name, entry]))
  const both = without.conditions.map((entry): GateConditionResult => {
    const other = others.get(entry.name)
    others.delete(entry.name)
    if (!other || severity[other.result] <= severity[entry.result]) return entry
    return { ...other, evidence: `with ${cases} that a prompt quotes: ${other.evidence}` }
  })
  const conditions = [...both, ...others.values()]
  return { result: conditions.reduce<GateResult>((result, entry) => worse(result, entry.result), 'pass'), conditions }
}

/** What two trackers of one early stop know together: a condition is settled when both say so, or when one of them fails for certain. */
export function worseStateOfBoth(without: EarlyStopState, withLeaked: EarlyStopState): EarlyStopState {
  const join = (a: GateResult | null, b: GateResult | null): GateResult | null =>
    a === 'fail' || b === 'fail' ? 'fail' : a === null || b === null ? null : worse(a, b)
  const settled = new Map(withLeaked.settled)
  for (const [name, result] of without.settled) settled.set(name, settled.has(name) ? join(result, settled.get(name) ?? null) : result)
  return { ...without, answer: join(without.answer, withLeaked.answer), settled, seen: withLeaked.seen }
}
