import { sealedSplit, type HoldoutLook } from '../../domain/golden-set/holdout'
import { createId } from '../../lib/ids'
import type { TouchstoneDatabase } from '../database'

/** `g` is a state of a case that is not in the holdout by the last state it had: what is sealed is sealed in earlier revisions too. */
export const notSealed = `NOT EXISTS (SELECT 1 FROM GoldenCase AS last WHERE last.goldenSetId = g.goldenSetId AND last.caseId = g.caseId
  AND last.split = '${sealedSplit}' AND last.fromRevision = (SELECT max(every.fromRevision) FROM GoldenCase AS every
    WHERE every.goldenSetId = g.goldenSetId AND every.caseId = g.caseId))`

/** Ids of the cases of a set that are in the holdout by the last state they had, with the set's id as the given SQL expression. */
const selectSealedIds = (goldenSetId: string) =>
  `SELECT sealed.caseId FROM GoldenCase AS sealed WHERE sealed.goldenSetId = ${goldenSetId} AND sealed.split = '${sealedSplit}'
   AND NOT EXISTS (SELECT 1 FROM GoldenCase AS later
     WHERE later.goldenSetId = sealed.goldenSetId AND later.caseId = sealed.caseId AND later.fromRevision > sealed.fromRevision)`

/** As {@link notSealed}, with all sealed cases looked up once rather than each case by itself: for a condition that all cases of a set are tried on. */
export const notAmongSealed = `g.caseId NOT IN (${selectSealedIds('@goldenSetId')})`

const shownLooks = 200

/** Looks into holdouts, and which cases they were about. */
export class HoldoutStore {
  constructor(private readonly database: TouchstoneDatabase) {}

  async add(goldenSetId: string, look: Omit<HoldoutLook, 'id'>): Promise<HoldoutLook> {
    const row = { id: createId(look.createdAt), ...look }
    await this.database.writeLock.run(() =>
      this.database.raw
        .prepare(
          `INSERT INTO HoldoutLook (id, goldenSetId, revision, author, reason, what, createdAt, openUntil)
           VALUES (@id, @goldenSetId, @revision, @author, @reason, @what, @createdAt, @openUntil)`,
        )
        .run({ ...row, goldenSetId }),
    )
    return row
  }

  /** The newest first. */
  list(goldenSetId: string): HoldoutLook[] {
    return this.database.raw
      .prepare<[string, number], HoldoutLook>(
        `SELECT id, revision, author, reason, what, createdAt, openUntil FROM HoldoutLook WHERE goldenSetId = ?
         ORDER BY createdAt DESC, id DESC LIMIT ?`,
      )
      .all(goldenSetId, shownLooks)
  }

  /** The look of these ids that keeps the holdout open at this time, the longest one. */
  findOpen(goldenSetId: string, lookIds: readonly string[], nowMs: number): HoldoutLook | null {
    return this.list(goldenSetId)
      .filter(({ id, openUntil }) => openUntil > nowMs && lookIds.includes(id))
      .reduce<HoldoutLook | null>((longest, look) => (longest && longest.openUntil >= look.openUntil ? longest : look), null)
  }

  async close(lookIds: readonly string[], nowMs: number): Promise<void> {
    const close = this.database.raw.prepare(`UPDATE HoldoutLook SET openUntil = ? WHERE id = ? AND openUntil > ?`)
    await this.database.writeLock.run(() => {
      for (const id of lookIds) close.run(nowMs, id, nowMs)
    })
  }

  /** Ids of all cases that are in the holdout by the last state they had. Reads every case of the set. */
  sealedIds(goldenSetId: string): Set<string> {
    const ids = this.database.raw.prepare<[string], string>(selectSealedIds('?')).pluck().all(goldenSetId)
    return new Set(ids)
  }
}
