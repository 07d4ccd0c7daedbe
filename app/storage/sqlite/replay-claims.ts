import type { GoldenCase } from '../../domain/golden-set/golden-case'
import type { PendingTrial } from '../../replay/ports'
import type { SqliteHandle } from '../database'
import { readCaseValues, type CaseStateValues } from './golden-case-rows'
import { goldenTrials, type TrialSource } from './trial-source'

/** What claiming needs to know of a replay; it does not change. */
export type ClaimedReplay = { id: string; goldenSetId: string; revision: number; epochs: number; total: number }
type ClaimOptions = { owner: string; limit: number; nowMs: number; leaseMs: number; onlyCaseIds?: readonly string[] }
type Candidate = [rowid: number, position: number, caseId: string, epoch: number]

/** Pending trials are listed in pages; more than one case has epochs. */
const pendingPage = 1_024

/** Claims that have expired are looked for at most this often while there is work ahead. */
const expiredEveryMs = 1_000

const epochList = `WITH RECURSIVE e(epoch) AS (SELECT 1 UNION ALL SELECT epoch + 1 FROM e WHERE epoch < @epochs)`

/**
 * Hands out pending trials. A trial is pending when it has no result, and claimable when nobody holds a claim that lasts; both are read from
 * the tables. What is kept in memory is only how far this owner has looked, so that a replay of a million trials is not searched from its
 * start for every claim: trials behind that place are looked for again when the counts say that there are some.
 * Claim inside a transaction.
 */
export class ReplayClaims {
  /** `replay owner` → the position to go on from, or `end`. */
  private readonly places = new Map<string, number | 'end'>()
  /** `replay owner` → when it last looked for claims that have expired. */
  private readonly looks = new Map<string, number>()
  private readonly statements

  constructor(handle: SqliteHandle, source: TrialSource = goldenTrials) {
    const { cases, claims, trials, within, ofEpoch } = source
    const notDone = `NOT EXISTS (SELECT 1 FROM ${trials} AS t WHERE t.replayId = @replayId AND t.caseId = g.caseId AND t.epoch = e.epoch)`
    const notClaimed = `NOT EXISTS (SELECT 1 FROM ${claims} AS c WHERE c.replayId = @replayId AND c.caseId = g.caseId AND c.epoch = e.epoch AND c.expiresAt > @nowMs)`
    this.statements = {
      expired: handle
        .prepare<[object], Candidate>(
          `SELECT g.rowid, g.position, c.caseId, c.epoch FROM ${claims} AS c
         JOIN ${cases} AS g ON ${within} AND g.caseId = c.caseId
         WHERE c.replayId = @replayId AND c.expiresAt <= @nowMs ORDER BY g.position, c.epoch LIMIT @limit`,
        )
        .raw(),
      next: handle
        .prepare<[object], Candidate>(
          `${epochList} SELECT g.rowid, g.position, g.caseId, e.epoch FROM ${cases} AS g CROSS JOIN e
         WHERE ${within}${ofEpoch} AND g.position >= @place AND ${notDone} AND ${notClaimed} ORDER BY g.position, e.epoch LIMIT @limit`,
        )
        .raw(),
      chosen: handle
        .prepare<[object], Candidate>(
          `${epochList} SELECT g.rowid, g.position, g.caseId, e.epoch FROM json_each(@caseIds) AS j
         CROSS JOIN ${cases} AS g ON ${within} AND g.caseId = j.value CROSS JOIN e
         WHERE ${notDone}${ofEpoch} AND ${notClaimed} ORDER BY g.position, e.epoch LIMIT @limit`,
        )
        .raw(),
      claim: handle.prepare<[string, string, number, string, number]>(
        `INSERT INTO ${claims} (replayId, caseId, epoch, owner, expiresAt) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET owner = excluded.owner, expiresAt = excluded.expiresAt`,
      ),
      readCase: handle.prepare<[number], CaseStateValues>(source.readCase).raw(),
      countTrials: handle.prepare<[string], number>(`SELECT count(*) FROM ${trials} WHERE replayId = ?`).pluck(),
      countClaims: handle.prepare<[string], number>(`SELECT count(*) FROM ${claims} WHERE replayId = ?`).pluck(),
    }
  }

  claim(replay: ClaimedReplay, options: ClaimOptions): PendingTrial[] {
    const { owner, nowMs, leaseMs } = options
    const candidates = options.onlyCaseIds ? this.chosen(replay, options) : this.anywhere(replay, options)
    const cases = new Map<number, GoldenCase>()
    return candidates.flatMap(([rowid, , caseId, epoch]) => {
      this.statements.claim.run(replay.id, caseId, epoch, owner, nowMs + leaseMs)
      let found = cases.get(rowid)
      if (!found) {
        const row = this.statements.readCase.get(rowid)
        if (!row) return []
        found = readCaseValues(row)
        cases.set(rowid, found)
      }
      return [{ case: found, epoch }]
    })
  }

  /** What has no result, whoever holds it, in case order. Claims nothing. */
  *pending(replay: ClaimedReplay): Generator<PendingTrial> {
    for (let place = 0; ;) {
      const found = this.statements.next.all({ ...parameters(replay, Number.MAX_SAFE_INTEGER), place, limit: pendingPage })
      const isLast = found.length < pendingPage
      const end = found.at(-1)?.[1] ?? 0
      // The last case of a page may have more epochs on the next one.
      const whole = isLast ? found : found.filter(([, position]) => position < end)
      for (const [rowid, , , epoch] of whole) {
        const row = this.statements.readCase.get(rowid)
        if (row) yield { case: readCaseValues(row), epoch }
      }
      if (isLast) return
      place = end
    }
  }

  countPending(replay: Pick<ClaimedReplay, 'id' | 'total'>): number {
    return Math.max(0, replay.total - (this.statements.countTrials.get(replay.id) ?? 0))
  }

  /** The owner gave back what it had: it will look from the start again. */
  forget(replayId: string, owner: string): void {
    this.places.delete(placeKey(replayId, owner))
    this.looks.delete(placeKey(replayId, owner))
  }

  private chosen(replay: ClaimedReplay, { limit, nowMs, onlyCaseIds }: ClaimOptions): Candidate[] {
    return this.statements.chosen.all({ ...parameters(replay, nowMs), limit, caseIds: JSON.stringify([...new Set(onlyCaseIds)]) })
  }

  private anywhere(replay: ClaimedReplay, { owner, limit, nowMs }: ClaimOptions): Candidate[] {
    const key = placeKey(replay.id, owner)
    const place = this.places.get(key) ?? 0
    const expired = this.isLookDue(key, place, nowMs) ? this.statements.expired.all({ ...parameters(replay, nowMs), limit }) : []
    if (expired.length === limit) return expired

    const taken = new Set(expired.map(([, , caseId, epoch]) => `${epoch} ${caseId}`))
    const lookFrom = (place: number): Candidate[] => {
      const wanted = limit - expired.length
      // The expired ones are not claimed yet, so that they are found here too: ask for as many more.
      const found = this.statements.next.all({ ...parameters(replay, nowMs), place, limit: wanted + expired.length })
      const fresh = found.filter(([, , caseId, epoch]) => !taken.has(`${epoch} ${caseId}`)).slice(0, wanted)
      const last = fresh.at(-1)
      this.places.set(key, last && fresh.length === wanted ? last[1] : 'end')
      return fresh
    }
    const ahead = place === 'end' ? [] : lookFrom(place)
    if (ahead.length > 0 || place === 0) return [...expired, ...ahead]
    // Nothing ahead. Whoever gave claims back, or had trials replayed again, left some behind.
    const claimable = this.countPending(replay) - (this.statements.countClaims.get(replay.id) ?? 0)
    return claimable > 0 ? [...expired, ...lookFrom(0)] : expired
  }

  private isLookDue(key: string, place: number | 'end', nowMs: number): boolean {
    const sinceMs = nowMs - (this.looks.get(key) ?? -Infinity)
    if (place !== 'end' && sinceMs >= 0 && sinceMs < expiredEveryMs) return false
    this.looks.set(key, nowMs)
    return true
  }
}

const placeKey = (replayId: string, owner: string) => `${replayId} ${owner}`

const parameters = ({ id, goldenSetId, revision, epochs }: ClaimedReplay, nowMs: number) => ({
  replayId: id,
  goldenSetId,
  revision,
  epochs,
  nowMs,
})
