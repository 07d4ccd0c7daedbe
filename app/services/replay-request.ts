import { findPrice, type PriceTable } from '~/domain/pricing/price-table'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { Environment } from '~/lib/environment'
import { TouchstoneError } from '~/lib/errors'
import { hashPromptText, hashText, normaliseLineEnds } from '~/lib/hash'
import type { FetchFunction } from '~/providers/http-post'
import { createBatchClient, createModelClient } from '~/providers/model-clients'
import { modelConfigurationSchema, modelNameOf, type ModelConfiguration } from '~/replay/model-configuration'
import type { SpendingLedger } from '~/replay/ports'
import type { SqliteHandle, TouchstoneDatabase } from '~/storage/database'
import { findGoldenSet, listRevisions } from '~/storage/sqlite/golden-set-rows'
import { findPolicy } from '~/storage/sqlite/policy-rows'
import { findPromptText, findVersion } from '~/storage/sqlite/prompt-rows'
import type { ReplayInputs } from '~/storage/sqlite/replay-rows'
import { policyNotFound } from './policies'
import type { ReplayOptions, ReplayRequest } from './workspace-api'

/** A request whose names are found and whose values are checked. */
export type ResolvedRequest = {
  inputs: ReplayInputs
  policySlug: string
  goldenSet: string
  scheme: VerdictScheme
  promptText: string
  model: ModelConfiguration
  caseCount: number
}

export type RequestContext = {
  database: TouchstoneDatabase
  environment: Pick<Environment, 'openaiApiKey' | 'openaiBaseUrl' | 'openaiKeyOrigins'>
  ledger: SpendingLedger
  prices: PriceTable | null
  fetch?: FetchFunction
}

/** Finds what a request names. Throws a TouchstoneError that says what is not there or cannot be. */
export function resolveRequest({ database, environment }: RequestContext, request: ReplayRequest): ResolvedRequest {
  const { raw } = database
  const { policySlug } = request
  const policy = findPolicy(raw, policySlug)
  if (!policy) throw policyNotFound(policySlug)
  const golden = findGoldenSet(raw, policy.id, request.goldenSet)
  if (!golden)
    throw new TouchstoneError(
      'not-found',
      `The policy "${policySlug}" has no golden set ${JSON.stringify(request.goldenSet)}.`,
      `Import one: touchstone import FILE --policy ${policySlug} --golden NAME.`,
    )
  const goldenRevision = request.goldenRevision ?? golden.head
  const [revision] = listRevisions(raw, golden.id, [goldenRevision])
  if (!revision && goldenRevision !== 0)
    throw new TouchstoneError(
      'not-found',
      `The golden set ${policySlug}/${golden.name} has no revision ${goldenRevision}.`,
      `Its newest is ${golden.head}.`,
    )
  if (!revision || revision.caseCount === 0)
    throw new TouchstoneError('invalid-input', `The golden set ${policySlug}/${golden.name} has no cases.`, 'Import or add some first.')
  const { text, hash } = readPrompt(raw, policy.id, request)
  const model = resolveModel(request.model, environment.openaiBaseUrl)
  return {
    inputs: {
      policyId: policy.id,
      promptHash: hash,
      goldenSetId: golden.id,
      goldenRevision,
      modelHash: hashText(JSON.stringify(model)),
      epochs: readEpochs(request.epochs),
    },
    policySlug,
    goldenSet: golden.name,
    scheme: verdictSchemeSchema.parse(policy.scheme),
    promptText: text,
    model,
    caseCount: revision.caseCount,
  }
}

function readPrompt(handle: SqliteHandle, policyId: string, request: ReplayRequest): { text: string; hash: string } {
  if ('text' in request.prompt) {
    const text = normaliseLineEnds(request.prompt.text)
    if (text.trim() === '') throw new TouchstoneError('invalid-input', 'The prompt is empty.', 'Write the instructions first.')
    return { text, hash: hashPromptText(text) }
  }
  const { version: number } = request.prompt
  const version = findVersion(handle, policyId, { number })
  const text = version && findPromptText(handle, version.textHash)
  if (!version || text === null) throw new TouchstoneError('not-found', `The policy "${request.policySlug}" has no version ${number}.`)
  return { text, hash: version.textHash }
}

/**
 * A model as it will be asked, its parameters in one order: the environment's server is part of what it is, so that two servers' answers are
 * never taken for one's.
 */
export function resolveModel(model: ModelConfiguration, openaiBaseUrl: string | null): ModelConfiguration {
  const ofEnvironment = model.provider === 'openai' ? (openaiBaseUrl ?? undefined) : undefined
  const baseUrl = (model.baseUrl ?? ofEnvironment)?.replace(/\/+$/, '')
  const all = { ...modelConfigurationSchema.parse(model), baseUrl: baseUrl === 'https://api.openai.com/v1' ? undefined : baseUrl }
  const kept = Object.entries(all).filter(([, value]) => value !== undefined)
  return modelConfigurationSchema.parse(Object.fromEntries(kept.sort(([left], [right]) => (left < right ? -1 : 1))))
}

/** Everything that would stop a replay at its first call is said before there is a replay. */
export async function checkModel(context: RequestContext, model: ModelConfiguration, options: ReplayOptions): Promise<void> {
  const { environment, prices, fetch, ledger } = context
  const access = {
    apiKey: environment.openaiApiKey,
    baseUrl: environment.openaiBaseUrl,
    keyOrigins: environment.openaiKeyOrigins,
    ...(fetch ? { fetch } : {}),
  }
  if (options.batch) await createBatchClient(model, access)
  else createModelClient(model, access)
  if (options.batch && options.maxCostUsd !== undefined)
    throw new TouchstoneError(
      'invalid-input',
      'A batch is sent as a whole, so a budget cannot stop it halfway.',
      'Leave out the budget or the batch.',
    )
  checkPrice(model, prices, { budgetUsd: options.maxCostUsd ?? null, ceilingUsd: ledger.ceilingUsd() })
}

/** Where money is limited, a model without a known price is refused: what it costs could not be counted. */
export function checkPrice(
  model: ModelConfiguration,
  prices: PriceTable | null,
  { budgetUsd = null, ceilingUsd }: { budgetUsd?: number | null; ceilingUsd: number | null },
): void {
  if ((budgetUsd === null && ceilingUsd === null) || findPrice(model, prices) !== null) return
  const limit = budgetUsd === null ? `the workspace's ceiling of $${ceilingUsd}` : `a budget of $${budgetUsd}`
  const way = budgetUsd === null ? 'Lift the ceiling (touchstone budget none; MAX_COST_USD)' : 'Leave the budget out'
  throw new TouchstoneError(
    'configuration',
    `The price of ${modelNameOf(model)} is not known, so ${limit} cannot be kept.`,
    `${way}, or add the price to prices.json in the data folder (0 for a server of your own).`,
  )
}

function readEpochs(epochs = 1): number {
  if (Number.isInteger(epochs) && epochs >= 1 && epochs <= 100) return epochs
  throw new TouchstoneError('invalid-input', `Epochs must be a whole number from 1 to 100, got ${epochs}.`)
}

export function checkOptions(options: ReplayOptions): ReplayOptions {
  const { concurrency, maxCostUsd } = options
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1024))
    throw new TouchstoneError('invalid-input', `The concurrency must be a whole number from 1 to 1024, got ${concurrency}.`)
  if (maxCostUsd !== undefined && !(maxCostUsd >= 0))
    throw new TouchstoneError('invalid-input', `The budget must be 0 or more US dollars, got ${maxCostUsd}.`)
  return options
}
