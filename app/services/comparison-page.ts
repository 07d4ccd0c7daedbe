import type { Comparison, SliceComparison } from '../domain/comparison/comparison'
import { touchedRules } from '../domain/policy/changed-rules'
import type { VerdictLabel } from '../domain/policy/verdict-scheme'
import type { FlipFilter, FlipRow, ReplaySummary, Workspace } from './workspace-api'

/** What the comparison page shows: the comparison without what would make the page heavy, and the first flips. */
export type ComparisonPage = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  baseline: ComparisonPageSide
  candidate: ComparisonPageSide
  comparison: Omit<Comparison, 'slices' | 'cases'>
  slices: ComparisonPageSlice[]
  sliceBy: string | null
  sliceColumns: Array<{ by: string; count: number }>
  sliceTotal: number
  facets: Array<{ by: string; values: Array<{ value: string; count: number }> }>
  touchedRules: string[]
  first: { total: number; rows: FlipRow[] }
}

export type ComparisonPageSide = Pick<
  ReplaySummary,
  'versionNumber' | 'promptHash' | 'modelName' | 'rehearsal' | 'goldenSet' | 'goldenRevision' | 'epochs' | 'author' | 'createdAt'
> & { replayId: string; name: string }

export type ComparisonPageSlice = Pick<SliceComparison, 'by' | 'value' | 'n' | 'difference' | 'pAdjusted' | 'smallestDetectableShift'> & {
  baseline: { accuracy: number | null; recall: number | null }
  candidate: { accuracy: number | null; recall: number | null }
  fixed: number
  regressed: number
}

/** Of all columns together only so many slices, the most harmful; of each column only so many values to filter by. */
const mostSlices = 100
const mostValues = 100

export type ComparisonPageRequest = {
  baseline: string
  candidate: string
  margin?: number
  /** The column to slice by; null: the default; `all`: every column. */
  by: string | null
  filter: FlipFilter
  firstFlips: number
}

/** Throws not-found for an unknown replay, not-comparable or unfinished with what to do. */
export async function loadComparisonPage(workspace: Workspace, request: ComparisonPageRequest): Promise<ComparisonPage> {
  const { replays, comparisons, policies } = workspace
  const [baselineId, candidateId] = await Promise.all([replays.resolve(request.baseline), replays.resolve(request.candidate)])
  const comparison = await comparisons.compare(baselineId, candidateId, {
    includeLeaked: request.filter.includeLeaked ?? false,
    ...(request.margin === undefined ? {} : { margin: request.margin }),
  })
  const [baseline, candidate, first] = await Promise.all([
    replays.get(baselineId),
    replays.get(candidateId),
    comparisons.flips(baselineId, candidateId, { filter: request.filter, offset: 0, limit: request.firstFlips }),
  ])
  const [policy, touched] = await Promise.all([policies.get(candidate.policySlug), findTouchedRules(workspace, baseline, candidate)])
  const { slices, cases: _cases, ...rest } = comparison
  const columns = countColumns(slices)
  const sliceBy = chooseColumn(columns, request.by)
  const chosen = sliceBy === null ? slices : slices.filter((slice) => slice.by === sliceBy)
  const names = comparison.names ?? { baseline: 'the baseline', candidate: 'the candidate' }
  return {
    policy: { slug: policy.slug, name: policy.name, labels: policy.scheme.labels },
    baseline: describeSide(baseline, names.baseline),
    candidate: describeSide(candidate, names.candidate),
    comparison: rest,
    slices: (sliceBy === null ? chosen.slice(0, mostSlices) : chosen).map(toRow),
    sliceBy,
    sliceColumns: columns,
    sliceTotal: chosen.length,
    facets: columns.map(({ by }) => ({ by, values: flippedValues(slices.filter((slice) => slice.by === by)) })),
    touchedRules: touched,
    first,
  }
}

function describeSide(replay: ReplaySummary, name: string): ComparisonPageSide {
  const { id, versionNumber, promptHash, modelName, rehearsal, goldenSet, goldenRevision, epochs, author, createdAt } = replay
  return { replayId: id, name, versionNumber, promptHash, modelName, rehearsal, goldenSet, goldenRevision, epochs, author, createdAt }
}

async function findTouchedRules(workspace: Workspace, baseline: ReplaySummary, candidate: ReplaySummary): Promise<string[]> {
  if (baseline.promptHash === candidate.promptHash) return []
  const [before, after] = await Promise.all([
    workspace.prompts.textByHash(baseline.promptHash),
    workspace.prompts.textByHash(candidate.promptHash),
  ])
  return touchedRules(before, after)
}

function countColumns(slices: readonly SliceComparison[]): Array<{ by: string; count: number }> {
  const counts = new Map<string, number>()
  for (const { by } of slices) counts.set(by, (counts.get(by) ?? 0) + 1)
  const place = (by: string) => (by === 'rule' ? 0 : by === 'tag' ? 1 : 2)
  return [...counts].map(([by, count]) => ({ by, count })).sort((a, b) => place(a.by) - place(b.by) || (a.by < b.by ? -1 : 1))
}

/** Rules where cases have them, else tags, else everything. */
function chooseColumn(columns: ReadonlyArray<{ by: string }>, asked: string | null): string | null {
  if (asked === 'all') return null
  const known = (by: string | null) => columns.find((column) => column.by === by)?.by
  return known(asked) ?? known('rule') ?? known('tag') ?? null
}

function flippedValues(slices: readonly SliceComparison[]): Array<{ value: string; count: number }> {
  return slices
    .map(({ value, flips }) => ({ value, count: flips.regressed + flips.fixed }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, mostValues)
}

function toRow({
  by,
  value,
  n,
  difference,
  pAdjusted,
  smallestDetectableShift,
  baseline,
  candidate,
  flips,
}: SliceComparison): ComparisonPageSlice {
  return {
    by,
    value,
    n,
    difference,
    pAdjusted,
    smallestDetectableShift,
    baseline: { accuracy: baseline.accuracy, recall: baseline.recall },
    candidate: { accuracy: candidate.accuracy, recall: candidate.recall },
    fixed: flips.fixed,
    regressed: flips.regressed,
  }
}

export type PromptPair = { baseline: { label: string; text: string }; candidate: { label: string; text: string } }

/** The prompt texts of both sides, each under its version's name. */
export async function loadPromptPair(workspace: Workspace, baselineReference: string, candidateReference: string): Promise<PromptPair> {
  const load = async (reference: string, role: string) => {
    const { promptHash, versionNumber } = await workspace.replays.get(await workspace.replays.resolve(reference))
    const name = versionNumber === null ? `draft ${promptHash.slice(0, 12)}` : `v${versionNumber}`
    return { label: `${name}, the ${role}`, text: await workspace.prompts.textByHash(promptHash) }
  }
  const [baseline, candidate] = await Promise.all([load(baselineReference, 'baseline'), load(candidateReference, 'candidate')])
  return { baseline, candidate }
}
