import { positiveLabel } from '../policy/verdict-scheme'
import type { VerdictScheme } from '../policy/verdict-scheme'
import type { ExpectedVerdict, Outcome, RuleOutcome, Verdict } from '../verdict/verdict'
import type { FlipKind } from './comparison'

/** One case on one side, epochs reduced. `expected` is that of the revision that this side pins. */
export type JudgedSide = {
  expected: ExpectedVerdict | null
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Pick<Verdict, 'label' | 'rules'> | null
  /** Every answer where the case was asked more than once: what it said, and whether that is right; null without a score. */
  epochs?: ReadonlyArray<{ answer: string; right: 0 | 1 | null }>
  /** An answer came from the response cache, and so from another replay. */
  cached?: boolean
}

export const isScored = (outcome: Outcome): boolean => outcome === 'correct' || outcome === 'wrong'

/** Whether two expected verdicts say the same: label, severity and every labelled rule; the order of rules does not matter. */
export function sameExpected(a: ExpectedVerdict | null, b: ExpectedVerdict | null): boolean {
  if (a === b) return true
  if (a === null || b === null || a.label !== b.label || (a.severity ?? null) !== (b.severity ?? null)) return false
  const rules = Object.keys(a.rules)
  return (
    rules.length === Object.keys(b.rules).length && rules.every((rule) => Object.hasOwn(b.rules, rule) && a.rules[rule] === b.rules[rule])
  )
}

/** What became of a case from baseline to candidate. Null for a case that is on neither side. */
export function classifyFlip(baseline: JudgedSide | null, candidate: JudgedSide | null): FlipKind | null {
  if (!baseline) return candidate ? 'added' : null
  if (!candidate) return 'removed'
  if (!sameExpected(baseline.expected, candidate.expected)) return 'relabelled'
  if (!isScored(baseline.outcome) || !isScored(candidate.outcome)) return 'unscored'
  if (baseline.outcome === 'correct') return candidate.outcome === 'correct' ? 'stillRight' : 'regressed'
  return candidate.outcome === 'correct' ? 'fixed' : 'stillWrong'
}

/** The order in which flips are read when nothing else sets them apart. */
const flipOrder: readonly FlipKind[] = [
  'regressed',
  'fixed',
  'stillWrong',
  'unscored',
  'leaked',
  'relabelled',
  'added',
  'removed',
  'stillRight',
]

/**
 * How bad a case is, 0 the worst: regressions of zero-tolerance cases; other regressions, those of the gravest expected severity first, and
 * of one severity missed violations before wrongly enforced content; then the other kinds in {@link flipOrder}, by severity in the same
 * way. Cases of one rank keep the order in which they came.
 */
export function createHarmRank(scheme: VerdictScheme): (flip: FlipKind, candidate: JudgedSide | null, mustPass: boolean) => number {
  const positive = positiveLabel(scheme)
  const severityRank = new Map(scheme.severities.map((severity, index) => [severity, scheme.severities.length - 1 - index]))
  const directions = 3
  const perTier = (scheme.severities.length + 1) * directions
  return (flip, candidate, mustPass) => {
    const tier = flip === 'regressed' ? (mustPass ? 0 : 1) : 1 + flipOrder.indexOf(flip)
    const severity = severityRank.get(candidate?.expected?.severity ?? '') ?? scheme.severities.length
    const missed = candidate?.expected?.label === positive && candidate.verdict !== null && candidate.verdict.label !== positive
    const overdone = candidate?.expected?.label !== positive && candidate?.verdict?.label === positive
    return tier * perTier + severity * directions + (missed ? 0 : overdone ? 1 : 2)
  }
}
