import type { Adjudication } from '../../domain/golden-set/case-records'
import type { ExpectedVerdict } from '../../domain/verdict/verdict'
import { createId } from '../../lib/ids'
import type { TouchstoneDatabase } from '../database'
import { readRules } from './golden-case-rows'

/** Who settled the verdict of a case, newest first. */
export function readAdjudications(database: TouchstoneDatabase, goldenSetId: string, caseId: string): Adjudication[] {
  return database.raw
    .prepare<
      [string, string],
      { revision: number; label: string | null; rules: string; severity: string | null; note: string; author: string; createdAt: number }
    >(
      `SELECT revision, label, rules, severity, note, author, createdAt FROM Adjudication WHERE goldenSetId = ? AND caseId = ?
       ORDER BY createdAt DESC, id DESC`,
    )
    .all(goldenSetId, caseId)
    .map(({ label, rules, severity, ...row }) => ({
      ...row,
      expected: { label, rules: readRules(rules), ...(severity === null ? {} : { severity }) },
    }))
}

export async function insertAdjudication(
  database: TouchstoneDatabase,
  input: { goldenSetId: string; caseId: string; revision: number; expected: ExpectedVerdict; note: string; author: string; nowMs: number },
): Promise<void> {
  const { expected } = input
  await database.writeLock.run(() =>
    database.raw
      .prepare(
        `INSERT INTO Adjudication (id, goldenSetId, caseId, revision, label, rules, severity, note, author, createdAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        createId(input.nowMs),
        input.goldenSetId,
        input.caseId,
        input.revision,
        expected.label,
        JSON.stringify(expected.rules),
        expected.severity ?? null,
        input.note,
        input.author,
        input.nowMs,
      ),
  )
}
