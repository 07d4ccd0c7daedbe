import { stringify } from 'yaml'
import type { ComparisonVerdict } from '../domain/comparison/comparison'
import type { GateConditions } from '../domain/gate/gate-conditions'
import type { GateEvaluation } from '../domain/gate/gate-result'
import { TouchstoneError } from '../lib/errors'
import { judgeGate } from './judge-gate'
import type { PolicyGate, ReplaySummary, Workspace } from './workspace-api'

export type GateReplayChoice = Pick<
  ReplaySummary,
  'id' | 'versionNumber' | 'promptHash' | 'modelName' | 'rehearsal' | 'goldenSet' | 'goldenRevision' | 'createdAt' | 'accuracy'
>

export type GatePage = {
  policy: { slug: string; name: string }
  /** Newest first. */
  gates: PolicyGate[]
  replays: GateReplayChoice[]
  /** The production version's newest replay, and the newest of another version over the same golden set. */
  suggestion: { baseline: string; candidate: string } | null
  /** What slices can be cut by, with their values. */
  columns: Array<{ by: string; values: string[] }>
}

/** What today's replays say to a gate. */
export type GatePreview = {
  evaluation: GateEvaluation
  sentence: string
  verdict: ComparisonVerdict
  rehearsal: boolean
  /** The gate as the part of a suite file. */
  yaml: string
}

const replaysShown = 100
const valuesShown = 200

/** Throws not-found. */
export async function loadGatePage(workspace: Workspace, slug: string): Promise<GatePage> {
  const [policy, gates, replays, versions] = await Promise.all([
    workspace.policies.get(slug),
    workspace.policies.gates(slug),
    workspace.replays.list({ policySlug: slug, limit: replaysShown }),
    workspace.prompts.versions(slug),
  ])
  const finished = replays.filter((replay) => replay.status === 'finished').map(toChoice)
  const production = versions.find((version) => version.labels.includes('production'))?.number ?? null
  const baseline = finished.find((replay) => replay.versionNumber === production) ?? finished.at(-1)
  const candidate = finished.find(
    (replay) =>
      replay.goldenSet === baseline?.goldenSet && replay.modelName === baseline.modelName && replay.promptHash !== baseline.promptHash,
  )
  const goldenSet = candidate?.goldenSet ?? baseline?.goldenSet
  const facets = goldenSet === undefined ? [] : await workspace.goldenSets.facets(slug, goldenSet)
  return {
    policy: { slug, name: policy.name },
    gates,
    replays: finished,
    suggestion: baseline && candidate ? { baseline: baseline.id, candidate: candidate.id } : null,
    columns: facets.map(({ by, values }) => ({ by, values: values.slice(0, valuesShown).map(({ value }) => value) })),
  }
}

/** Judges a comparison of two stored replays against conditions that need not be saved yet. */
export async function previewGate(
  workspace: Workspace,
  slug: string,
  request: { baseline: string; candidate: string; conditions: GateConditions },
): Promise<GatePreview> {
  const { conditions } = request
  const [baseline, candidate] = await Promise.all([workspace.replays.get(request.baseline), workspace.replays.get(request.candidate)])
  for (const replay of [baseline, candidate])
    if (replay.policySlug !== slug)
      throw new TouchstoneError('invalid-input', `The replay ${replay.id} is of the policy ${replay.policySlug}.`, `Choose one of ${slug}.`)
  const [baselineHash, candidateHash] = await Promise.all([hashOf(workspace, baseline), hashOf(workspace, candidate)])
  const missing = (replay: ReplaySummary) => Math.max(0, replay.total - replay.done)
  const { comparison, evaluation } = await judgeGate(
    workspace,
    conditions,
    { baseline: baseline.id, candidate: candidate.id },
    { missing: { baseline: missing(baseline), candidate: missing(candidate) }, golden: { baselineHash, candidateHash } },
  )
  return {
    evaluation,
    sentence: comparison.sentence,
    verdict: comparison.verdict,
    rehearsal: baseline.rehearsal || candidate.rehearsal,
    yaml: stringify({ gate: conditions }),
  }
}

async function hashOf(workspace: Workspace, replay: ReplaySummary): Promise<string> {
  const revisions = await workspace.goldenSets.revisions(replay.policySlug, replay.goldenSet)
  return revisions.find(({ number }) => number === replay.goldenRevision)?.contentHash ?? ''
}

function toChoice(replay: ReplaySummary): GateReplayChoice {
  const { id, versionNumber, promptHash, modelName, rehearsal, goldenSet, goldenRevision, createdAt, accuracy } = replay
  return { id, versionNumber, promptHash, modelName, rehearsal, goldenSet, goldenRevision, createdAt, accuracy }
}
