import type { Comparison, ComparisonSide } from '~/domain/comparison/comparison'
import { escapeMarkdown } from '../escape'
import { countText, decimalText, percentText, pointsText, usdText } from './figures'
import { describeAnswer, type ReportFlip } from './report-flip'

const shownSlices = 30

/** A summary fit for a pull-request comment. Names cases by id, never by content. */
export function writeComparisonMarkdown(comparison: Comparison, regressions: readonly ReportFlip[]): string {
  const { flips, difference, baseline, candidate } = comparison
  const lines = [
    `## ${icon(comparison.verdict)} ${escapeMarkdown(comparison.sentence)}`,
    '',
    '| | baseline | candidate |',
    '|---|---:|---:|',
    ...figureRows(baseline, candidate).map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `**${countText(flips.fixed)} fixed, ${countText(flips.regressed)} regressed**, ${countText(flips.stillRight)} still right, ${countText(flips.stillWrong)} still wrong, ${countText(flips.unscored)} unscored; ${countText(flips.added)} added, ${countText(flips.removed)} removed, ${countText(flips.relabelled)} relabelled.`,
    '',
    `Difference ${pointsText(difference.estimate)} points, ${Math.round(difference.confidence * 100)}% CI ${pointsText(difference.lower)} to ${pointsText(difference.upper)} (${escapeMarkdown(difference.method)}); p = ${decimalText(comparison.pValue.value, 4)} (${escapeMarkdown(comparison.pValue.method)}); n = ${countText(comparison.n)}; margin ${percentText(comparison.margin).replace('%', '')} points.`,
    ...comparison.warnings.map((warning) => `\n> ⚠️ ${escapeMarkdown(warning)}`),
    ...sliceLines(comparison),
    ...regressionLines(comparison, regressions),
    '',
    `<sub>baseline \`${baseline.replay}\` prompt \`${baseline.promptHash.slice(0, 12)}\` · candidate \`${candidate.replay}\` prompt \`${candidate.promptHash.slice(0, 12)}\` · golden revision ${baseline.goldenRevision}${candidate.goldenRevision === baseline.goldenRevision ? '' : ` / ${candidate.goldenRevision}`}</sub>`,
    '',
  ]
  return lines.join('\n')
}

const icon = (verdict: Comparison['verdict']) => ({ better: '✅', 'not-worse': '✅', worse: '❌', inconclusive: '⚪' })[verdict]

function figureRows(baseline: ComparisonSide, candidate: ComparisonSide): string[][] {
  const both = (name: string, read: (side: ComparisonSide) => string) => [name, read(baseline), read(candidate)]
  return [
    both('version', (side) => (side.promptVersion === null ? 'draft' : `v${side.promptVersion}`)),
    both('model', (side) => escapeMarkdown(side.model)),
    both('accuracy', (side) => percentText(side.accuracy)),
    both('precision', (side) => percentText(side.precision)),
    both('recall', (side) => percentText(side.recall)),
    both('F1', (side) => decimalText(side.f1)),
    both('scored', (side) => countText(side.n)),
    both('unscored', (side) => countText(Object.values(side.unscored).reduce((sum, cases) => sum + cases, 0))),
    both('cost', (side) => usdText(side.costUsd)),
  ]
}

function sliceLines({ slices }: Comparison): string[] {
  if (slices.length === 0) return []
  const rows = slices
    .slice(0, shownSlices)
    .map(
      (slice) =>
        `| ${escapeMarkdown(slice.by)} | ${escapeMarkdown(slice.value)} | ${countText(slice.n)} | ${percentText(slice.baseline.accuracy)} | ${percentText(slice.candidate.accuracy)} | ${pointsText(slice.difference.estimate)} | ${countText(slice.flips.fixed)} | ${countText(slice.flips.regressed)} | ${decimalText(slice.pAdjusted, 4)} |`,
    )
  return [
    '',
    '<details><summary>Slices</summary>',
    '',
    '| by | slice | n | baseline | candidate | points | fixed | regressed | p adj. |',
    '|---|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    ...(slices.length > shownSlices ? ['', `… and ${countText(slices.length - shownSlices)} more.`] : []),
    '',
    '</details>',
  ]
}

function regressionLines(comparison: Comparison, regressions: readonly ReportFlip[]): string[] {
  if (regressions.length === 0) return []
  const total = comparison.flips.regressed
  return [
    '',
    `<details open><summary>Regressed${total > regressions.length ? ` (${regressions.length} of ${countText(total)})` : ''}</summary>`,
    '',
    '| case | expected | baseline | candidate |',
    '|---|---|---|---|',
    ...regressions.map(
      (flip) =>
        `| ${escapeMarkdown(flip.id)}${flip.mustPass ? ' **must pass**' : ''} | ${escapeMarkdown(flip.expected?.label ?? 'n/a')} | ${escapeMarkdown(describeAnswer(flip.baseline))} | ${escapeMarkdown(describeAnswer(flip.candidate))} |`,
    ),
    '',
    '</details>',
  ]
}
