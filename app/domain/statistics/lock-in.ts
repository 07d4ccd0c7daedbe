import { requireCount, requireFinite, requireOpenProbability } from './checks'
import { mcnemar } from './paired-tests'

export type LockInRule =
  /** Pass when fixed − broken ends at `value` or more. */
  | { kind: 'netAtLeast'; value: number }
  /** Pass when no more than `value` cases end broken (only the baseline right). */
  | { kind: 'brokenAtMost'; value: number }
  /** Pass when the candidate ends ahead and the two-sided mid-p is at most alpha. */
  | { kind: 'mcnemarMidP'; alpha: number }

function passes(rule: LockInRule, n10: number, n01: number): boolean {
  switch (rule.kind) {
    case 'netAtLeast':
      return n10 - n01 >= rule.value
    case 'brokenAtMost':
      return n01 <= rule.value
    case 'mcnemarMidP':
      return n10 > n01 && mcnemar({ n10, n01 }).midP <= rule.alpha
  }
}

/**
 * Can the cases still to come change the verdict on this golden set? Deterministic curtailment (Alling 1963; Lan, Simon & Halperin 1982): no
 * assumption, only every way that the remaining cases can land. Each rule is monotone (another case fixed never turns a pass into a fail,
 * another broken never a fail into a pass), so the two extreme completions speak for all.
 *
 * @param input n10 = only the candidate right so far, n01 = only the baseline; remaining cases.
 * @returns certain: the verdict that no completion changes, or null while it is open.
 * @throws RangeError for counts that are not whole numbers ≥ 0 or an unknown rule.
 */
export function replayLockIn(input: { n10: number; n01: number; remaining: number; rule: LockInRule }): {
  certain: 'pass' | 'fail' | null
} {
  const { n10, n01, remaining, rule } = input
  for (const name of ['n10', 'n01', 'remaining'] as const) requireCount(name, input[name])
  if (rule.kind === 'mcnemarMidP') requireOpenProbability('rule.alpha', rule.alpha)
  else if (rule.kind === 'netAtLeast' || rule.kind === 'brokenAtMost') requireFinite('rule.value', rule.value)
  else throw new RangeError(`rule.kind must be netAtLeast, brokenAtMost or mcnemarMidP, got "${String((rule as { kind: unknown }).kind)}"`)
  if (passes(rule, n10, n01 + remaining)) return { certain: 'pass' }
  return { certain: passes(rule, n10 + remaining, n01) ? null : 'fail' }
}
