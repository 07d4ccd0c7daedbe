import { TouchstoneError } from '~/lib/errors'
import type { TouchstoneDatabase } from '~/storage/database'
import {
  findReviewedReplay,
  insertDecision,
  readModelVerdict,
  readReviewQueue,
  type ReviewedReplay,
} from '~/storage/sqlite/annotations-decisions'
import { changeCase, requireNote, withAnnotation } from './annotations'
import type { ReviewService } from './annotations-api'
import type { GoldenSetService } from './workspace-api'

const maximumPageRows = 200

export function createReviewService({
  database,
  goldenSets,
  now,
}: {
  database: TouchstoneDatabase
  goldenSets: GoldenSetService
  now: () => number
}): ReviewService {
  const find = (replayId: string): ReviewedReplay => {
    const replay = findReviewedReplay(database, replayId)
    if (!replay)
      throw new TouchstoneError('not-found', `There is no replay ${JSON.stringify(replayId)}.`, 'Open one from the list of replays.')
    return replay
  }
  const modelVerdict = (replayId: string, caseId: string) => {
    const verdict = readModelVerdict(database, replayId, caseId)
    if (!verdict)
      throw new TouchstoneError(
        'invalid-input',
        `The replay has no verdict on the case ${JSON.stringify(caseId)}.`,
        'There is nothing to confirm or overturn: label the case instead.',
      )
    return verdict
  }
  const nameOf = ({ versionNumber }: ReviewedReplay) => (versionNumber === null ? 'a draft' : `v${versionNumber}`)

  return {
    async replay(replayId) {
      const { id, slug, goldenSet, goldenRevision, versionNumber, modelName } = find(replayId)
      return { id, slug, goldenSet, goldenRevision, versionNumber, modelName }
    },

    async queue(replayId, { queue, baselineId = null, sealed, offset, limit }) {
      return readReviewQueue(database, find(replayId), { queue, baselineId, sealed, offset, limit: Math.min(limit, maximumPageRows) })
    },

    async confirm({ replayId, caseId, note = '', author }) {
      find(replayId)
      const verdict = modelVerdict(replayId, caseId)
      const rules = Object.fromEntries(verdict.rules.map((rule) => [rule, true]))
      return insertDecision(database, {
        replayId,
        caseId,
        kind: 'confirm',
        expectedLabel: verdict.label,
        rules,
        note: note.trim(),
        author,
        nowMs: now(),
      })
    },

    async overturn({ replayId, caseId, label, rules, severity, note, apply, author }) {
      const replay = find(replayId)
      modelVerdict(replayId, caseId)
      const reason = requireNote(note)
      const said = { label, rules, ...(severity === undefined ? {} : { severity }) }
      // First the golden set, which refuses unknown labels: a decision that changed nothing must not be on record.
      const { revision } = await changeCase(
        goldenSets,
        { slug: replay.slug, goldenName: replay.goldenSet, caseId, author, message: `Overturned ${nameOf(replay)}: ${reason}` },
        (golden) => ({
          ...withAnnotation(golden, { ...said, annotator: author, note: reason }),
          expected: apply === 'relabel' ? said : golden.expected,
        }),
      )
      const decision = await insertDecision(database, {
        replayId,
        caseId,
        kind: 'overturn',
        expectedLabel: label,
        rules,
        note: reason,
        author,
        nowMs: now(),
      })
      return { decision, revision }
    },
  }
}
