import type { Comparison } from '~/domain/comparison/comparison'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import {
  describeDifference,
  describeRest,
  tabulateConfusion,
  tabulateFigures,
  tabulateRules,
  tabulateSlices,
  type TextTable,
} from '~/domain/comparison/tabulate'
import { formatCount } from '~/domain/figures'
import { escapeMarkdown } from '../escape'
import { describeAnswer, describeSources, type ReportFlip, type ReportSources } from './report-flip'
import { markdownTable, markdownText } from './report-table'

/** Characters a part may take; together, and with a gate's conditions, they stay under the 65,536 of a comment on GitHub. */
const budgets = { warnings: 6000, slices: 9000, rules: 5000, confusion: 3000, regressions: 9000 }

const icons = { better: '✅', 'not-worse': '✅', worse: '❌', inconclusive: '⚪' } as const

/** A summary fit for a pull-request comment. Names cases by id, never by content. */
export function writeComparisonMarkdown(comparison: Comparison, regressions: readonly ReportFlip[], sources?: ReportSources): string {
  const { flips, baseline, candidate, slices, rulePairs } = comparison
  const lines = [
    `## ${icons[comparison.verdict]} ${markdownText(comparison.sentence)}`,
    '',
    ...markdownTable(tabulateFigures(comparison), budgets.slices),
    '',
    `**${formatCount(flips.fixed)} fixed, ${formatCount(flips.regressed)} regressed**, ${describeRest(flips)}.`,
    '',
    escapeMarkdown(describeDifference(comparison)),
    ...warningLines(comparison.warnings),
    ...folded('More evidence', evidenceLines(comparison)),
    ...(slices.length === 0 ? [] : folded('Slices', markdownTable(tabulateSlices(slices), budgets.slices))),
    ...(rulePairs ? folded('Rules, by (case, rule) pair', markdownTable(tabulateRules(rulePairs), budgets.rules)) : []),
    ...folded('Confusion, baseline → candidate', markdownTable(tabulateConfusion(comparison), budgets.confusion)),
    ...regressionLines(flips.regressed, regressions),
    '',
    `<sub>baseline \`${baseline.replay}\` prompt \`${baseline.promptHash.slice(0, 12)}\` · candidate \`${candidate.replay}\` prompt \`${candidate.promptHash.slice(0, 12)}\` · golden revision ${baseline.goldenRevision}${candidate.goldenRevision === baseline.goldenRevision ? '' : ` / ${candidate.goldenRevision}`}${sources ? ` · ${markdownText(describeSources(sources))}` : ''}</sub>`,
    '',
  ]
  return lines.join('\n')
}

function warningLines(warnings: readonly string[]): string[] {
  const lines: string[] = []
  let left = budgets.warnings
  for (const warning of warnings) {
    const line = `\n> ⚠️ ${markdownText(warning)}`
    left -= line.length
    if (left > 0) lines.push(line)
  }
  return lines
}

const evidenceLines = (comparison: Comparison): string[] =>
  describeEvidence(comparison).map(({ name, text }) => `- **${escapeMarkdown(name)}:** ${markdownText(text)}`)

const folded = (title: string, lines: readonly string[], open = false): string[] => [
  '',
  `<details${open ? ' open' : ''}><summary>${title}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
]

function regressionLines(total: number, regressions: readonly ReportFlip[]): string[] {
  if (regressions.length === 0) return []
  const table: TextTable = {
    columns: ['case', 'expected', 'baseline', 'candidate', ''].map((title) => ({ title, numeric: false })),
    rows: regressions.map((flip) => [
      flip.id,
      flip.expected?.label ?? 'n/a',
      describeAnswer(flip.baseline),
      describeAnswer(flip.candidate),
      [flip.mustPass ? 'must pass' : '', flip.noise ? 'noise' : '', flip.leaked ? 'quoted in a prompt' : ''].filter(Boolean).join(', '),
    ]),
  }
  const title = `Regressed${total > regressions.length ? ` (the worst ${formatCount(regressions.length)} of ${formatCount(total)})` : ''}`
  return folded(title, markdownTable(table, budgets.regressions), true)
}
