import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { costOfUsage, findPrice } from '~/domain/pricing/price-table'
import type { ModelMessage } from '~/domain/prompt/messages'
import { renderMessages } from '~/domain/prompt/render'
import { createTokenCounter } from '~/providers/count-tokens'
import { answerFormatOf, type ModelConfiguration } from '~/replay/model-configuration'
import type { PendingTrial } from '~/replay/ports'
import { createCacheKeys } from '~/replay/response-cache-key'
import type { ReplayRows } from '~/storage/sqlite/replay-rows'
import { SqliteResponseCache } from '~/storage/sqlite/response-cache'
import type { RequestContext } from './replay-request'
import type { ReplayEstimate, ReplayOptions } from './workspace-api'

/** Tokens are counted on so many cases, spread over the set; the rest is proportion. */
const sampleSize = 200
const keysAtOnce = 500
/** An answer in the verdict schema, where no earlier replay says how long this model's are. */
const usualAnswerTokens = 80
const usualReasoningTokens: Record<string, number> = { none: 0, minimal: 50, low: 300, medium: 800, high: 2_000, xhigh: 4_000 }
const defaultConcurrency = 64

/** The trials that are to be asked. */
export type TrialsToAsk = { total: number; trials: Iterable<PendingTrial> | AsyncIterable<PendingTrial> }
type Asked = { model: ModelConfiguration; modelHash: string; scheme: VerdictScheme; promptText: string }

/** Every case of a stream under each epoch. */
export async function* everyEpoch(cases: AsyncIterable<GoldenCase>, epochs: number): AsyncGenerator<PendingTrial> {
  for await (const item of cases) for (let epoch = 1; epoch <= epochs; epoch++) yield { case: item, epoch }
}

/** What trials would take, before they start: calls (without those that the cache has), tokens, cost, time. Unknown figures are null. */
export async function estimateTrials(
  context: RequestContext,
  rows: ReplayRows,
  { model, modelHash, scheme, promptText }: Asked,
  options: ReplayOptions,
  { total, trials }: TrialsToAsk,
): Promise<Omit<ReplayEstimate, 'spending' | 'soFarUsd'>> {
  const keyOf = createCacheKeys(model, scheme)
  const useCache = model.provider !== 'touchstone' && (options.cache ?? 'use') === 'use'
  const cache = new SqliteResponseCache(context.database)
  const every = Math.max(1, Math.floor(total / sampleSize))
  const sample: ModelMessage[][] = []
  let keys: string[] = []
  let cached = 0
  let index = 0
  const lookUp = () => {
    cached += cache.count(keys)
    keys = []
  }
  for await (const trial of trials) {
    const isSampled = index++ % every === 0
    if (!isSampled && !useCache) continue
    const messages = renderMessages({
      promptText,
      scheme,
      case: trial.case,
      answerFormat: answerFormatOf(model),
      ...(model.withContext === undefined ? {} : { withContext: model.withContext }),
    })
    if (isSampled) sample.push(messages)
    if (useCache) keys.push(keyOf(messages, trial.epoch))
    if (keys.length >= keysAtOnce) lookUp()
  }
  lookUp()
  const calls = total - cached
  const earlier = rows.usualFigures(modelHash)
  const inputTokens = calls === 0 ? 0 : Math.round((await countMean(sample)) * calls)
  const outputTokens = Math.round((earlier.outputTokens ?? guessAnswerTokens(model)) * calls)
  const pricing = findPrice(options.batch ? { ...model, serviceTier: 'batch' } : model, context.prices)
  const concurrency = options.concurrency ?? defaultConcurrency
  return {
    trials: total,
    cached,
    calls,
    inputTokens,
    outputTokens,
    costUsd: costOfUsage(pricing, { inputTokens, outputTokens, cachedInputTokens: null }),
    // The median call, as many at once as there may be: what rate limits add is not known before.
    durationMs: earlier.latencyMs === null || options.batch ? null : Math.ceil(calls / concurrency) * earlier.latencyMs,
    price: pricing && { date: pricing.date, source: pricing.source },
  }
}

/** Loads the vocabulary only where something is asked. */
async function countMean(sample: readonly ModelMessage[][]): Promise<number> {
  if (sample.length === 0) return 0
  const countTokens = await createTokenCounter()
  return sample.reduce((sum, messages) => sum + countTokens(messages), 0) / sample.length
}

function guessAnswerTokens(model: Omit<ModelConfiguration, 'serviceTier'>): number {
  const reasons = model.reasoningEffort !== undefined || /^(?:o\d|gpt-[5-9])/.test(model.name)
  const guess = usualAnswerTokens + (reasons ? (usualReasoningTokens[model.reasoningEffort ?? 'medium'] ?? 0) : 0)
  return Math.min(guess, model.maxOutputTokens ?? Infinity)
}

/** Upper estimates for a budget: letters over three are more than the tokens of any common text; the answer at its limit, or a long one. */
export function createCallEstimate(
  context: Pick<RequestContext, 'prices'>,
  model: Omit<ModelConfiguration, 'serviceTier'> & { serviceTier?: string },
) {
  const pricing = findPrice(model, context.prices)
  const outputTokens = model.maxOutputTokens ?? 2 * guessAnswerTokens(model)
  return (messages: ReadonlyArray<{ content: string }>): number | null => {
    const letters = messages.reduce((sum, message) => sum + message.content.length, 0)
    return costOfUsage(pricing, { inputTokens: Math.ceil(letters / 3) + 200, outputTokens, cachedInputTokens: null })
  }
}
