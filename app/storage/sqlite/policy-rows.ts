import type { SqliteHandle } from '../database'

/**
 * Policies as they are stored. Read by prepared statements, as versions and golden sets are: Prisma's query compiler takes longer to start
 * than most commands take, and a command that finds everything done writes nothing.
 */
export type PolicyRow = {
  id: string
  slug: string
  name: string
  description: string
  /** The JSON columns, parsed and unchecked. */
  scheme: unknown
  errorCosts: unknown
  model: unknown
  gate: unknown
  productionPrevalence: number | null
  createdAt: number
}

type StoredRow = Omit<PolicyRow, 'scheme' | 'errorCosts' | 'model' | 'gate'> & {
  scheme: string
  errorCosts: string
  model: string | null
  gate: string | null
}

const columns = `id, slug, name, description, scheme, errorCosts, model, gate, productionPrevalence, createdAt`

export function findPolicy(handle: SqliteHandle, slug: string): PolicyRow | null {
  const row = handle.prepare<[string], StoredRow>(`SELECT ${columns} FROM Policy WHERE slug = ?`).get(slug)
  return row ? readRow(row) : null
}

export function findPolicyId(handle: SqliteHandle, slug: string): string | null {
  return handle.prepare<[string], string>(`SELECT id FROM Policy WHERE slug = ?`).pluck().get(slug) ?? null
}

/** Throws where there is no such policy: ids come from rows that refer to it. */
export function readPolicyById(handle: SqliteHandle, id: string): PolicyRow {
  const row = handle.prepare<[string], StoredRow>(`SELECT ${columns} FROM Policy WHERE id = ?`).get(id)
  if (!row) throw new Error(`there is no policy with the id ${JSON.stringify(id)}`)
  return readRow(row)
}

/** Oldest first. */
export function listPolicies(handle: SqliteHandle): PolicyRow[] {
  return handle.prepare<[], StoredRow>(`SELECT ${columns} FROM Policy ORDER BY createdAt, slug`).all().map(readRow)
}

const parse = (json: string | null): unknown => (json === null ? null : JSON.parse(json))

const readRow = (row: StoredRow): PolicyRow => ({
  ...row,
  scheme: parse(row.scheme),
  errorCosts: parse(row.errorCosts),
  model: parse(row.model),
  gate: parse(row.gate),
})
