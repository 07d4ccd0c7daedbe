import type { SpendingGrant, SpendingLedger, WorkspaceSpending } from '../../replay/ports'
import type { TouchstoneDatabase } from '../database'
import { toStorageError } from '../storage-error'

const ceilingKey = 'spending.ceilingUsd'
/** Far from the ceiling a run takes a share of what is left at once, so that it comes back seldom. */
const shareOfRest = 1 / 4

/**
 * The money that all runs of a workspace share, over SQLite: several processes may spend at one time. What was spent is counted from trials;
 * a replay that has ended keeps its sum.
 */
export class SqliteSpendingLedger implements SpendingLedger {
  private readonly statements

  constructor(
    private readonly database: TouchstoneDatabase,
    private readonly environmentUsd: number | null,
  ) {
    const { raw } = database
    this.statements = {
      ceiling: raw.prepare<[string], string>(`SELECT value FROM WorkspaceFact WHERE key = ?`).pluck(),
      setCeiling: raw.prepare<[string, string]>(
        `INSERT INTO WorkspaceFact (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
      ),
      dropCeiling: raw.prepare<[string]>(`DELETE FROM WorkspaceFact WHERE key = ?`),
      // What a cached answer once cost was not spent again. The bundled classifier costs nothing.
      spent: raw
        .prepare<[], number>(
          `SELECT (SELECT coalesce(sum(spentUsd), 0) FROM Replay)
             + (SELECT coalesce(sum(iif(t.cached, 0, t.costUsd)), 0) FROM Replay AS r JOIN Trial AS t ON t.replayId = r.id
                WHERE r.spentUsd IS NULL AND r.modelName NOT LIKE 'touchstone:%')
             + (SELECT coalesce(sum(iif(json_extract(h.trial, '$.cached'), 0, json_extract(h.trial, '$.costUsd'))), 0)
                FROM Replay AS r JOIN TrialHistory AS h ON h.replayId = r.id WHERE r.spentUsd IS NULL)
             + (SELECT coalesce(sum(iif(cached, 0, costUsd)), 0) FROM ProbeTrial)`,
        )
        .pluck(),
      held: raw
        .prepare<[string, number], number>(`SELECT coalesce(sum(usd), 0) FROM SpendingReservation WHERE owner <> ? AND expiresAt > ?`)
        .pluck(),
      hold: raw.prepare<[string, number, number]>(
        `INSERT INTO SpendingReservation (owner, usd, expiresAt) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET usd = excluded.usd, expiresAt = excluded.expiresAt`,
      ),
      renew: raw.prepare<[number, string]>(`UPDATE SpendingReservation SET expiresAt = ? WHERE owner = ?`),
      release: raw.prepare<[string]>(`DELETE FROM SpendingReservation WHERE owner = ?`),
      owners: raw.prepare<[], string>(`SELECT owner FROM SpendingReservation`).pluck(),
      forget: raw.prepare<[number]>(`DELETE FROM SpendingReservation WHERE expiresAt <= ?`),
    }
  }

  ceilingUsd(): number | null {
    const stored = this.storedUsd()
    if (stored === null || this.environmentUsd === null) return stored ?? this.environmentUsd
    return Math.min(stored, this.environmentUsd)
  }

  async setCeiling(usd: number | null): Promise<void> {
    await this.exclusively(() => {
      if (usd === null) this.statements.dropCeiling.run(ceilingKey)
      else this.statements.setCeiling.run(ceilingKey, JSON.stringify(usd))
    })
  }

  read(nowMs: number): WorkspaceSpending {
    return {
      ceilingUsd: this.ceilingUsd(),
      storedUsd: this.storedUsd(),
      environmentUsd: this.environmentUsd,
      spentUsd: this.statements.spent.get() ?? 0,
      heldUsd: this.statements.held.get('', nowMs) ?? 0,
    }
  }

  async reserve({ owner, heldUsd, wantedUsd, nowMs, leaseMs }: Parameters<SpendingLedger['reserve']>[0]) {
    const { statements } = this
    const grantOne = (): { grant: SpendingGrant; heldUsd: number } => {
      const held = heldUsd()
      const ceilingUsd = this.ceilingUsd()
      if (ceilingUsd === null) {
        statements.release.run(owner)
        return { grant: { ceilingUsd, usd: Infinity, spentUsd: 0, othersUsd: 0 }, heldUsd: held }
      }
      statements.forget.run(nowMs)
      const spentUsd = statements.spent.get() ?? 0
      const othersUsd = statements.held.get(owner, nowMs) ?? 0
      const freeUsd = Math.max(0, ceilingUsd - spentUsd - othersUsd - held)
      const usd = held + Math.min(freeUsd, Math.max(wantedUsd, freeUsd * shareOfRest))
      statements.hold.run(owner, usd, nowMs + leaseMs)
      return { grant: { ceilingUsd, usd, spentUsd, othersUsd }, heldUsd: held }
    }
    const grant = this.database.raw.transaction(grantOne)
    return await this.exclusively(() => grant.immediate())
  }

  async renew({ owner, nowMs, leaseMs }: Parameters<SpendingLedger['renew']>[0]): Promise<void> {
    if (this.ceilingUsd() !== null) await this.exclusively(() => this.statements.renew.run(nowMs + leaseMs, owner))
  }

  /** Who holds money at the moment. */
  owners(): string[] {
    return this.statements.owners.all()
  }

  async release(owner: string): Promise<void> {
    await this.exclusively(() => this.statements.release.run(owner))
  }

  private storedUsd(): number | null {
    const stored = this.statements.ceiling.get(ceilingKey)
    return stored === undefined ? null : (JSON.parse(stored) as number)
  }

  private exclusively<T>(work: () => T): Promise<T> {
    return this.database.writeLock.run(() => {
      try {
        return work()
      } catch (error) {
        throw toStorageError(error, this.database.file)
      }
    })
  }
}
