import { describe, expect, test } from 'vitest'
import { costOfUsage, findPrice, priceTableSchema, shippedPrices } from '~/domain/pricing/price-table'

const override = priceTableSchema.parse({
  schema: 'touchstone.prices/1',
  date: '2026-01-01',
  source: 'our contract',
  models: {
    'gpt-5-mini': { inputUsd: 1, outputUsd: 1 },
    'local-*': { inputUsd: 0.1, outputUsd: 0.2 },
    'local-big-*': { inputUsd: 3, outputUsd: 3 },
  },
})
const openai = (name: string, more: object = {}) => ({ provider: 'openai', name, ...more })
const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedInputTokens: 400_000 }

describe('prices', () => {
  test('the shipped table is one, with its date and source', () => {
    expect(priceTableSchema.parse(shippedPrices)).toEqual(shippedPrices)
  })
  test('cached input is charged as such', () => {
    expect(costOfUsage(findPrice(openai('gpt-5-mini')), usage)).toBeCloseTo(0.6 * 0.25 + 0.4 * 0.025 + 0.1 * 2, 10)
  })
  test('a dated snapshot costs what its model costs', () => {
    expect(findPrice(openai('gpt-5-mini-2025-08-07'))).toEqual(findPrice(openai('gpt-5-mini')))
  })
  test('the flex tier costs half; tiers without a known price have none', () => {
    expect(costOfUsage(findPrice(openai('gpt-5-mini', { serviceTier: 'flex' })), usage)).toBeCloseTo(0.18, 10)
    expect(findPrice(openai('gpt-5-mini', { serviceTier: 'priority' }))).toBeNull()
    expect(findPrice(openai('gpt-5-mini', { serviceTier: 'auto' }))).toBeNull()
  })
  test('what is not known stays unknown, never 0', () => {
    expect(findPrice(openai('any'))).toBeNull()
    expect(findPrice(openai('gpt-oss-safeguard-20b', { baseUrl: 'http://127.0.0.1:8000/v1' }))).toBeNull()
    expect(costOfUsage(null, usage)).toBeNull()
    expect(costOfUsage(findPrice(openai('gpt-5-mini')), { ...usage, outputTokens: null })).toBeNull()
  })
  test("a gateway that offers OpenAI's model counts at its list price, and the source says so", () => {
    const gateway = findPrice(openai('gpt-5-mini', { baseUrl: 'http://gateway.local/v1' }))
    expect(gateway?.price).toEqual(findPrice(openai('gpt-5-mini'))?.price)
    expect(gateway?.source).toBe(`${shippedPrices.source}, if http://gateway.local/v1 charges the same`)
    expect(findPrice(openai('gpt-5-mini', { baseUrl: 'http://gateway.local/v1' }), override)?.source).toBe('our contract')
  })
  test('the own table goes first and speaks for other servers too; its longest pattern counts', () => {
    expect(findPrice(openai('gpt-5-mini'), override)).toMatchObject({ price: { inputUsd: 1 }, source: 'our contract' })
    expect(findPrice(openai('local-7b', { baseUrl: 'http://127.0.0.1:8000/v1' }), override)?.price.inputUsd).toBe(0.1)
    expect(findPrice(openai('local-big-7b', { baseUrl: 'http://127.0.0.1:8000/v1' }), override)?.price.inputUsd).toBe(3)
    expect(findPrice(openai('gpt-5'), override)?.source).toBe(shippedPrices.source)
  })
  test('the bundled classifier costs nothing, tokens or not', () => {
    expect(
      costOfUsage(findPrice({ provider: 'touchstone', name: 'rehearsal' }), {
        inputTokens: null,
        outputTokens: null,
        cachedInputTokens: null,
      }),
    ).toBe(0)
  })
})
