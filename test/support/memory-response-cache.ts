import type { CacheEntry, ResponseCache } from '~/replay/ports'

/** The port's rules in their plainest form. */
export class MemoryResponseCache implements ResponseCache {
  readonly entries = new Map<string, CacheEntry>()

  async getMany(keys: readonly string[]): Promise<Map<string, CacheEntry>> {
    return new Map(
      keys.flatMap((key) => {
        const entry = this.entries.get(key)
        return entry ? [[key, entry]] : []
      }),
    )
  }

  async putMany(entries: ReadonlyArray<{ key: string; entry: CacheEntry }>): Promise<void> {
    for (const { key, entry } of entries) this.entries.set(key, { ...entry, answer: { ...entry.answer, limits: {} } })
  }
}
