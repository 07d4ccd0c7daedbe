import { compareMany, type ManyComparison } from '~/domain/comparison/compare-many'
import type { Outcome } from '~/domain/verdict/verdict'
import { TouchstoneError } from '~/lib/errors'
import type { SqliteHandle } from '~/storage/database'
import { readCaseOutcomes, readExpectations } from '~/storage/sqlite/case-outcomes'
import type { ReplayToCompare } from '~/storage/sqlite/comparison-source'

/** Reads what became of each case in each replay, and compares over the cases that all have with one expected verdict. */
export function compareReplays(
  handle: SqliteHandle,
  replays: readonly ReplayToCompare[],
  options: { margin: number; confidence: number },
  /** Cases that a prompt of any of them quotes: left out. */
  quoted: ReadonlySet<string>,
): ManyComparison {
  const expectations = new Map<string, Map<string, string | null>>()
  const expectationsOf = ({ goldenSetId, goldenRevision }: ReplayToCompare) => {
    const key = `${goldenSetId}@${goldenRevision}`
    const known = expectations.get(key) ?? readExpectations(handle, goldenSetId, goldenRevision)
    expectations.set(key, known)
    return known
  }
  const cases = new Map<string, { expected: string | null; outcomes: Array<Outcome | null>; relabelled: boolean }>()
  const leaked = new Set<string>()
  for (const [index, replay] of replays.entries()) {
    const expected = expectationsOf(replay)
    for (const { caseId, outcome } of readCaseOutcomes(handle, replay.id)) {
      if (quoted.has(caseId)) {
        leaked.add(caseId)
        continue
      }
      const verdict = expected.get(caseId) ?? null
      let row = cases.get(caseId)
      if (!row) cases.set(caseId, (row = { expected: verdict, outcomes: replays.map(() => null), relabelled: false }))
      row.outcomes[index] = outcome
      row.relabelled ||= row.expected !== verdict
    }
  }
  const rows = [...cases.values()]
  const relabelled = rows.filter((row) => row.relabelled).length
  const shared = rows.filter((row) => row.outcomes.every((outcome) => outcome !== null)).length
  if (shared === 0 && leaked.size === 0)
    throw new TouchstoneError(
      'not-comparable',
      'The replays share no case.',
      'Cases are joined by id: replay all versions over the same golden set.',
    )
  const warnings = replays.flatMap(({ id, status, done, total }) =>
    status === 'finished' && done >= total ? [] : [`The replay ${id} is ${status}, with ${done} of ${total} answers.`],
  )
  if (leaked.size > 0)
    warnings.push(`${leaked.size} ${leaked.size === 1 ? 'case is quoted in a prompt and' : 'cases are quoted in a prompt and'} left out.`)
  if (relabelled > 0)
    warnings.push(
      `${relabelled} ${relabelled === 1 ? 'case has' : 'cases have'} another expected verdict in some of the replays and ${relabelled === 1 ? 'is' : 'are'} left out.`,
    )
  if (replays.some(({ modelName }) => modelName.startsWith('touchstone:')))
    warnings.push('The answers come from the rehearsal classifier, which matches words; no figure here is that of a language model.')
  return compareMany({
    versions: replays.map(({ id, versionNumber, promptHash, goldenRevision, modelName }) => ({
      replay: id,
      promptVersion: versionNumber,
      promptHash,
      goldenRevision,
      model: modelName,
    })),
    cases: rows.map((row) => (row.relabelled ? replays.map(() => null) : row.outcomes)),
    ...options,
    warnings,
    ...(leaked.size ? { leaked: { n: leaked.size } } : {}),
  })
}
