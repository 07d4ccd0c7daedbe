import type { ManyComparison } from '../domain/comparison/compare-many'
import type { SideMetrics } from '../domain/comparison/comparison'
import type { VerdictLabel } from '../domain/policy/verdict-scheme'
import { TouchstoneError } from '../lib/errors'
import type { ReplayReport, Workspace } from './workspace-api'

/** What the page about several versions shows: the comparison, and each version's own figures. */
export type CompareManyPage = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  comparison: ManyComparison
  /** In the order of the comparison's versions. */
  versions: ManyVersionFigures[]
}

export type ManyVersionFigures = Pick<
  ReplayReport,
  'id' | 'goldenSet' | 'goldenRevision' | 'rehearsal' | 'createdAt' | 'author' | 'epochs'
> &
  Pick<SideMetrics, 'precision' | 'recall' | 'macroF1' | 'overEnforcement' | 'underEnforcement' | 'wrongRule'> & {
    latencyP95Ms: number | null
    costUsd: number | null
  }

/** More would make a matrix that nobody reads, and hundreds of pairs to adjust p for. */
const mostVersions = 12

type ManyRequest = { replays: readonly string[]; margin?: number }

/** Throws invalid-input for fewer than two replays or too many, not-found, not-comparable or unfinished with what to do. */
export async function compareVersions(workspace: Workspace, { replays, margin }: ManyRequest): Promise<ManyComparison> {
  const references = [...new Set(replays)]
  if (references.length < 2)
    throw new TouchstoneError(
      'invalid-input',
      references.length === 0 ? 'No replay is chosen.' : 'Only one replay is chosen.',
      'Tick two or more in the list of replays.',
    )
  if (references.length > mostVersions)
    throw new TouchstoneError(
      'invalid-input',
      `${references.length} replays are chosen; at most ${mostVersions} are compared at once.`,
      'Tick fewer in the list of replays.',
    )
  const ids = await Promise.all(references.map((reference) => workspace.replays.resolve(reference)))
  return await workspace.comparisons.compareMany(ids, margin === undefined ? {} : { margin })
}

export async function loadCompareManyPage(workspace: Workspace, request: ManyRequest): Promise<CompareManyPage> {
  const comparison = await compareVersions(workspace, request)
  const reports = await Promise.all(comparison.versions.map(({ replay }) => workspace.replays.report(replay)))
  const policy = await workspace.policies.get(reports[0]?.policySlug ?? '')
  return {
    policy: { slug: policy.slug, name: policy.name, labels: policy.scheme.labels },
    comparison,
    versions: reports.map(({ id, goldenSet, goldenRevision, rehearsal, createdAt, author, epochs, metrics, latencyMs, costUsd }) => ({
      id,
      goldenSet,
      goldenRevision,
      rehearsal,
      createdAt,
      author,
      epochs,
      precision: metrics.precision,
      recall: metrics.recall,
      macroF1: metrics.macroF1,
      overEnforcement: metrics.overEnforcement,
      underEnforcement: metrics.underEnforcement,
      wrongRule: metrics.wrongRule,
      latencyP95Ms: latencyMs.p95,
      costUsd: rehearsal ? 0 : costUsd,
    })),
  }
}

export const manyExportFormats = ['json', 'markdown', 'csv'] as const
export type ManyExportFormat = (typeof manyExportFormats)[number]

/** The comparison of several versions as a file. */
export async function* exportManyComparison(workspace: Workspace, request: ManyRequest, format: ManyExportFormat): AsyncGenerator<string> {
  const comparison = await compareVersions(workspace, request)
  if (format === 'json') yield `${JSON.stringify(comparison, null, 2)}\n`
  else {
    const { writeManyCsv, writeManyMarkdown } = await import('~/formats/reports/comparison-many')
    yield format === 'csv' ? writeManyCsv(comparison) : writeManyMarkdown(comparison)
  }
}

/** Writes the Markdown summary to a file. Throws a TouchstoneError where the file cannot be written. */
export async function writeManyReport(comparison: ManyComparison, file: string): Promise<void> {
  const { writeManyMarkdown } = await import('~/formats/reports/comparison-many')
  const { writeTextFile } = await import('./text-output')
  await writeTextFile(file, [writeManyMarkdown(comparison)])
}
