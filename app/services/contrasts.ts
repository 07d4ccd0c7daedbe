import { contrastKindWords, proposeContrasts } from '~/domain/probes/contrast-pairs'
import { TouchstoneError } from '~/lib/errors'
import { createId } from '~/lib/ids'
import type { TouchstoneDatabase } from '~/storage/database'
import { ContrastRows, type ContrastRow } from '~/storage/sqlite/contrast-rows'
import { requireNote } from './annotations'
import type { ContrastService } from './contrasts-api'
import type { GoldenSetService } from './workspace-api'

const defaultListLength = 200

export function createContrastService({
  database,
  goldenSets,
  now,
}: {
  database: TouchstoneDatabase
  goldenSets: GoldenSetService
  now: () => number
}): ContrastService {
  const rows = new ContrastRows(database.raw)

  function readWaiting(slug: string, id: string): ContrastRow {
    const row = rows.find(id)
    if (!row || !rows.list({ slug, parentId: row.parentId, limit: defaultListLength }).some((one) => one.id === id))
      throw new TouchstoneError('not-found', `There is no contrast pair ${JSON.stringify(id)}.`)
    if (row.status !== 'waiting')
      throw new TouchstoneError('conflict', `This contrast pair is ${row.status} already.`, 'Reload the page to see what became of it.')
    return row
  }

  return {
    async propose(slug, goldenSet, { caseId, author }) {
      const { case: parent, revision } = await goldenSets.case(slug, goldenSet, caseId)
      const set = await goldenSets.get(slug, goldenSet)
      const query = { slug, goldenSet, parentId: caseId, limit: defaultListLength }
      const known = new Set(rows.list(query).map(({ kind }) => kind))
      const proposals = proposeContrasts(parent.content).filter(({ kind }) => !known.has(kind))
      const common = { goldenSetId: set.id, parentId: caseId, parentRevision: revision, author, nowMs: now() }
      await database.writeLock.run(() =>
        rows.insert(
          proposals.map((proposal) => ({ ...proposal, id: createId() })),
          common,
        ),
      )
      return rows.list(query)
    },

    async list(slug, { limit = defaultListLength, ...query } = {}) {
      return rows.list({ slug, ...query, limit })
    },

    async label(slug, { id, content, expected, note, author }) {
      const pair = readWaiting(slug, id)
      const reason = requireNote(note)
      const text = content.trim()
      if (text === '') throw new TouchstoneError('invalid-input', 'The text is empty.', 'Write what is to be judged, or dismiss the pair.')
      if (expected.label === null)
        throw new TouchstoneError('invalid-input', 'The text has no label yet.', 'Choose the label that it deserves.')
      const { goldenSet, parentId, parentRevision, kind } = pair
      const { case: parent } = await goldenSets.case(slug, goldenSet, parentId, parentRevision)
      // Of this pair alone, so that a save that was cut off is found again.
      const caseId = `${parentId.slice(0, 400)}~${kind}-${id.slice(-6)}`
      const made = {
        id: caseId,
        content: text,
        context: parent.context,
        expected,
        tags: ['contrast'],
        note: reason,
        mustPass: false,
        // Beside its parent: a near-duplicate on the other side would leak.
        ...(parent.split === undefined ? {} : { split: parent.split }),
        meta: { contrastOf: parentId, contrastKind: kind, contrastRevision: parentRevision },
        annotations: [
          {
            annotator: author,
            label: expected.label,
            rules: expected.rules,
            ...(expected.severity === undefined ? {} : { severity: expected.severity }),
            note: reason,
          },
        ],
      }
      const message = `Contrast pair of ${parentId} (${contrastKindWords[kind]}): ${reason}`
      const saved = await goldenSets.addCase(slug, goldenSet, { case: made, author, message }).catch(async (error: unknown) => {
        if (!(error instanceof TouchstoneError) || error.code !== 'conflict') throw error
        const earlier = await goldenSets.case(slug, goldenSet, caseId)
        if (earlier.case.meta.contrastOf !== parentId) throw error
        return { number: earlier.revision }
      })
      await database.writeLock.run(() => rows.settle(id, { status: 'labelled', caseId, content: text, nowMs: now() }))
      return { caseId, revision: saved.number }
    },

    async dismiss(slug, id) {
      const { content } = readWaiting(slug, id)
      await database.writeLock.run(() => rows.settle(id, { status: 'dismissed', caseId: null, content, nowMs: now() }))
    },
  }
}
