import type { ModelConfiguration } from '../replay/model-configuration'
import type {
  Author,
  DraftView,
  GoldenSetSummary,
  Policy,
  PolicySummary,
  PromptVersionView,
  ReplayEstimate,
  ReplaySummary,
  Workspace,
} from './workspace-api'

/**
 * What the two pages about policies show, put together from the other use cases: the policies with their newest comparison, and one policy
 * with its draft, the replay of that draft and the baseline it stands against.
 */

export const rehearsalModel: ModelConfiguration = { provider: 'touchstone', name: 'rehearsal' }

export type LatestComparison = {
  baselineReplayId: string
  candidateReplayId: string
  baselineVersion: number
  candidateVersion: number
  sentence: string
  verdict: string
  rehearsal: boolean
}
export type PolicyOverview = PolicySummary & { latestComparison: LatestComparison | null }

export type PolicyPage = {
  policy: Policy
  versions: PromptVersionView[]
  draft: DraftView
  goldenSets: GoldenSetSummary[]
  goldenSet: GoldenSetSummary | null
  model: ModelConfiguration
  /** Models that this policy was replayed with, and the rehearsal; each once. */
  models: ModelConfiguration[]
  baselineVersion: PromptVersionView | null
  baselineReplay: ReplaySummary | null
  /** The replay to show beside the draft: one that runs, else one of this very text, else the newest of an earlier text of the draft. */
  draftReplay: ReplaySummary | null
}

const replaysLookedAt = 200
const running = new Set(['pending', 'running', 'paused'])

/** Each policy with the comparison of its production version against the candidate (or the newest version), where both were replayed alike. */
export async function loadPolicyOverview(workspace: Workspace): Promise<PolicyOverview[]> {
  const policies = await workspace.policies.list()
  return Promise.all(policies.map(async (policy) => ({ ...policy, latestComparison: await findLatestComparison(workspace, policy.slug) })))
}

/** The page of one policy. `goldenSet` and `baselineVersion` are what the reader chose, null for the default. Throws not-found. */
export async function loadPolicyPage(
  workspace: Workspace,
  slug: string,
  choice: { goldenSet: string | null; baselineVersion: number | null; author: Author },
): Promise<PolicyPage> {
  const policy = await workspace.policies.get(slug)
  const [versions, draft, goldenSets, replays] = await Promise.all([
    workspace.prompts.versions(slug),
    workspace.prompts.draft(slug, choice.author),
    workspace.goldenSets.list(slug),
    workspace.replays.list({ policySlug: slug, limit: replaysLookedAt }),
  ])
  const model = policy.model ?? rehearsalModel
  const lastUsedSet = replays.find((replay) => goldenSets.some((set) => set.name === replay.goldenSet))?.goldenSet
  const goldenSet =
    goldenSets.find((set) => set.name === choice.goldenSet) ?? goldenSets.find((set) => set.name === lastUsedSet) ?? goldenSets[0] ?? null
  const baselineVersion = versions.find((version) => version.number === choice.baselineVersion) ?? chooseBaseline(versions)
  const alike = replays.filter((replay) => replay.goldenSet === goldenSet?.name && sameModel(replay.model, model) && replay.epochs === 1)
  return {
    policy,
    versions,
    draft,
    goldenSets,
    goldenSet,
    model,
    models: distinctModels([rehearsalModel, model, ...replays.map((replay) => replay.model)]),
    baselineVersion,
    baselineReplay: baselineVersion
      ? (newestFirst(
          alike.filter((replay) => replay.promptHash === baselineVersion.textHash),
          goldenSet,
        )[0] ?? null)
      : null,
    draftReplay: chooseDraftReplay(alike, draft, baselineVersion, goldenSet),
  }
}

/**
 * Replays a text against a version over the same cases with the same model, and starts what has no result yet (the cache answers what was
 * asked before; `again` asks the model anew for the text, though not for the version). The baseline goes first, so that flips can be told as soon as the candidate answers.
 */
export async function startDraftReplay(
  workspace: Workspace,
  request: { slug: string; text: string; goldenSet: string; baselineVersion: number | null; again: boolean; author: Author },
): Promise<{ replay: ReplaySummary; baseline: ReplaySummary | null }> {
  const policy = await workspace.policies.get(request.slug)
  const shared = { policySlug: request.slug, goldenSet: request.goldenSet, model: policy.model ?? rehearsalModel, author: request.author }
  const baseline =
    request.baselineVersion === null
      ? null
      : (await workspace.replays.prepare({ ...shared, prompt: { version: request.baselineVersion }, reuseFinished: true })).replay
  const { replay } = await workspace.replays.prepare({
    ...shared,
    prompt: { text: request.text },
    ...(request.again ? { fresh: true, options: { cache: 'refresh' as const } } : { reuseFinished: true }),
  })
  if (baseline && baseline.status !== 'finished') await workspace.replays.start(baseline.id)
  if (replay.status !== 'finished' && replay.id !== baseline?.id) await workspace.replays.start(replay.id)
  return { replay, baseline }
}

/** What the replay of the draft, as it was last saved, would take. */
export async function estimateDraftReplay(
  workspace: Workspace,
  { slug, goldenSet, author }: { slug: string; goldenSet: string; author: string },
): Promise<ReplayEstimate> {
  const [policy, draft] = await Promise.all([workspace.policies.get(slug), workspace.prompts.draft(slug, author)])
  return await workspace.replays.estimate({
    policySlug: slug,
    prompt: { text: draft.text },
    goldenSet,
    model: policy.model ?? rehearsalModel,
    author,
  })
}

/** Production, else the newest version. */
function chooseBaseline(versions: PromptVersionView[]): PromptVersionView | null {
  const newest = versions.reduce<PromptVersionView | null>((best, version) => (best && best.number > version.number ? best : version), null)
  return versions.find((version) => version.labels.includes('production')) ?? newest
}

function chooseDraftReplay(
  alike: ReplaySummary[],
  draft: DraftView,
  baseline: PromptVersionView | null,
  goldenSet: GoldenSetSummary | null,
): ReplaySummary | null {
  const candidates = newestFirst(
    alike.filter((replay) => replay.promptHash !== baseline?.textHash || replay.promptHash === draft.textHash),
    goldenSet,
  )
  return (
    candidates.find((replay) => running.has(replay.status) && replay.startedAt !== null) ??
    candidates.find((replay) => replay.promptHash === draft.textHash) ??
    candidates.find((replay) => replay.versionNumber === null) ??
    null
  )
}

/** Over the newest revision before older ones, then by time. */
function newestFirst(replays: ReplaySummary[], goldenSet: GoldenSetSummary | null): ReplaySummary[] {
  const isCurrent = (replay: ReplaySummary) => Number(replay.goldenRevision === goldenSet?.head)
  return [...replays].sort((a, b) => isCurrent(b) - isCurrent(a) || b.createdAt - a.createdAt)
}

async function findLatestComparison(workspace: Workspace, slug: string): Promise<LatestComparison | null> {
  const [versions, replays] = await Promise.all([
    workspace.prompts.versions(slug),
    workspace.replays.list({ policySlug: slug, limit: replaysLookedAt }),
  ])
  const finished = replays
    .filter((replay) => replay.status === 'finished' && replay.versionNumber !== null)
    .sort((a, b) => b.createdAt - a.createdAt)
  const production = versions.find((version) => version.labels.includes('production'))
  const challengers = [...versions].sort(
    (a, b) => Number(b.labels.includes('candidate')) - Number(a.labels.includes('candidate')) || b.number - a.number,
  )
  for (const challenger of challengers) {
    const incumbent = production ?? versions.find((version) => version.number === challenger.parentNumber)
    if (!incumbent || incumbent.number === challenger.number) continue
    for (const candidate of finished.filter((replay) => replay.versionNumber === challenger.number)) {
      const baseline = finished.find(
        (replay) =>
          replay.versionNumber === incumbent.number &&
          replay.goldenSet === candidate.goldenSet &&
          replay.epochs === candidate.epochs &&
          sameModel(replay.model, candidate.model),
      )
      if (!baseline) continue
      const { sentence, verdict } = await workspace.comparisons.compare(baseline.id, candidate.id)
      return {
        baselineReplayId: baseline.id,
        candidateReplayId: candidate.id,
        baselineVersion: incumbent.number,
        candidateVersion: challenger.number,
        sentence,
        verdict,
        rehearsal: candidate.rehearsal,
      }
    }
  }
  return null
}

function modelKey(model: ModelConfiguration): string {
  return JSON.stringify(
    Object.entries(model)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function sameModel(a: ModelConfiguration, b: ModelConfiguration): boolean {
  return modelKey(a) === modelKey(b)
}

function distinctModels(models: ModelConfiguration[]): ModelConfiguration[] {
  return [...new Map(models.map((model) => [modelKey(model), model])).values()]
}
