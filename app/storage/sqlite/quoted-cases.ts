import { setImmediate as nextTurn } from 'node:timers/promises'
import { createQuotationSearch } from '../../domain/golden-set/leakage'
import type { SqliteHandle, TouchstoneDatabase } from '../database'

/** A prompt text and the golden set whose cases it may quote. */
type PromptOverSet = { promptHash: string; goldenSetId: string }
type PromptOverRevision = PromptOverSet & { goldenRevision: number }

const casesPerTurn = 4_096

/**
 * Which cases a prompt text quotes. Each text is searched once for each golden set, in every state that a case ever had, and found again by
 * any revision; a later revision only adds the states that it changed. The rows are kept, so that a replay of years ago is as quick.
 */
export class QuotedCases {
  constructor(private readonly database: TouchstoneDatabase) {}

  /** Searches what was not searched yet. Texts of one set are looked for together, in one pass over its cases. */
  async search(wanted: readonly PromptOverSet[]): Promise<void> {
    for (const goldenSetId of new Set(wanted.map((pair) => pair.goldenSetId))) {
      const hashes = new Set(wanted.filter((pair) => pair.goldenSetId === goldenSetId).map((pair) => pair.promptHash))
      const { raw } = this.database
      const head = raw.prepare<[string], number>(`SELECT head FROM GoldenSet WHERE id = ?`).pluck().get(goldenSetId) ?? 0
      const behind = new Map<number, string[]>()
      for (const hash of hashes) {
        const until = searchedUntil(raw, goldenSetId, hash) ?? 0
        if (until < head) behind.set(until, [...(behind.get(until) ?? []), hash])
      }
      for (const [until, texts] of behind) await this.searchStates(goldenSetId, texts, { after: until, until: head })
    }
  }

  /** Ids of the cases of a revision that any of these texts quotes; null where one of them was not searched that far. */
  quotedIn(goldenSetId: string, goldenRevision: number, promptHashes: readonly string[]): ReadonlySet<string> | null {
    const { raw } = this.database
    const ids = new Set<string>()
    for (const hash of promptHashes) {
      if ((searchedUntil(raw, goldenSetId, hash) ?? 0) < goldenRevision) return null
      const found = raw
        .prepare<[object], string>(
          `SELECT q.caseId FROM QuotedState AS q JOIN GoldenCase AS g ON g.goldenSetId = q.goldenSetId AND g.caseId = q.caseId AND g.fromRevision = q.fromRevision
           WHERE q.goldenSetId = @goldenSetId AND q.promptHash = @hash AND q.fromRevision <= @goldenRevision
             AND (g.untilRevision IS NULL OR g.untilRevision > @goldenRevision)`,
        )
        .pluck()
        .all({ goldenSetId, goldenRevision, hash })
      for (const id of found) ids.add(id)
    }
    return ids
  }

  /** Searches where needed: ids of the cases that a prompt of any of these replays quotes, as they stand in the revision of any of `over`. */
  async quotedByAny(replays: readonly PromptOverRevision[], over: readonly PromptOverRevision[] = replays): Promise<Set<string>> {
    const hashes = replays.map(({ promptHash }) => promptHash)
    await this.search(hashes.flatMap((promptHash) => over.map(({ goldenSetId }) => ({ promptHash, goldenSetId }))))
    return new Set(over.flatMap(({ goldenSetId, goldenRevision }) => [...(this.quotedIn(goldenSetId, goldenRevision, hashes) ?? [])]))
  }

  /** Of these cases those that saved versions of the policy quote, with the names of the versions (`v3`). Searches where needed. */
  async versionsQuoting(
    policySlug: string,
    { goldenSetId, goldenRevision }: Omit<PromptOverRevision, 'promptHash'>,
    caseIds: readonly string[],
  ): Promise<Map<string, string[]>> {
    const { raw } = this.database
    const hashes = raw
      .prepare<[string], string>(`SELECT v.textHash FROM PromptVersion AS v JOIN Policy AS p ON p.id = v.policyId WHERE p.slug = ?`)
      .pluck()
      .all(policySlug)
    await this.search(hashes.map((promptHash) => ({ promptHash, goldenSetId })))
    const rows = raw
      .prepare<[object], { caseId: string; number: number }>(
        `SELECT q.caseId, v.number FROM Policy AS p JOIN PromptVersion AS v ON v.policyId = p.id
         JOIN QuotedState AS q ON q.goldenSetId = @goldenSetId AND q.promptHash = v.textHash AND q.caseId IN (SELECT value FROM json_each(@caseIds))
         JOIN GoldenCase AS g ON g.goldenSetId = q.goldenSetId AND g.caseId = q.caseId AND g.fromRevision = q.fromRevision
         WHERE p.slug = @policySlug AND q.fromRevision <= @goldenRevision AND (g.untilRevision IS NULL OR g.untilRevision > @goldenRevision)
         ORDER BY v.number`,
      )
      .all({ goldenSetId, goldenRevision, policySlug, caseIds: JSON.stringify(caseIds) })
    const versions = new Map<string, string[]>()
    for (const { caseId, number } of rows) versions.set(caseId, [...(versions.get(caseId) ?? []), `v${number}`])
    return versions
  }

  private async searchStates(goldenSetId: string, hashes: readonly string[], range: { after: number; until: number }): Promise<void> {
    const { database } = this
    const textOf = database.raw.prepare<[string], string>(`SELECT text FROM PromptText WHERE hash = ?`).pluck()
    const search = createQuotationSearch(hashes.map((hash) => textOf.get(hash) ?? ''))
    const found: Array<{ promptHash: string; caseId: string; fromRevision: number }> = []
    const handle = database.openHandle()
    try {
      const rows = handle
        .prepare<[string, number, number], [caseId: string, fromRevision: number, content: string]>(
          // In the order in which the rows lie
          `SELECT caseId, fromRevision, content FROM GoldenCase WHERE goldenSetId = ? AND fromRevision > ? AND fromRevision <= ? ORDER BY position`,
        )
        .raw()
        .iterate(goldenSetId, range.after, range.until)
      let read = 0
      for (const [caseId, fromRevision, content] of rows) {
        if (++read % casesPerTurn === 0) await nextTurn()
        const quotation = search(content)
        if (quotation === null || quotation === 'too short') continue
        for (const place of quotation.prompts) found.push({ promptHash: hashes[place] ?? '', caseId, fromRevision })
      }
    } finally {
      handle.close()
    }
    await database.writeLock.run(() => keepQuotations(database.raw, goldenSetId, hashes, range.until, found))
  }
}

const searchedUntil = (handle: SqliteHandle, goldenSetId: string, promptHash: string): number | undefined =>
  handle
    .prepare<[string, string], number>(`SELECT searchedUntil FROM QuotationSearch WHERE goldenSetId = ? AND promptHash = ?`)
    .pluck()
    .get(goldenSetId, promptHash)

/** Must run inside the write lock. Two searches at once find the same: the second changes nothing. */
function keepQuotations(
  handle: SqliteHandle,
  goldenSetId: string,
  hashes: readonly string[],
  until: number,
  found: ReadonlyArray<{ promptHash: string; caseId: string; fromRevision: number }>,
): void {
  handle
    .transaction(() => {
      const keepSearch = handle.prepare(
        `INSERT INTO QuotationSearch (goldenSetId, promptHash, searchedUntil) VALUES (?, ?, ?)
         ON CONFLICT (goldenSetId, promptHash) DO UPDATE SET searchedUntil = max(searchedUntil, excluded.searchedUntil)`,
      )
      const keepState = handle.prepare(
        `INSERT INTO QuotedState (goldenSetId, promptHash, caseId, fromRevision) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      for (const hash of hashes) keepSearch.run(goldenSetId, hash, until)
      for (const { promptHash, caseId, fromRevision } of found) keepState.run(goldenSetId, promptHash, caseId, fromRevision)
    })
    .immediate()
}
