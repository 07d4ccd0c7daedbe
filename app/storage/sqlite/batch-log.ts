import type { BatchLog } from '../../replay/ports'
import type { TouchstoneDatabase } from '../database'

/** Which batches were sent, over SQLite. */
export class SqliteBatchLog implements BatchLog {
  private readonly statements

  constructor(private readonly database: TouchstoneDatabase) {
    const { raw } = database
    this.statements = {
      known: raw.prepare<[string], string>(`SELECT batchId FROM SentBatch WHERE tag = ? ORDER BY sentAt, batchId`).pluck(),
      add: raw.prepare<[string, string, number]>(`INSERT INTO SentBatch (tag, batchId, sentAt) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`),
    }
  }

  async known(tag: string): Promise<string[]> {
    return this.statements.known.all(tag)
  }

  async add(tag: string, batchId: string, nowMs: number): Promise<void> {
    await this.database.writeLock.run(() => this.statements.add.run(tag, batchId, nowMs))
  }
}
