import type { Comparison, ComparisonVerdict } from '~/domain/comparison/comparison'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import {
  describeDifference,
  describeRest,
  tabulateFigures,
  tabulateRules,
  tabulateSlices,
  type TextTable,
} from '~/domain/comparison/tabulate'
import type { Workspace } from '~/services/workspace-api'
import type { CliContext } from './context'
import { count } from './format-figures'
import { createPaint, fit, formatTable, inert, type Style } from './terminal'

export const verdictStyles: Record<ComparisonVerdict, Style> = {
  better: 'green',
  'not-worse': 'green',
  worse: 'red',
  inconclusive: 'yellow',
}
const shownSlices = 40
const shownRegressions = 20

/** The comparison for a person at a terminal: the sentence, the figures of both sides, the flips, the slices, the worst regressions. */
export async function printComparison(
  context: CliContext,
  workspace: Workspace,
  comparison: Comparison,
  { showContent = false, withSlices = true }: { showContent?: boolean; withSlices?: boolean } = {},
): Promise<void> {
  const paint = createPaint(context.stdout, context.environment)
  const { flips, rulePairs } = comparison
  const sections = [
    paint('bold', paint(verdictStyles[comparison.verdict], inert(comparison.sentence))),
    '',
    printTable(tabulateFigures(comparison)),
    '',
    `${paint('green', `${count(flips.fixed)} fixed`)}, ${paint('red', `${count(flips.regressed)} regressed`)}, ${describeRest(flips)}.`,
    describeDifference(comparison),
    '',
    ...describeEvidence(comparison).map(({ name, text }) => `${name}: ${inert(text)}`),
    ...(withSlices && rulePairs ? ['', 'Rules, by (case, rule) pair:', printTable(tabulateRules(rulePairs))] : []),
    ...(withSlices ? sliceSection(comparison) : []),
    ...(await regressionSection(workspace, comparison, showContent, context.stdout.columns)),
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
}

function sliceSection({ slices }: Comparison): string[] {
  if (slices.length === 0) return []
  return [
    '',
    printTable(tabulateSlices(slices.slice(0, shownSlices))),
    ...(slices.length > shownSlices ? [`… and ${count(slices.length - shownSlices)} more slices (--json has them all).`] : []),
  ]
}

export const printTable = ({ columns, rows }: TextTable, paint?: Parameters<typeof formatTable>[2]): string =>
  formatTable(
    columns.map(({ title, numeric }) => (numeric ? { title, align: 'right' as const } : { title })),
    rows.map((row) => row.map((cell) => fit(inert(cell), 48))),
    paint,
  )

async function regressionSection(workspace: Workspace, comparison: Comparison, showContent: boolean, columns: number): Promise<string[]> {
  if (comparison.flips.regressed === 0) return []
  const { rows, total } = await workspace.comparisons.flips(comparison.baseline.replay, comparison.candidate.replay, {
    filter: { flip: ['regressed'], includeLeaked: comparison.leaked?.counted ?? false },
    offset: 0,
    limit: shownRegressions,
  })
  const lines = rows.flatMap((row) => {
    const verdict = [row.candidate?.label ?? row.candidate?.outcome ?? 'n/a', ...(row.candidate?.rules ?? [])].join(' ')
    const head = `  ${inert(row.id)}${row.mustPass ? ' (must pass)' : ''}${row.leaked ? ' (quoted in a prompt)' : ''}: expected ${inert(row.expected?.label ?? 'n/a')}, now ${inert(verdict)}`
    return showContent ? [head, `    ${fit(inert(row.content), Math.max(40, columns - 4))}`] : [head]
  })
  return ['', `Regressed, worst first${total > rows.length ? ` (${rows.length} of ${count(total)})` : ''}:`, ...lines]
}
