import { adjustPValues } from '../statistics'
import type { RulePairCounts, RulePairs } from './comparison'
import { estimateDifference, testDifference } from './decide-verdict'
import type { JudgedSide } from './flips'

const emptyCounts = (): RulePairCounts => ({ fixed: 0, regressed: 0, stillRight: 0, stillWrong: 0, unscored: 0, unlabelled: 0 })

/**
 * Counts (case, rule) pairs over the policy's rules, for cases on both sides. A pair is labelled when the expected verdicts of both sides
 * say the same of the rule; it is right when the verdict names the rule exactly if it applies.
 */
export function createRulePairAccumulator(
  ruleIds: readonly string[],
  confidence: number,
): { add(baseline: JudgedSide, candidate: JudgedSide): void; finish(): RulePairs | undefined } {
  const perRule = ruleIds.map((rule) => ({ rule, counts: emptyCounts() }))
  let labelled = 0
  return {
    add(baseline, candidate) {
      for (const { rule, counts } of perRule) {
        const applies = baseline.expected?.rules[rule]
        if (applies === undefined || applies !== candidate.expected?.rules[rule]) {
          counts.unlabelled++
          continue
        }
        labelled++
        if (baseline.verdict === null || candidate.verdict === null) {
          counts.unscored++
          continue
        }
        const before = baseline.verdict.rules.includes(rule) === applies
        const after = candidate.verdict.rules.includes(rule) === applies
        counts[before ? (after ? 'stillRight' : 'regressed') : after ? 'fixed' : 'stillWrong']++
      }
    },
    finish() {
      if (labelled === 0) return undefined
      const rows = perRule.map(({ rule, counts }) => {
        const n = counts.fixed + counts.regressed + counts.stillRight + counts.stillWrong
        const paired = { fixed: counts.fixed, regressed: counts.regressed, n }
        return Object.assign({ rule, n }, counts, {
          difference: estimateDifference(paired, confidence),
          pValue: testDifference(paired).value,
        })
      })
      const adjusted = adjustSlices(rows.map((row) => row.pValue))
      const totals = emptyCounts()
      for (const row of rows) for (const key of Object.keys(totals) as Array<keyof RulePairCounts>) totals[key] += row[key]
      return {
        n: totals.fixed + totals.regressed + totals.stillRight + totals.stillWrong,
        ...totals,
        perRule: rows.map((row, index) => Object.assign(row, { pAdjusted: adjusted[index] ?? null })),
      }
    },
  }
}

/** Benjamini-Hochberg over the p values that exist; null stays null. */
export const adjustSlices = (values: readonly (number | null)[]): Array<number | null> => adjustPValues({ p: values }).bh.adjusted
