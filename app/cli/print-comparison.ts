import type { Comparison, ComparisonSide, ComparisonVerdict } from '~/domain/comparison/comparison'
import type { Workspace } from '~/services/workspace-api'
import type { CliContext } from './context'
import { count, decimal, milliseconds, percent, points, usd } from './format-figures'
import { describeEvidence } from './describe-evidence'
import { createPaint, fit, formatTable, inert, type Style } from './terminal'

const verdictStyles: Record<ComparisonVerdict, Style> = { better: 'green', 'not-worse': 'green', worse: 'red', inconclusive: 'yellow' }
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
  const { flips, difference, baseline, candidate } = comparison
  const sections = [
    paint('bold', paint(verdictStyles[comparison.verdict], inert(comparison.sentence))),
    '',
    formatTable(
      [{ title: '' }, { title: 'baseline', align: 'right' }, { title: 'candidate', align: 'right' }],
      figureRows(baseline, candidate),
    ),
    '',
    `${paint('green', `${count(flips.fixed)} fixed`)}, ${paint('red', `${count(flips.regressed)} regressed`)}, ${count(flips.stillRight)} still right, ${count(flips.stillWrong)} still wrong, ${count(flips.unscored)} unscored; ${count(flips.added)} added, ${count(flips.removed)} removed, ${count(flips.relabelled)} relabelled.`,
    `Difference ${points(difference.estimate)} points, ${Math.round(difference.confidence * 100)}% CI ${points(difference.lower)} to ${points(difference.upper)} (${difference.method}); p = ${decimal(comparison.pValue.value, 4)} (${comparison.pValue.method}); margin ${points(comparison.margin).replace('+', '')} points; n = ${count(comparison.n)}.`,
    ...describeEvidence(comparison),
    ...(withSlices ? sliceSection(comparison) : []),
    ...(await regressionSection(workspace, comparison, showContent, context.stdout.columns)),
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
}

function figureRows(baseline: ComparisonSide, candidate: ComparisonSide): string[][] {
  const both = (name: string, read: (side: ComparisonSide) => string) => [name, read(baseline), read(candidate)]
  return [
    both('version', (side) => (side.promptVersion === null ? `draft ${side.promptHash.slice(0, 12)}` : `v${side.promptVersion}`)),
    both('model', (side) => inert(side.model)),
    both('golden revision', (side) => String(side.goldenRevision)),
    both('scored cases', (side) => count(side.n)),
    both('accuracy', (side) => percent(side.accuracy)),
    both('precision', (side) => percent(side.precision)),
    both('recall', (side) => percent(side.recall)),
    both('F1', (side) => decimal(side.f1)),
    both('macro-F1', (side) => decimal(side.macroF1)),
    both('κ', (side) => decimal(side.kappa)),
    both('MCC', (side) => decimal(side.mcc)),
    both('over-enforcement', (side) => percent(side.overEnforcement)),
    both('under-enforcement', (side) => percent(side.underEnforcement)),
    both('wrong rule', (side) => count(side.wrongRule)),
    both('unscored', (side) => count(Object.values(side.unscored).reduce((sum, cases) => sum + cases, 0))),
    both('cost', (side) => usd(side.costUsd)),
    both('latency p50 / p95', (side) => `${milliseconds(side.latencyMs.p50)} / ${milliseconds(side.latencyMs.p95)}`),
  ]
}

function sliceSection({ slices }: Comparison): string[] {
  if (slices.length === 0) return []
  const rows = slices
    .slice(0, shownSlices)
    .map((slice) => [
      inert(slice.by),
      fit(inert(slice.value), 40),
      count(slice.n),
      percent(slice.baseline.accuracy),
      percent(slice.candidate.accuracy),
      points(slice.difference.estimate),
      slice.difference.lower === null ? 'n/a' : `${points(slice.difference.lower)} to ${points(slice.difference.upper)}`,
      count(slice.flips.fixed),
      count(slice.flips.regressed),
      decimal(slice.pAdjusted, 4),
    ])
  const table = formatTable(
    [
      { title: 'by' },
      { title: 'slice' },
      { title: 'n', align: 'right' },
      { title: 'baseline', align: 'right' },
      { title: 'candidate', align: 'right' },
      { title: 'points', align: 'right' },
      { title: 'interval' },
      { title: 'fixed', align: 'right' },
      { title: 'regressed', align: 'right' },
      { title: 'p adj.', align: 'right' },
    ],
    rows,
  )
  return [
    '',
    table,
    ...(slices.length > shownSlices ? [`… and ${count(slices.length - shownSlices)} more slices (--json has them all).`] : []),
  ]
}

async function regressionSection(workspace: Workspace, comparison: Comparison, showContent: boolean, columns: number): Promise<string[]> {
  if (comparison.flips.regressed === 0) return []
  const { rows, total } = await workspace.comparisons.flips(comparison.baseline.replay, comparison.candidate.replay, {
    filter: { flip: ['regressed'] },
    offset: 0,
    limit: shownRegressions,
  })
  const lines = rows.flatMap((row) => {
    const verdict = [row.candidate?.label ?? row.candidate?.outcome ?? 'n/a', ...(row.candidate?.rules ?? [])].join(' ')
    const head = `  ${inert(row.id)}${row.mustPass ? ' (must pass)' : ''}: expected ${inert(row.expected?.label ?? 'n/a')}, now ${inert(verdict)}`
    return showContent ? [head, `    ${fit(inert(row.content), Math.max(40, columns - 4))}`] : [head]
  })
  return ['', `Regressed, worst first${total > rows.length ? ` (${rows.length} of ${count(total)})` : ''}:`, ...lines]
}
