import { z } from 'zod'

/** US dollars for a million tokens. Null: not stated, so not known. */
export const modelPriceSchema = z.object({
  inputUsd: z.number().min(0),
  outputUsd: z.number().min(0),
  /** Input that the provider had cached; where absent it costs as much as other input. */
  cachedInputUsd: z.number().min(0).optional(),
})
export type ModelPrice = z.infer<typeof modelPriceSchema>

/** A price table, `touchstone.prices/1`: the file with which a workspace overrides or adds prices. */
export const priceTableSchema = z.object({
  schema: z.literal('touchstone.prices/1'),
  /** When the prices were read, `YYYY-MM-DD`. */
  date: z.iso.date(),
  source: z.string().min(1),
  /** By model name; a name that ends in `*` stands for all that start so. The longest match counts. */
  models: z.record(z.string().min(1), modelPriceSchema),
})
export type PriceTable = z.infer<typeof priceTableSchema>

/**
 * The list prices of OpenAI's own API, standard tier, short contexts. Taken from price tables that others published in 2026 and that agree with
 * each other, not from OpenAI's page itself: check them against it before money depends on them. Prices change: the date says how old these are.
 */
export const shippedPrices: PriceTable = {
  schema: 'touchstone.prices/1',
  date: '2026-03-31',
  source: 'https://developers.openai.com/api/docs/pricing at second hand, to be checked',
  models: {
    'gpt-5.4': { inputUsd: 2.5, cachedInputUsd: 0.25, outputUsd: 15 },
    'gpt-5.4-mini': { inputUsd: 0.75, cachedInputUsd: 0.075, outputUsd: 4.5 },
    'gpt-5.4-nano': { inputUsd: 0.2, cachedInputUsd: 0.02, outputUsd: 1.25 },
    'gpt-5.2': { inputUsd: 1.75, cachedInputUsd: 0.175, outputUsd: 14 },
    'gpt-5.1': { inputUsd: 1.25, cachedInputUsd: 0.125, outputUsd: 10 },
    'gpt-5': { inputUsd: 1.25, cachedInputUsd: 0.125, outputUsd: 10 },
    'gpt-5-mini': { inputUsd: 0.25, cachedInputUsd: 0.025, outputUsd: 2 },
    'gpt-5-nano': { inputUsd: 0.05, cachedInputUsd: 0.005, outputUsd: 0.4 },
    'gpt-4.1': { inputUsd: 2, cachedInputUsd: 0.5, outputUsd: 8 },
    'gpt-4.1-mini': { inputUsd: 0.4, cachedInputUsd: 0.1, outputUsd: 1.6 },
    'gpt-4.1-nano': { inputUsd: 0.1, cachedInputUsd: 0.025, outputUsd: 0.4 },
    'gpt-4o': { inputUsd: 2.5, cachedInputUsd: 1.25, outputUsd: 10 },
    'gpt-4o-mini': { inputUsd: 0.15, cachedInputUsd: 0.075, outputUsd: 0.6 },
    o3: { inputUsd: 2, cachedInputUsd: 0.5, outputUsd: 8 },
    'o4-mini': { inputUsd: 1.1, cachedInputUsd: 0.275, outputUsd: 4.4 },
    'omni-moderation-*': { inputUsd: 0, outputUsd: 0 },
  },
}

/** What the other tiers cost of the standard price; a tier that is not here has no known price. */
const tierShares: Record<string, number> = { default: 1, flex: 0.5, batch: 0.5 }

export type Pricing = { price: ModelPrice; /** Of what is known of it. */ date: string; source: string }
export type PricedModel = {
  provider: string
  name: string
  /** Set where the model is not OpenAI's own. */
  baseUrl?: string
  serviceTier?: string
}
export type PricedUsage = { inputTokens: number | null; outputTokens: number | null; cachedInputTokens: number | null }

/** A dated snapshot (`gpt-5-mini-2025-08-07`) costs what its model costs. */
const withoutDate = (name: string): string => name.replace(/-\d{4}-\d{2}-\d{2}$/, '')

function findIn(table: PriceTable, name: string): ModelPrice | null {
  const exact = table.models[name] ?? table.models[withoutDate(name)]
  if (exact) return exact
  const patterns = Object.keys(table.models).filter((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)))
  const [longest] = patterns.sort((left, right) => right.length - left.length)
  return longest === undefined ? null : (table.models[longest] ?? null)
}

/**
 * The price of a model; null where it is not known. `override` is the workspace's own table: it goes first. A model that another server
 * offers under OpenAI's name (a gateway, a company's proxy) counts at OpenAI's list price, so that a ceiling on cost holds there too; what
 * a server of one's own serves has a name of its own, and no price unless the workspace's table gives one.
 */
export function findPrice(model: PricedModel, override: PriceTable | null = null): Pricing | null {
  if (model.provider === 'touchstone')
    return { price: { inputUsd: 0, outputUsd: 0 }, date: shippedPrices.date, source: 'runs in this process' }
  for (const table of [override, shippedPrices]) {
    const price = table && findIn(table, model.name)
    if (!table || !price) continue
    const share = tierShares[model.serviceTier ?? 'default']
    // "auto" is whatever the project is set to; a dearer tier has a price of its own, which is not in the table.
    if (share === undefined) return null
    const scaled = {
      inputUsd: price.inputUsd * share,
      outputUsd: price.outputUsd * share,
      ...(price.cachedInputUsd === undefined ? {} : { cachedInputUsd: price.cachedInputUsd * share }),
    }
    const elsewhere = table === shippedPrices && model.baseUrl !== undefined
    return { price: scaled, date: table.date, source: elsewhere ? `${table.source}, if ${model.baseUrl} charges the same` : table.source }
  }
  return null
}

/** US dollars for one call; null where the price or the number of tokens is not known. */
export function costOfUsage(pricing: Pricing | null, usage: PricedUsage): number | null {
  if (pricing === null) return null
  const { inputUsd, outputUsd, cachedInputUsd = inputUsd } = pricing.price
  if (inputUsd === 0 && outputUsd === 0) return 0
  if (usage.inputTokens === null || usage.outputTokens === null) return null
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens)
  return ((usage.inputTokens - cached) * inputUsd + cached * cachedInputUsd + usage.outputTokens * outputUsd) / 1_000_000
}
