import type { RuleMetrics } from '../comparison/comparison'
import type { Judged } from './outcome-codec'

type RuleCounts = { truePositives: number; falsePositives: number; falseNegatives: number; trueNegatives: number; unscored: number }

/** Null where the whole is 0. */
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/**
 * Counts (case, rule) pairs. Only pairs that people labelled count: the rule applies, or does not. A pair whose case has no verdict is
 * counted as unscored and is in no other figure.
 */
export function createRuleAccumulator(): { add(judged: Pick<Judged, 'expected' | 'verdict'>): void; metrics(): RuleMetrics[] } {
  const rules = new Map<string, RuleCounts>()
  return {
    add({ expected, verdict }) {
      if (expected === null) return
      for (const rule in expected.rules) {
        let counts = rules.get(rule)
        if (!counts) rules.set(rule, (counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0, unscored: 0 }))
        if (verdict === null) counts.unscored++
        else if (expected.rules[rule]) counts[verdict.rules.includes(rule) ? 'truePositives' : 'falseNegatives']++
        else counts[verdict.rules.includes(rule) ? 'falsePositives' : 'trueNegatives']++
      }
    },
    metrics: () =>
      [...rules]
        .map(([rule, { truePositives, falsePositives, falseNegatives, trueNegatives, unscored }]) => {
          const n = truePositives + falsePositives + falseNegatives + trueNegatives
          return {
            rule,
            n,
            unscored,
            truePositives,
            falsePositives,
            falseNegatives,
            trueNegatives,
            accuracy: share(truePositives + trueNegatives, n),
            precision: share(truePositives, truePositives + falsePositives),
            recall: share(truePositives, truePositives + falseNegatives),
            f1: share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
          }
        })
        .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)),
  }
}
