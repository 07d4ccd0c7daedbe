import type { SqliteHandle } from '../database'

/** The reading of a file that a golden set was last found to hold, and the set's revision then. */
export type MirroredFile = { reading: string; revision: number }

const factKey = (goldenSetId: string) => `mirrored-file/${goldenSetId}`

export function findMirrored(handle: SqliteHandle, goldenSetId: string): MirroredFile | null {
  const value = handle.prepare<[string], string>(`SELECT value FROM WorkspaceFact WHERE key = ?`).pluck().get(factKey(goldenSetId))
  return value === undefined ? null : (JSON.parse(value) as MirroredFile)
}

/** Must run inside the write lock. */
export function keepMirrored(handle: SqliteHandle, goldenSetId: string, { reading, revision }: MirroredFile): void {
  handle
    .prepare<[string, string]>(`INSERT INTO WorkspaceFact (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`)
    .run(factKey(goldenSetId), JSON.stringify({ reading, revision }))
}
