import type { ContrastPair, ContrastProposal } from '../../domain/probes/contrast-pairs'
import type { SqliteHandle } from '../database'

export type ContrastRow = ContrastPair & { goldenSetId: string }

const selection = `SELECT c.id, c.goldenSetId, g.name AS goldenSet, c.parentId, c.parentRevision, c.kind, c.content, c.status, c.caseId, c.author, c.createdAt
  FROM ContrastPair AS c JOIN GoldenSet AS g ON g.id = c.goldenSetId JOIN Policy AS p ON p.id = g.policyId`

/** The rows of contrast pairs. Writes belong inside the database's write lock. */
export class ContrastRows {
  private readonly statements

  constructor(private readonly handle: SqliteHandle) {
    this.statements = {
      one: handle.prepare<[string], ContrastRow>(`${selection} WHERE c.id = ?`),
      list: handle.prepare<[object], ContrastRow>(
        `${selection} WHERE p.slug = @slug AND (@goldenSet IS NULL OR g.name = @goldenSet) AND (@parentId IS NULL OR c.parentId = @parentId)
           AND (@status IS NULL OR c.status = @status) ORDER BY c.createdAt, c.id LIMIT @limit`,
      ),
      insert: handle.prepare<[object]>(
        `INSERT INTO ContrastPair (id, goldenSetId, parentId, parentRevision, kind, content, status, author, createdAt)
         VALUES (@id, @goldenSetId, @parentId, @parentRevision, @kind, @content, 'waiting', @author, @nowMs)`,
      ),
      settle: handle.prepare<[object]>(
        `UPDATE ContrastPair SET status = @status, caseId = @caseId, content = @content, settledAt = @nowMs WHERE id = @id AND status = 'waiting'`,
      ),
    }
  }

  find(id: string): ContrastRow | null {
    return this.statements.one.get(id) ?? null
  }

  /** The oldest first. */
  list(query: { slug: string; goldenSet?: string; parentId?: string; status?: ContrastPair['status']; limit: number }): ContrastRow[] {
    const { slug, goldenSet = null, parentId = null, status = null, limit } = query
    return this.statements.list.all({ slug, goldenSet, parentId, status, limit })
  }

  insert(
    pairs: ReadonlyArray<ContrastProposal & { id: string }>,
    common: { goldenSetId: string; parentId: string; parentRevision: number; author: string; nowMs: number },
  ): void {
    this.handle.transaction(() => pairs.forEach((pair) => this.statements.insert.run({ ...common, ...pair }))).immediate()
  }

  settle(id: string, settled: { status: 'labelled' | 'dismissed'; caseId: string | null; content: string; nowMs: number }): void {
    this.statements.settle.run({ id, ...settled })
  }
}
