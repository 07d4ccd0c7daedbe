import type { Comparison, FlipKind } from '~/domain/comparison/comparison'
import { writeComparisonHtml } from '~/formats/reports/comparison-html'
import { writeComparisonJunit } from '~/formats/reports/comparison-junit'
import { writeComparisonMarkdown } from '~/formats/reports/comparison-markdown'
import type { ReportFlip } from '~/formats/reports/report-flip'
import { writeTextFile } from './text-output'
import type { Workspace } from './workspace-api'

export const comparisonReportKinds = ['markdown', 'junit', 'html'] as const
export type ComparisonReportKind = (typeof comparisonReportKinds)[number]

const markdownFlips = 50
const htmlFlips = 500

/** A report on a comparison as pieces of text. */
export async function* createComparisonReport(
  workspace: Workspace,
  comparison: Comparison,
  kind: ComparisonReportKind,
): AsyncGenerator<string> {
  const { baseline, candidate } = comparison
  if (kind === 'junit') yield* writeComparisonJunit(comparison, workspace.comparisons.streamCases(baseline.replay, candidate.replay))
  else if (kind === 'markdown')
    yield writeComparisonMarkdown(comparison, await readFlips(workspace, comparison, 'regressed', markdownFlips))
  else yield writeComparisonHtml(comparison, await readHtmlFlips(workspace, comparison))
}

/** The flips that an HTML report shows. */
export async function readHtmlFlips(
  workspace: Workspace,
  comparison: Comparison,
): Promise<{ regressed: ReportFlip[]; fixed: ReportFlip[] }> {
  return {
    regressed: await readFlips(workspace, comparison, 'regressed', htmlFlips),
    fixed: await readFlips(workspace, comparison, 'fixed', htmlFlips),
  }
}

async function readFlips(workspace: Workspace, comparison: Comparison, flip: FlipKind, limit: number): Promise<ReportFlip[]> {
  if (comparison.flips[flip] === 0) return []
  const { rows } = await workspace.comparisons.flips(comparison.baseline.replay, comparison.candidate.replay, {
    filter: { flip: [flip] },
    offset: 0,
    limit,
  })
  return rows
}

/** Writes a report to a file. Throws a TouchstoneError where the file cannot be written. */
export async function writeComparisonReport(
  workspace: Workspace,
  comparison: Comparison,
  kind: ComparisonReportKind,
  file: string,
): Promise<void> {
  await writeTextFile(file, createComparisonReport(workspace, comparison, kind))
}
