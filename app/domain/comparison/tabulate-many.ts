import {
  formatCount,
  formatPercent,
  formatPercentInterval,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  statePValue,
} from '../figures'
import type { ManyComparison } from './compare-many'
import type { TextTable } from './tabulate'

const text = (title: string) => ({ title, numeric: false })
const figure = (title: string) => ({ title, numeric: true })
const level = (confidence: number) => `${Number((confidence * 100).toFixed(2))}% CI`

/** One row a version. */
export function tabulateVersions({ versions, confidence }: Pick<ManyComparison, 'versions' | 'confidence'>): TextTable {
  return {
    columns: [
      text('version'),
      text('model'),
      text('replay'),
      figure('revision'),
      figure('accuracy'),
      text(level(confidence)),
      figure('scored'),
      figure('unscored'),
    ],
    rows: versions.map((version) => [
      version.name,
      version.model,
      version.replay,
      String(version.goldenRevision),
      formatPercent(version.accuracy),
      formatPercentInterval(version.accuracyInterval),
      formatCount(version.scored),
      formatCount(version.unscored),
    ]),
  }
}

/** One row a pair. */
export function tabulatePairs({ versions, pairs, confidence }: Pick<ManyComparison, 'versions' | 'pairs' | 'confidence'>): TextTable {
  const names = new Map(versions.map((version) => [version.replay, version.name]))
  return {
    columns: [
      text('pair'),
      text('verdict'),
      figure('fixed'),
      figure('regressed'),
      figure('points'),
      text(level(confidence)),
      figure('p'),
      figure('p Holm'),
    ],
    rows: pairs.map((pair) => [
      `${names.get(pair.baseline) ?? pair.baseline} → ${names.get(pair.candidate) ?? pair.candidate}`,
      pair.verdict.replace('-', ' '),
      formatCount(pair.fixed),
      formatCount(pair.regressed),
      formatPoints(pair.difference.estimate),
      formatPointsInterval(pair.difference),
      formatPValue(pair.pValue),
      formatPValue(pair.pAdjusted),
    ]),
  }
}

/** Whether the versions differ at all, in words with the test's figures. */
export function describeCochranQ({ cochranQ, n }: Pick<ManyComparison, 'cochranQ' | 'n'>): string {
  const over = `accuracy is over the ${formatCount(n)} cases that all share`
  const { q, df, p } = cochranQ
  if (q === null || p === null) return `Cochran Q n/a: the versions are right about the same cases; ${over}.`
  return `Cochran Q = ${q.toFixed(2)}, ${df ?? 'n/a'} degrees of freedom, ${statePValue(p)}; ${over}.`
}

/** How p and margin are meant. */
export const describePairs = ({ pairs, margin }: Pick<ManyComparison, 'pairs' | 'margin'>): string =>
  `Margin ${Number((margin * 100).toFixed(2))} points; p is adjusted over ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} (Holm), the intervals are not.`
