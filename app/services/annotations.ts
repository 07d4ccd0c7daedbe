import type { Annotation, GoldenCase } from '~/domain/golden-set/golden-case'
import { TouchstoneError } from '~/lib/errors'
import type { TouchstoneDatabase } from '~/storage/database'
import { insertAdjudication, readAdjudications } from '~/storage/sqlite/annotations-store'
import type { AnnotationService } from './annotations-api'
import type { GoldenSetService } from './workspace-api'

/** How often a change is made anew when somebody else changed the case in between. */
const attempts = 4

export function createAnnotationService({
  database,
  goldenSets,
  now,
}: {
  database: TouchstoneDatabase
  goldenSets: GoldenSetService
  now: () => number
}): AnnotationService {
  return {
    async list(slug, goldenName, caseId) {
      const set = await goldenSets.get(slug, goldenName)
      const { case: golden } = await goldenSets.case(slug, goldenName, caseId)
      return { annotations: golden.annotations, adjudications: readAdjudications(database, set.id, caseId) }
    },

    async add(slug, goldenName, { caseId, annotation, author }) {
      const message = annotation.note?.trim() ? `Annotated: ${annotation.note.trim()}` : 'Annotated'
      return changeCase(goldenSets, { slug, goldenName, caseId, author, message }, (golden) =>
        withAnnotation(golden, { ...annotation, annotator: author }),
      )
    },

    async adjudicate(slug, goldenName, { caseId, expected, note, author, expectedRevision }) {
      const reason = requireNote(note)
      if (expected.label === null && Object.keys(expected.rules).length === 0)
        throw new TouchstoneError('invalid-input', 'A verdict needs a label or a rule.', 'Choose the label that the content deserves.')
      const set = await goldenSets.get(slug, goldenName)
      const { case: golden, revision } = await goldenSets.case(slug, goldenName, caseId)
      const changed = await goldenSets.updateCase(slug, goldenName, {
        case: { ...golden, expected },
        author,
        message: `Adjudicated: ${reason}`,
        expectedRevision: expectedRevision ?? revision,
      })
      await insertAdjudication(database, {
        goldenSetId: set.id,
        caseId,
        revision: changed.number,
        expected,
        note: reason,
        author,
        nowMs: now(),
      })
      return { revision: changed.number }
    },
  }
}

export function requireNote(note: string): string {
  const text = note.trim()
  if (text === '') throw new TouchstoneError('invalid-input', 'The note is empty.', 'Say in a sentence why: the next reader will ask.')
  return text
}

/** The case with this person's annotation in place of an earlier one of theirs. */
export function withAnnotation(golden: GoldenCase, annotation: Annotation): GoldenCase {
  const others = golden.annotations.filter(({ annotator }) => annotator !== annotation.annotator)
  return { ...golden, annotations: [...others, annotation] }
}

/** Changes a case as it is at that moment: when somebody else was quicker, the change is made again on top of theirs. */
export async function changeCase(
  goldenSets: GoldenSetService,
  input: { slug: string; goldenName: string; caseId: string; author: string; message: string },
  change: (golden: GoldenCase) => GoldenCase,
): Promise<{ revision: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const { case: golden, revision } = await goldenSets.case(input.slug, input.goldenName, input.caseId)
    try {
      const { author, message } = input
      const changed = await goldenSets.updateCase(input.slug, input.goldenName, {
        case: change(golden),
        author,
        message,
        expectedRevision: revision,
      })
      return { revision: changed.number }
    } catch (error) {
      if (attempt === attempts || !(error instanceof TouchstoneError) || error.code !== 'conflict') throw error
    }
  }
}
