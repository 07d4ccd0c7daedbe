import type { CaseJudgement } from '../domain/golden-set/case-records'
import type { GoldenCase } from '../domain/golden-set/golden-case'
import type { VerdictLabel } from '../domain/policy/verdict-scheme'
import type { SideMetrics } from '../domain/comparison/comparison'
import type { Outcome } from '../domain/verdict/verdict'
import { TouchstoneError } from '../lib/errors'
import type { ModelConfiguration } from '../replay/model-configuration'
import type { ReplaySummary, Workspace } from './workspace-api'

/** What the pages about replays show, put together from the other use cases. */

export type ReplayListPage = {
  replays: Array<ReplaySummary & { costUsd: number | null }>
  policies: Array<{ slug: string; name: string }>
  policySlug: string | null
  limit: number
}

export type ReplayDetailPage = {
  replay: ReplaySummary & { costUsd: number | null }
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  metrics: SideMetrics | null
  leaked: { n: number; accuracy: number | null; scored: number } | null
  outcomes: Record<Outcome, number>
  cached: number
  calls: number
  inputTokens: number | null
  outputTokens: number | null
  costUsd: number | null
  latencyMs: { p50: number | null; p95: number | null }
  warnings: string[]
  parameters: Array<[name: string, value: string]>
  comparable: Array<Pick<ReplaySummary, 'id' | 'versionNumber' | 'promptHash' | 'createdAt' | 'accuracy'>>
}

export type TrialRow = Omit<CaseJudgement, 'replayId' | 'versionNumber' | 'promptHash' | 'model' | 'finishedAt'> & {
  caseId: string
  content: string
  expected: GoldenCase['expected']
  leaked: boolean
}

const listLimit = 200
const comparableLimit = 12

/** Replays, newest first, of one policy or of all. */
export async function loadReplayList(workspace: Workspace, policySlug: string | null): Promise<ReplayListPage> {
  const [policies, replays] = await Promise.all([
    workspace.policies.list(),
    workspace.replays.list({ ...(policySlug === null ? {} : { policySlug }), limit: listLimit }),
  ])
  // The rehearsal costs nothing.
  const withCost = replays.map((replay) => (replay.rehearsal ? { ...replay, costUsd: 0 } : replay))
  return { replays: withCost, policies: policies.map(({ slug, name }) => ({ slug, name })), policySlug, limit: listLimit }
}

/** Throws not-found. */
export async function loadReplayDetail(workspace: Workspace, replayId: string): Promise<ReplayDetailPage> {
  const report = await workspace.replays.report(replayId)
  const { metrics, leaked, progress, latencyMs, costUsd, warnings, ...replay } = report
  const [policy, others] = await Promise.all([
    workspace.policies.get(replay.policySlug),
    workspace.replays.list({ policySlug: replay.policySlug, limit: listLimit }),
  ])
  const shownCost = replay.rehearsal ? 0 : costUsd
  return {
    replay: { ...replay, costUsd: shownCost },
    policy: { slug: policy.slug, name: policy.name, labels: policy.scheme.labels },
    metrics: progress.done > 0 ? metrics : null,
    leaked: leaked && { n: leaked.n, accuracy: leaked.all.accuracy, scored: leaked.all.n },
    outcomes: progress.outcomes,
    cached: progress.cached,
    calls: progress.calls,
    inputTokens: progress.inputTokens,
    outputTokens: progress.outputTokens,
    costUsd: shownCost,
    latencyMs,
    warnings,
    parameters: describeModel(replay.model),
    comparable: others
      .filter((other) => other.id !== replay.id && other.status === 'finished' && other.goldenSet === replay.goldenSet)
      .slice(0, comparableLimit)
      .map(({ id, versionNumber, promptHash, createdAt, accuracy }) => ({ id, versionNumber, promptHash, createdAt, accuracy })),
  }
}

export type TrialQuery = {
  outcome?: Outcome
  ruleOutcome?: 'right' | 'wrong'
  expectedLabel?: string
  label?: string
  leaked?: boolean
  offset: number
  limit: number
}

/** One page of trials, each with its case as it was in the revision that the replay pins. */
export async function loadTrials(workspace: Workspace, replayId: string, query: TrialQuery): Promise<{ total: number; rows: TrialRow[] }> {
  const replay = await workspace.replays.get(replayId)
  const { total, rows, caseIds } = await workspace.replays.trials(replayId, query)
  const quoted = await workspace.replays.quotedCases([replayId])
  const cases = new Map<string, GoldenCase>()
  for (const caseId of new Set(caseIds)) {
    const golden = await findCase(workspace, replay, caseId)
    if (golden) cases.set(caseId, golden)
  }
  return {
    total,
    rows: rows.map(({ epoch, outcome, ruleOutcome, verdict, detail }, index) => {
      const caseId = caseIds[index] ?? ''
      const golden = cases.get(caseId)
      return {
        caseId,
        epoch,
        outcome,
        ruleOutcome,
        verdict,
        detail,
        content: golden?.content ?? '',
        expected: golden?.expected ?? null,
        leaked: quoted.has(caseId),
      }
    }),
  }
}

async function findCase(workspace: Workspace, replay: ReplaySummary, caseId: string): Promise<GoldenCase | null> {
  try {
    return (await workspace.goldenSets.case(replay.policySlug, replay.goldenSet, caseId, replay.goldenRevision)).case
  } catch (error) {
    if (error instanceof TouchstoneError && error.code === 'not-found') return null
    throw error
  }
}

const parameterNames: Partial<Record<keyof ModelConfiguration, string>> = {
  provider: 'Provider',
  name: 'Model',
  api: 'API',
  baseUrl: 'Server',
  answerFormat: 'Answer format',
  temperature: 'Temperature',
  topP: 'Top p',
  seed: 'Seed',
  maxOutputTokens: 'Most output tokens',
  reasoningEffort: 'Reasoning effort',
  serviceTier: 'Service tier',
  repair: 'Asks again for an unreadable answer',
  withContext: 'Sends the context',
}

function describeModel(model: ModelConfiguration): Array<[name: string, value: string]> {
  return (Object.keys(parameterNames) as Array<keyof ModelConfiguration>).flatMap((key) => {
    const value = model[key]
    if (value === undefined) return []
    return [[parameterNames[key] ?? key, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)] as [string, string]]
  })
}
