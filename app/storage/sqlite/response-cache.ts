import type { CacheEntry, ModelAnswer, ResponseCache } from '../../replay/ports'
import type { TouchstoneDatabase } from '../database'
import { toStorageError } from '../storage-error'
import { AnswerTexts, knownAnswerColumns, unpackKnownAnswer } from './answer-texts'

/** A list, for it is read several times as fast as an object, and of texts where it can be: a Buffer costs as much as the rest of a row. */
type CachedRow = [answer: string, body: string | Buffer, hash: string, latencyMs: number, costUsd: number | null, createdAt: number]

/**
 * Answers of models by the key of everything that affects them. A later answer under the same key replaces the earlier one. The rate limits
 * that came with an answer were of that moment and are not kept.
 */
export class SqliteResponseCache implements ResponseCache {
  private readonly select
  private readonly has
  private readonly write

  constructor(private readonly database: TouchstoneDatabase) {
    const { raw } = database
    const texts = new AnswerTexts(raw)
    this.select = raw
      .prepare<[string], CachedRow>(
        `SELECT c.answer, ${knownAnswerColumns}, c.latencyMs, c.costUsd, c.createdAt
         FROM CachedResponse AS c JOIN Answer AS a ON a.hash = c.answerHash WHERE c.key = unhex(?)`,
      )
      .raw()
    this.has = raw.prepare<[string], number>(`SELECT 1 FROM CachedResponse WHERE key = unhex(?)`).pluck()
    const upsert = raw.prepare<[Buffer, string, Buffer, number, number | null, number]>(
      `INSERT INTO CachedResponse (key, answer, answerHash, latencyMs, costUsd, createdAt) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET answer = excluded.answer, answerHash = excluded.answerHash, latencyMs = excluded.latencyMs,
         costUsd = excluded.costUsd, createdAt = excluded.createdAt`,
    )
    this.write = raw.transaction((entries: ReadonlyArray<{ key: string; entry: CacheEntry }>) => {
      for (const { key, entry } of entries) {
        const { text, limits: _limits, ...rest } = entry.answer
        upsert.run(Buffer.from(key, 'hex'), JSON.stringify(rest), texts.keep(text), entry.latencyMs, entry.costUsd, entry.createdAtMs)
      }
    })
  }

  async getMany(keys: readonly string[]): Promise<Map<string, CacheEntry>> {
    const found = new Map<string, CacheEntry>()
    for (const key of keys) {
      const row = this.select.get(key)
      if (row) found.set(key, toEntry(row))
    }
    return found
  }

  /** How many of the keys have an answer. */
  count(keys: readonly string[]): number {
    return keys.reduce((sum, key) => sum + (this.has.get(key) ?? 0), 0)
  }

  async putMany(entries: ReadonlyArray<{ key: string; entry: CacheEntry }>): Promise<void> {
    if (entries.length === 0) return
    await this.database.writeLock.run(() => {
      try {
        this.write.immediate(entries)
      } catch (error) {
        throw toStorageError(error, this.database.file)
      }
    })
  }
}

function toEntry([answer, body, hash, latencyMs, costUsd, createdAt]: CachedRow): CacheEntry {
  const rest = JSON.parse(answer) as Omit<ModelAnswer, 'text' | 'limits'>
  return { answer: { ...rest, text: unpackKnownAnswer(body, hash), limits: {} }, latencyMs, costUsd, createdAtMs: createdAt }
}
