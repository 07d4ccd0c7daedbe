import { smallestDetectableShift } from '../statistics/power'
import type { GoldenCase } from './golden-case'
import { slicesOf } from './slices'

/** How many cases of one group there are on either side of the line. For a rule: cases it applies to, and cases it is said not to apply to. */
export type BalanceRow = {
  by: 'rule' | 'label' | 'locale' | 'tag' | 'surface'
  value: string
  cases: number
  violating: number
  notViolating: number
  /** Neither side: unlabelled cases. */
  undecided: number
  /**
   * The smallest difference in accuracy between two versions that so many cases show (two-sided McNemar, α 0.05, power 0.8), a share of
   * cases; null where none would.
   */
  detectableShift: number | null
}

export type RuleCoverage = {
  /** Rules that no case breaks. */
  unexercised: string[]
  /** Rules with cases that break them and none that is said not to: a model that always answers with them is never wrong. */
  oneSided: string[]
}

export type BalanceReport = { rows: BalanceRow[]; rules: RuleCoverage; discordance: number; discordanceMeasured: boolean }

/** Assumed share of cases on which two versions differ, where it could not be measured. */
const assumedDiscordance = 0.1
const keys = ['rule', 'label', 'locale', 'tag', 'surface'] as const
/** Tags beyond this many are names, not groups: the largest are kept. */
const maximumValues = 200

type Counts = { violating: number; notViolating: number; undecided: number }

/**
 * What the set can and cannot show: for each rule, label, locale, tag and surface its cases, whether both sides are there, and the
 * smallest shift they can detect. `ruleIds` are all rules that should be exercised; `discordance` the share of cases on which versions
 * differ (0.1 is assumed where it is null or 0).
 */
export function weighBalance(
  cases: Iterable<GoldenCase>,
  input: { positiveLabel: string; ruleIds: readonly string[]; discordance: number | null },
): BalanceReport {
  const groups = new Map<(typeof keys)[number], Map<string, Counts>>(keys.map((key) => [key, new Map()]))
  const countAt = (by: (typeof keys)[number], value: string): Counts => {
    const values = groups.get(by)
    const known = values?.get(value)
    if (known) return known
    const counts = { violating: 0, notViolating: 0, undecided: 0 }
    values?.set(value, counts)
    return counts
  }
  for (const rule of input.ruleIds) countAt('rule', rule)
  for (const golden of cases) {
    const label = golden.expected?.label ?? null
    for (const { by, value } of slicesOf(golden)) {
      if (by === 'rule' || !isKey(by)) continue
      countAt(by, value)[label === null ? 'undecided' : label === input.positiveLabel ? 'violating' : 'notViolating'] += 1
    }
    for (const [rule, applies] of Object.entries(golden.expected?.rules ?? {}))
      countAt('rule', rule)[applies ? 'violating' : 'notViolating'] += 1
  }
  // Two versions that agree on every case say nothing of how far the next one will differ.
  const measured = input.discordance !== null && input.discordance > 0
  const discordance = measured ? (input.discordance ?? assumedDiscordance) : assumedDiscordance
  const rows = keys.flatMap((by) => {
    const ofKey: BalanceRow[] = []
    for (const [value, { violating, notViolating, undecided }] of groups.get(by) ?? []) {
      const scored = violating + notViolating
      const detectableShift = smallestDetectableShift({ n: scored, discordance })
      ofKey.push({ by, value, cases: scored + undecided, violating, notViolating, undecided, detectableShift })
    }
    return ofKey.sort((a, b) => b.cases - a.cases || (a.value < b.value ? -1 : 1)).slice(0, maximumValues)
  })
  const ofRules = rows.filter(({ by }) => by === 'rule')
  return {
    rows,
    rules: {
      unexercised: ofRules.filter(({ violating }) => violating === 0).map(({ value }) => value),
      oneSided: ofRules.filter(({ violating, notViolating }) => violating > 0 && notViolating === 0).map(({ value }) => value),
    },
    discordance,
    discordanceMeasured: measured,
  }
}

const isKey = (by: string): by is (typeof keys)[number] => (keys as readonly string[]).includes(by)
