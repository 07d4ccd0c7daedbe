import type { ContrastPair } from '../domain/probes/contrast-pairs'
import type { ProbedCase, ProbeRunRecord } from '../domain/probes/probe-records'
import { transformNames } from '../domain/probes/transforms'
import type { ProbeSelection } from '../domain/probes/probe-selection'
import { TouchstoneError } from '../lib/errors'
import type { ProbeReport, ProbeRequest } from './probes-api'
import type { ReplayEstimate, Workspace } from './workspace-api'

/** What the pages about probes show, put together from the other use cases. */

const shownRuns = 50
const rowsOfACase = 50

export type ProbesPage = {
  policy: { slug: string; name: string }
  scheme: Awaited<ReturnType<Workspace['policies']['get']>>['scheme']
  runs: ProbeRunRecord[]
  waiting: ContrastPair[]
  versions: Array<{ number: number; message: string; labels: string[] }>
  goldenSets: Array<{ name: string; caseCount: number }>
  model: string
  rehearsal: boolean
}

const rehearsal = { provider: 'touchstone', name: 'rehearsal' } as const

export async function loadProbesPage(workspace: Workspace, slug: string): Promise<ProbesPage> {
  const [policy, runs, waiting, versions, goldenSets] = await Promise.all([
    workspace.policies.get(slug),
    workspace.probes.list({ policySlug: slug, limit: shownRuns }),
    workspace.contrasts.list(slug, { status: 'waiting' }),
    workspace.prompts.versions(slug),
    workspace.goldenSets.list(slug),
  ])
  const model = policy.model ?? rehearsal
  return {
    policy: { slug, name: policy.name },
    scheme: policy.scheme,
    runs,
    waiting,
    versions: versions.map(({ number, message, labels }) => ({ number, message, labels })).sort((one, other) => other.number - one.number),
    goldenSets: goldenSets.flatMap(({ name, caseCount }) => (caseCount > 0 ? [{ name, caseCount }] : [])),
    model: `${model.provider}:${model.name}`,
    rehearsal: model.provider === rehearsal.provider,
  }
}

export type ProbeRunPage = { policy: { slug: string; name: string }; report: ProbeReport }

export async function loadProbeRunPage(workspace: Workspace, runId: string): Promise<ProbeRunPage> {
  const report = await workspace.probes.report(runId)
  const { slug, name } = await workspace.policies.get(report.policySlug)
  return { policy: { slug, name }, report }
}

type ProbesAsked = { slug: string; selection: ProbeSelection; author: string; again?: boolean } & (
  { replayId: string } | { goldenSet: string; version?: number }
)

/** Starts probes in the background: of a replay, or of a version with the policy's model. Returns the run. */
export async function startProbes(workspace: Workspace, asked: ProbesAsked): Promise<ProbeRunRecord> {
  const { run } = await workspace.probes.prepare(await toRequest(workspace, asked))
  await workspace.probes.start(run.id)
  return run
}

/** What they would take. */
export async function estimateProbes(workspace: Workspace, asked: ProbesAsked): Promise<ReplayEstimate> {
  return await workspace.probes.estimate(await toRequest(workspace, asked))
}

async function toRequest(workspace: Workspace, asked: ProbesAsked): Promise<ProbeRequest> {
  const { slug, selection, author, again: fresh = false } = asked
  const common = { selection, author, fresh }
  if ('replayId' in asked) return { ...common, replayId: asked.replayId }
  return {
    ...common,
    policySlug: slug,
    prompt: { version: asked.version ?? (await currentVersion(workspace, slug)) },
    goldenSet: asked.goldenSet,
    model: (await workspace.policies.get(slug)).model ?? rehearsal,
  }
}

/** The version in production, else the newest. */
async function currentVersion(workspace: Workspace, slug: string): Promise<number> {
  const versions = await workspace.prompts.versions(slug)
  const newest = versions.toSorted((one, other) => other.number - one.number)
  const current = newest.find(({ labels }) => labels.includes('production')) ?? newest[0]
  if (current) return current.number
  throw new TouchstoneError('invalid-input', 'There is no version to probe.', 'Save the draft as a version first.')
}

/** Every transform over one case. */
export const caseSelection = (caseId: string): ProbeSelection => ({
  caseIds: [caseId],
  limit: null,
  seed: 0,
  transforms: [...transformNames],
})

export type CaseProbesView = { run: ProbeRunRecord | null; rows: ProbedCase[]; pairs: ContrastPair[] }

/** What the newest run that probed a case found, and its contrast pairs. `replayId` keeps the runs of that replay. */
export async function loadCaseProbes(
  workspace: Workspace,
  query: { slug: string; goldenSet: string; caseId: string; replayId?: string },
): Promise<CaseProbesView> {
  const { slug, goldenSet, caseId, replayId } = query
  // Whose content is sealed has no probes to show either.
  await workspace.goldenSets.case(slug, goldenSet, caseId)
  const [runs, pairs] = await Promise.all([
    workspace.probes.list({ policySlug: slug, caseId, limit: shownRuns }),
    workspace.contrasts.list(slug, { goldenSet, parentId: caseId }),
  ])
  const run = runs.find((one) => one.goldenSet === goldenSet && (replayId === undefined || one.baseReplayId === replayId)) ?? null
  const rows = run ? (await workspace.probes.cases(run.id, { parentId: caseId, offset: 0, limit: rowsOfACase })).rows : []
  return { run, rows, pairs }
}
