import {
  formatCoefficient,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatPercentInterval,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  statePValue,
} from '../figures'
import { unscoredReasons } from '../verdict/verdict'
import type { Comparison, ComparisonSide, FlipCounts, RulePairs, SliceComparison } from './comparison'

/** The tables of a comparison as text, the same at the terminal and in every report; whoever prints them escapes the cells. */
export type TextTable = { columns: Array<{ title: string; numeric: boolean }>; rows: string[][] }

const text = (title: string) => ({ title, numeric: false })
const figure = (title: string) => ({ title, numeric: true })

/** What an unscored reason is called. */
const reasonWords = {
  refused: 'refused',
  contentFilter: 'content filter',
  truncated: 'truncated',
  unparseable: 'unparseable',
  error: 'error',
  unlabelled: 'unlabelled',
} as const

/** Every figure of both sides. A reason for which nothing went unscored on either side is left out. */
export function tabulateFigures({ baseline, candidate }: Pick<Comparison, 'baseline' | 'candidate'>): TextTable {
  const both = (name: string, read: (side: ComparisonSide) => string) => [name, read(baseline), read(candidate)]
  return {
    columns: [text(''), figure('baseline'), figure('candidate')],
    rows: [
      both('version', (side) => (side.promptVersion === null ? `draft ${side.promptHash.slice(0, 12)}` : `v${side.promptVersion}`)),
      both('model', (side) => side.model),
      both('golden revision', (side) => String(side.goldenRevision)),
      both('scored cases', (side) => formatCount(side.n)),
      both('accuracy', (side) => `${formatPercent(side.accuracy)} (${formatPercentInterval(side.accuracyInterval)})`),
      both('precision', (side) => formatPercent(side.precision)),
      both('recall', (side) => formatPercent(side.recall)),
      both('F1', (side) => formatCoefficient(side.f1)),
      both('macro-F1', (side) => formatCoefficient(side.macroF1)),
      both('κ', (side) => formatCoefficient(side.kappa)),
      both('MCC', (side) => formatCoefficient(side.mcc)),
      both('over-enforcement', (side) => formatPercent(side.overEnforcement)),
      both('under-enforcement', (side) => formatPercent(side.underEnforcement)),
      both('wrong rule', (side) => formatCount(side.wrongRule)),
      both('unscored', (side) => formatCount(unscoredReasons.reduce((sum, reason) => sum + side.unscored[reason], 0))),
      ...unscoredReasons
        .filter((reason) => baseline.unscored[reason] + candidate.unscored[reason] > 0)
        .map((reason) => both(`unscored: ${reasonWords[reason]}`, (side) => formatCount(side.unscored[reason]))),
      both('cost', (side) => formatCost(side.costUsd)),
      both('latency p50 / p95', (side) => `${formatDuration(side.latencyMs.p50)} / ${formatDuration(side.latencyMs.p95)}`),
    ],
  }
}

export function tabulateSlices(slices: readonly SliceComparison[]): TextTable {
  return {
    columns: [
      text('by'),
      text('slice'),
      figure('n'),
      figure('baseline'),
      figure('candidate'),
      figure('points'),
      figure('interval'),
      figure('fixed'),
      figure('regressed'),
      figure('p adj.'),
      figure('could show'),
    ],
    rows: slices.map((slice) => [
      slice.by,
      slice.value,
      formatCount(slice.n),
      formatPercent(slice.baseline.accuracy),
      formatPercent(slice.candidate.accuracy),
      formatPoints(slice.difference.estimate),
      formatPointsInterval(slice.difference),
      formatCount(slice.flips.fixed),
      formatCount(slice.flips.regressed),
      formatPValue(slice.pAdjusted),
      slice.smallestDetectableShift === null ? 'n/a' : `±${(slice.smallestDetectableShift * 100).toFixed(1)}`,
    ]),
  }
}

/** (Case, rule) pairs, rule by rule: what a right label can hide. */
export function tabulateRules({ perRule }: RulePairs): TextTable {
  return {
    columns: [
      text('rule'),
      figure('n'),
      figure('fixed'),
      figure('regressed'),
      figure('still right'),
      figure('still wrong'),
      figure('unscored'),
      figure('unlabelled'),
      figure('points'),
      figure('p adj.'),
    ],
    rows: perRule.map((rule) => [
      rule.rule,
      formatCount(rule.n),
      formatCount(rule.fixed),
      formatCount(rule.regressed),
      formatCount(rule.stillRight),
      formatCount(rule.stillWrong),
      formatCount(rule.unscored),
      formatCount(rule.unlabelled),
      formatPoints(rule.difference.estimate),
      formatPValue(rule.pAdjusted),
    ]),
  }
}

/** "Difference +9.4 points, 95% CI +5.1 to +13.6 (tango); p = 0.0312 (mid-p McNemar); n = 400; margin 2 points." */
export function describeDifference({ difference, pValue, n, margin }: Pick<Comparison, 'difference' | 'pValue' | 'n' | 'margin'>): string {
  const level = Number((difference.confidence * 100).toFixed(2))
  return `Difference ${formatPoints(difference.estimate)} points, ${level}% CI ${formatPointsInterval(difference)} (${difference.method}); ${statePValue(pValue.value)} (${pValue.method}); n = ${formatCount(n)}; margin ${Number((margin * 100).toFixed(2))} points.`
}

/** What became of the cases that did not flip: "340 still right, 13 still wrong, …". */
export function describeRest(flips: FlipCounts): string {
  const count = formatCount
  return `${count(flips.stillRight)} still right, ${count(flips.stillWrong)} still wrong, ${count(flips.unscored)} unscored; ${count(flips.added)} added, ${count(flips.removed)} removed, ${count(flips.relabelled)} relabelled${flips.leaked ? `, ${count(flips.leaked)} quoted in a prompt` : ''}`
}

/** Rows: expected labels; columns: answered ones; cells: baseline → candidate (difference). */
export function tabulateConfusion({ baseline, candidate }: Pick<Comparison, 'baseline' | 'candidate'>): TextTable {
  const cells = [...baseline.confusion, ...candidate.confusion].filter(({ count }) => count > 0)
  const expected = [...new Set(cells.map((cell) => cell.expected))].sort()
  const predicted = [...new Set(cells.flatMap((cell) => [cell.expected, cell.predicted]))].sort()
  const countOf = (side: ComparisonSide, row: string, column: string) =>
    side.confusion.find((cell) => cell.expected === row && cell.predicted === column)?.count ?? 0
  return {
    columns: [text('expected ↓ answered →'), ...predicted.map(figure)],
    rows: expected.map((row) => [
      row,
      ...predicted.map((column) => {
        const [before, after] = [countOf(baseline, row, column), countOf(candidate, row, column)]
        const change = after - before
        return `${formatCount(before)} → ${formatCount(after)} (${change > 0 ? '+' : change === 0 ? '±' : ''}${formatCount(change)})`
      }),
    ]),
  }
}
