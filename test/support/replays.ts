import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { hashPromptText } from '~/lib/hash'
import { createId } from '~/lib/ids'
import type { ReplayDefinition, TrialResult } from '~/replay/ports'
import type { TouchstoneDatabase } from '~/storage/database'
import { importGoldenCases } from '~/storage/sqlite/golden-set-writer'

const policySlug = 'chat'
const goldenName = 'edge-cases'
const promptText = 'H1. No insults.'
const model = { provider: 'openai' as const, name: 'any' }

/** A golden set of these cases and an unstarted replay over its newest revision, as rows. */
export async function insertReplay(database: TouchstoneDatabase, cases: readonly GoldenCase[], epochs = 1): Promise<ReplayDefinition> {
  const prisma = await database.prisma()
  const { goldenSetId, revision } = await importGoldenCases(database, {
    policySlug,
    goldenName,
    cases,
    mirror: true,
    dryRun: false,
    author: 'ana',
    message: 'cases',
    nowMs: 1,
    reconcileScheme: (current) => current ?? defaultVerdictScheme,
  })
  if (goldenSetId === null) throw new Error('the import made no golden set')
  const policy = await prisma.policy.findUniqueOrThrow({ where: { slug: policySlug } })
  const promptHash = hashPromptText(promptText)
  await prisma.promptText.upsert({ where: { hash: promptHash }, create: { hash: promptHash, text: promptText, createdAt: 1 }, update: {} })
  const definition: ReplayDefinition = {
    id: createId(),
    policyId: policy.id,
    scheme: defaultVerdictScheme,
    promptText,
    goldenSetId,
    goldenRevision: revision,
    model,
    epochs,
  }
  await prisma.replay.create({
    data: {
      id: definition.id,
      policyId: policy.id,
      promptHash,
      goldenSetId,
      goldenRevision: revision,
      model,
      modelName: 'openai:any',
      modelHash: 'hash',
      epochs,
      status: 'pending',
      options: {},
      total: cases.length * epochs,
      author: 'ana',
      createdAt: 1,
    },
  })
  return definition
}

/** A scored trial of one call; the test names what it is about. */
export function trialResult(changes: Partial<TrialResult> = {}): TrialResult {
  return {
    caseId: 'case-1',
    epoch: 1,
    outcome: 'correct',
    ruleOutcome: null,
    verdict: { label: 'violates', rules: ['H2'], severity: 'high', confidence: 0.9, rationale: 'It insults.' },
    detail: null,
    rawAnswer: '{"label":"violates"}',
    latencyMs: 12.5,
    inputTokens: 100,
    outputTokens: 20,
    costUsd: 0.001,
    cached: false,
    calls: 1,
    providerModel: 'any-2026',
    systemFingerprint: 'fp_1',
    ...changes,
  }
}
