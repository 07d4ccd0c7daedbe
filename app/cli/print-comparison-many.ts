import type { ManyComparison } from '~/domain/comparison/compare-many'
import type { ComparisonVerdict } from '~/domain/comparison/comparison'
import type { CliContext } from './context'
import { formatPValue, statePValue } from '~/domain/figures'
import { count, decimal, percent, points } from './format-figures'
import { createPaint, formatTable, inert, type Style } from './terminal'

const verdictStyles: Record<ComparisonVerdict, Style> = { better: 'green', 'not-worse': 'green', worse: 'red', inconclusive: 'yellow' }

/** More than two versions for a person at a terminal: one table of versions, whether they differ at all, one table of pairs. */
export function printComparisonMany(
  context: CliContext,
  { sentence, versions, cochranQ, pairs, n, margin, confidence }: ManyComparison,
): void {
  const paint = createPaint(context.stdout, context.environment)
  const nameOf = new Map(versions.map((version) => [version.replay, version.name]))
  const name = (replay: string) => inert(nameOf.get(replay) ?? replay)
  const level = `${Number((confidence * 100).toFixed(2))}% CI`
  const versionRows = versions.map((version) => [
    inert(version.name),
    inert(version.model),
    version.replay,
    String(version.goldenRevision),
    percent(version.accuracy),
    version.accuracyInterval ? `${percent(version.accuracyInterval.lower)} to ${percent(version.accuracyInterval.upper)}` : 'n/a',
    count(version.scored),
    count(version.unscored),
  ])
  const pairRows = pairs.map((pair) => [
    `${name(pair.baseline)} → ${name(pair.candidate)}`,
    pair.verdict.replace('-', ' '),
    count(pair.fixed),
    count(pair.regressed),
    points(pair.difference.estimate),
    pair.difference.lower === null ? 'n/a' : `${points(pair.difference.lower)} to ${points(pair.difference.upper)}`,
    formatPValue(pair.pValue),
    formatPValue(pair.pAdjusted),
  ])
  const sections = [
    paint('bold', inert(sentence)),
    '',
    formatTable(
      [
        { title: 'version' },
        { title: 'model' },
        { title: 'replay' },
        { title: 'revision', align: 'right' },
        { title: 'accuracy', align: 'right' },
        { title: level },
        { title: 'scored', align: 'right' },
        { title: 'unscored', align: 'right' },
      ],
      versionRows,
    ),
    '',
    `Cochran Q = ${decimal(cochranQ.q)}, ${cochranQ.df ?? 'n/a'} degrees of freedom, ${statePValue(cochranQ.p)}; accuracy is over the ${count(n)} cases that all share.`,
    '',
    formatTable(
      [
        { title: 'pair' },
        { title: 'verdict' },
        { title: 'fixed', align: 'right' },
        { title: 'regressed', align: 'right' },
        { title: 'points', align: 'right' },
        { title: level },
        { title: 'p', align: 'right' },
        { title: 'p Holm', align: 'right' },
      ],
      pairRows,
      (text, row, column) => {
        const verdict = pairs[row]?.verdict
        return column === 1 && verdict ? paint(verdictStyles[verdict], text) : text
      },
    ),
    `Margin ${points(margin).replace('+', '')} points; p is adjusted over ${pairs.length} pairs, the intervals are not.`,
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
}
