import { writeRow } from '../write-delimited'
import type { Comparison, SideMetrics } from '~/domain/comparison/comparison'
import { unscoredReasons } from '~/domain/verdict/verdict'

export const comparisonTables = ['slices', 'figures', 'confusion', 'rules'] as const
export type ComparisonTable = (typeof comparisonTables)[number]

const write = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value))

/** One table of a comparison as CSV that no spreadsheet runs: shares as shares of 1 in full precision, what cannot be estimated is empty. */
export function writeComparisonTable(comparison: Comparison, table: ComparisonTable): string {
  const rows = { slices: sliceRows, figures: figureRows, confusion: confusionRows, rules: ruleRows }[table](comparison)
  return rows.map((row) => writeRow(row, ',')).join('')
}

const shares = ['accuracy', 'precision', 'recall', 'f1', 'macroF1', 'kappa', 'mcc', 'overEnforcement', 'underEnforcement'] as const

function figureRows({ baseline, candidate }: Comparison): string[][] {
  const both = (name: string, read: (side: SideMetrics) => number | null) => [name, write(read(baseline)), write(read(candidate))]
  return [
    ['figure', 'baseline', 'candidate'],
    both('n', (side) => side.n),
    ...shares.map((name) => both(name, (side) => side[name])),
    both('wrongRule', (side) => side.wrongRule),
    ...unscoredReasons.map((reason) => both(`unscored.${reason}`, (side) => side.unscored[reason])),
    ['costUsd', write(baseline.costUsd), write(candidate.costUsd)],
    ['latencyMs.p50', write(baseline.latencyMs.p50), write(candidate.latencyMs.p50)],
    ['latencyMs.p95', write(baseline.latencyMs.p95), write(candidate.latencyMs.p95)],
  ]
}

function sliceRows({ slices }: Comparison): string[][] {
  return [
    [
      'by',
      'value',
      'n',
      'baseline.accuracy',
      'candidate.accuracy',
      'difference',
      'lower',
      'upper',
      'fixed',
      'regressed',
      'p.adjusted',
      'smallestDetectableShift',
    ],
    ...slices.map((slice) => [
      slice.by,
      slice.value,
      write(slice.n),
      write(slice.baseline.accuracy),
      write(slice.candidate.accuracy),
      write(slice.difference.estimate),
      write(slice.difference.lower),
      write(slice.difference.upper),
      write(slice.flips.fixed),
      write(slice.flips.regressed),
      write(slice.pAdjusted),
      write(slice.smallestDetectableShift),
    ]),
  ]
}

/** A row for each cell that either side has: expected × answered. */
function confusionRows({ baseline, candidate }: Comparison): string[][] {
  const cells = new Map<string, { expected: string; predicted: string; before: number; after: number }>()
  for (const [side, key] of [
    [baseline, 'before'],
    [candidate, 'after'],
  ] as const)
    for (const { expected, predicted, count } of side.confusion) {
      const name = JSON.stringify([expected, predicted])
      const cell = cells.get(name) ?? { expected, predicted, before: 0, after: 0 }
      cell[key] += count
      cells.set(name, cell)
    }
  return [
    ['expected', 'answered', 'baseline', 'candidate', 'difference'],
    ...[...cells.values()].map(({ expected, predicted, before, after }) => [
      expected,
      predicted,
      write(before),
      write(after),
      write(after - before),
    ]),
  ]
}

/** (Case, rule) pairs; only the header where nobody labelled a rule. */
function ruleRows({ rulePairs }: Comparison): string[][] {
  return [
    [
      'rule',
      'n',
      'fixed',
      'regressed',
      'stillRight',
      'stillWrong',
      'unscored',
      'unlabelled',
      'difference',
      'lower',
      'upper',
      'p',
      'p.adjusted',
    ],
    ...(rulePairs?.perRule ?? []).map((rule) => [
      rule.rule,
      ...[rule.n, rule.fixed, rule.regressed, rule.stillRight, rule.stillWrong, rule.unscored, rule.unlabelled].map(write),
      ...[rule.difference.estimate, rule.difference.lower, rule.difference.upper, rule.pValue, rule.pAdjusted].map(write),
    ]),
  ]
}
