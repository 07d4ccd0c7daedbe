import { examineGoldenSet, type FindingItem, type HealthProgress, type HealthReport } from '~/domain/golden-set/health'
import { parsePolicyText } from '~/domain/policy/policy-text'
import type { SqliteHandle } from '~/storage/database'
import type { RevisionKey } from '~/storage/sqlite/golden-case-queries'
import { readHealthInputs } from '~/storage/sqlite/health-source'

export type Examination = { report: HealthReport; items: FindingItem[] }

/** Reads a revision and examines it. Blocks the thread that it runs in. */
export function examineRevision(
  handle: SqliteHandle,
  key: RevisionKey,
  onProgress: (progress: HealthProgress) => void = () => {},
): Examination {
  const inputs = readHealthInputs(handle, key, onProgress)
  const newest = inputs.prompts.at(-1)
  return examineGoldenSet({ ...inputs, policyRules: newest ? rulesOfText(newest.text) : [] }, onProgress)
}

/** The rules that a policy text gives ids to and that say what violates; their parts are theirs. */
function rulesOfText(text: string): string[] {
  return parsePolicyText(text)
    .rules.filter(({ explicit, kind, parentId }) => explicit && kind === 'violating' && parentId === undefined)
    .map(({ id }) => id)
}
