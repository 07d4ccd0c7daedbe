import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CacheEntry, ModelAnswer, ResponseCache } from '~/replay/ports'
import { SqliteResponseCache } from '~/storage/sqlite/response-cache'
import { createTestDatabase } from '../support/database'
import { MemoryResponseCache } from '../support/memory-response-cache'

type Opened = { cache: ResponseCache; [Symbol.asyncDispose](): Promise<void> }
const implementations: Array<{ name: string; open(): Promise<Opened> }> = [
  { name: 'in memory', open: async () => ({ cache: new MemoryResponseCache(), [Symbol.asyncDispose]: async () => undefined }) },
  {
    name: 'SQLite',
    async open() {
      const database = await createTestDatabase()
      return { cache: new SqliteResponseCache(database), [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
    },
  },
]

function cacheEntry(answer: Partial<ModelAnswer> = {}, rest: Partial<Omit<CacheEntry, 'answer'>> = {}): CacheEntry {
  const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: null, reasoningTokens: null }
  return {
    answer: { text: '{"label":"allowed"}', finish: 'stop', usage, limits: {}, warnings: [], ...answer },
    latencyMs: 12.25,
    costUsd: null,
    createdAtMs: 1_700_000_000_000,
    ...rest,
  }
}

/** Keys are SHA-256 in lower-case hexadecimal. */
const keyOf = (name: string): string => createHash('sha256').update(name).digest('hex')

describe.each(implementations)('a response cache $name', ({ open }) => {
  test('returns what was put, and nothing for what was not', async () => {
    await using opened = await open()
    const plain = cacheEntry({ providerModel: 'm-1', systemFingerprint: 'fp', warnings: ['no temperature'] }, { costUsd: 0.5 })
    const refused = cacheEntry({ text: '', finish: 'refusal', refusal: 'I cannot.' })
    await opened.cache.putMany([
      { key: keyOf('a'), entry: plain },
      { key: keyOf('b'), entry: refused },
    ])
    expect(await opened.cache.getMany(['b', 'missing', 'a', 'a'].map(keyOf))).toEqual(
      new Map([
        [keyOf('b'), refused],
        [keyOf('a'), plain],
      ]),
    )
    expect(await opened.cache.getMany([])).toEqual(new Map())
  })

  test('replaces an answer that is put again', async () => {
    await using opened = await open()
    await opened.cache.putMany([{ key: keyOf('a'), entry: cacheEntry() }])
    const later = cacheEntry({ text: 'other' }, { createdAtMs: 1_700_000_000_001 })
    await opened.cache.putMany([{ key: keyOf('a'), entry: later }])
    expect((await opened.cache.getMany([keyOf('a')])).get(keyOf('a'))).toEqual(later)
  })

  test('does not keep the rate limits of that moment', async () => {
    await using opened = await open()
    await opened.cache.putMany([{ key: keyOf('a'), entry: cacheEntry({ limits: { retryAfterMs: 5 } }) }])
    expect((await opened.cache.getMany([keyOf('a')])).get(keyOf('a'))?.answer.limits).toEqual({})
  })

  test('keeps any text word for word, short or long, repeated or not', async () => {
    await using opened = await open()
    const { cache } = opened
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }).map((text) => text.repeat(200)),
      fc.constant('{"label":"violates"}'.repeat(500)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 5 }), async (list) => {
        await cache.putMany(list.map((text, index) => ({ key: keyOf(`key-${index}`), entry: cacheEntry({ text }) })))
        const found = await cache.getMany(list.map((_, index) => keyOf(`key-${index}`)))
        expect(list.map((_, index) => found.get(keyOf(`key-${index}`))?.answer.text)).toEqual(list)
      }),
      { numRuns: 40 },
    )
  })
})

test('the SQLite cache keeps one text once, and a long one deflated', async () => {
  await using database = await createTestDatabase()
  const cache = new SqliteResponseCache(database)
  const text = '{"label":"violates","rationale":"the same words again"}'.repeat(100)
  await cache.putMany(['a', 'b', 'c'].map((name) => ({ key: keyOf(name), entry: cacheEntry({ text }) })))
  const rows = database.raw.prepare<[], { packing: number; size: number }>(`SELECT packing, length(body) AS size FROM Answer`).all()
  expect(rows).toHaveLength(1)
  expect(rows[0]?.packing).toBe(1)
  expect(rows[0]?.size).toBeLessThan(text.length / 10)
})
