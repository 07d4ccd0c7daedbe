import type { Comparison, FlipKind } from '~/domain/comparison/comparison'
import { writeComparisonHtml } from '~/formats/reports/comparison-html'
import { writeComparisonJunit } from '~/formats/reports/comparison-junit'
import { writeComparisonMarkdown } from '~/formats/reports/comparison-markdown'
import type { ReportedGolden, ReportFlip, ReportSources } from '~/formats/reports/report-flip'
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
  const sources = await readSources(workspace, comparison)
  const cases = () => workspace.comparisons.streamCases(baseline.replay, candidate.replay, modeOf(comparison))
  if (kind === 'junit') yield* writeComparisonJunit(comparison, cases(), sources)
  else if (kind === 'markdown')
    yield writeComparisonMarkdown(comparison, await readFlips(workspace, comparison, 'regressed', markdownFlips), sources)
  else yield writeComparisonHtml(comparison, await readHtmlFlips(workspace, comparison), sources)
}

async function readSources(workspace: Workspace, { baseline, candidate }: Comparison): Promise<ReportSources> {
  const read = async (replayId: string): Promise<ReportedGolden> => {
    const { policySlug, goldenSet, goldenRevision } = await workspace.replays.get(replayId)
    const revisions = await workspace.goldenSets.revisions(policySlug, goldenSet)
    const contentHash = revisions.find(({ number }) => number === goldenRevision)?.contentHash ?? 'n/a'
    return { set: `${policySlug}/${goldenSet}`, revision: goldenRevision, contentHash }
  }
  return { baseline: await read(baseline.replay), candidate: await read(candidate.replay) }
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

/** The cases of the comparison as it was made: with those that a prompt quotes, or without. */
const modeOf = ({ leaked }: Comparison) => ({ includeLeaked: leaked?.counted ?? false })

async function readFlips(workspace: Workspace, comparison: Comparison, flip: FlipKind, limit: number): Promise<ReportFlip[]> {
  if (!comparison.flips[flip]) return []
  const { rows } = await workspace.comparisons.flips(comparison.baseline.replay, comparison.candidate.replay, {
    filter: { flip: [flip], ...modeOf(comparison) },
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
