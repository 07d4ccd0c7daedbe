import type { SqliteHandle } from '../database'

export type CaseHistoryFilter = 'ever-flipped' | 'always-wrong' | 'always-right'

const conditions: Record<CaseHistoryFilter, string> = {
  'ever-flipped': 'h.rights > 0 AND h.wrongs > 0',
  'always-wrong': 'h.rights = 0 AND h.wrongs > 0',
  'always-right': 'h.rights > 0 AND h.wrongs = 0',
}

/**
 * How often each case was right and wrong over the finished replays of its set, in a temporary table that is brought up to date when asked:
 * a replay that finished since is added to it, and only changed results make it start anew.
 */
export class CaseHistory {
  private readonly counted = new Map<string, string[]>()

  constructor(private readonly handle: SqliteHandle) {
    handle.exec(
      `CREATE TEMP TABLE IF NOT EXISTS CaseRecord (goldenSetId TEXT, caseId TEXT, rights INTEGER, wrongs INTEGER, PRIMARY KEY (goldenSetId, caseId)) WITHOUT ROWID`,
    )
  }

  /** A condition on the case `g`, and what it rests on. */
  condition(goldenSetId: string, filter: CaseHistoryFilter): { sql: string; signature: string } {
    const signature = this.bringUpToDate(goldenSetId)
    return {
      sql: `EXISTS (SELECT 1 FROM temp.CaseRecord AS h WHERE h.goldenSetId = g.goldenSetId AND h.caseId = g.caseId AND ${conditions[filter]})`,
      signature: signature.join(' '),
    }
  }

  private bringUpToDate(goldenSetId: string): string[] {
    const replays = this.handle
      .prepare<[string], { id: string; resultsVersion: number }>(
        `SELECT id, resultsVersion FROM Replay WHERE goldenSetId = ? AND status = 'finished' ORDER BY finishedAt, id`,
      )
      .all(goldenSetId)
    const wanted = replays.map(({ id, resultsVersion }) => `${id}:${resultsVersion}`)
    const counted = this.counted.get(goldenSetId) ?? []
    const continues = counted.length <= wanted.length && counted.every((entry, index) => entry === wanted[index])
    const add = this.handle.prepare(`
      INSERT INTO temp.CaseRecord (goldenSetId, caseId, rights, wrongs)
        SELECT ?, caseId, rights > wrongs, rights <= wrongs FROM
          (SELECT caseId, sum(outcome = 'correct') AS rights, sum(outcome = 'wrong') AS wrongs FROM Trial
           WHERE replayId = ? AND outcome IN ('correct', 'wrong') GROUP BY caseId)
        WHERE true
      ON CONFLICT DO UPDATE SET rights = rights + excluded.rights, wrongs = wrongs + excluded.wrongs`)
    this.handle.transaction(() => {
      if (!continues) this.handle.prepare(`DELETE FROM temp.CaseRecord WHERE goldenSetId = ?`).run(goldenSetId)
      for (const { id } of continues ? replays.slice(counted.length) : replays) add.run(goldenSetId, id)
    })()
    this.counted.set(goldenSetId, wanted)
    return wanted
  }
}
