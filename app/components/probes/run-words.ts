import { versionName } from '~/components/ui/badge'
import { formatCount, formatQuantity, shortHash } from '~/components/ui/format'
import { makeTextVisible } from '~/domain/visible-text'
import type { ProbeRunRecord } from '~/domain/probes/probe-records'

export const nameOfVersion = ({ versionNumber, promptHash }: ProbeRunRecord) =>
  versionNumber === null ? `draft ${shortHash(promptHash)}` : versionName(versionNumber)

/** `100 of 153 cases of cases@1, drawn with seed 1`, `case c-17 of cases@1`. */
export function describeParents({ parents, parentsOf, goldenSet, goldenRevision, selection }: ProbeRunRecord): string {
  const drawn = selection.limit !== null && parents < parentsOf ? `, drawn with seed ${selection.seed}` : ''
  if (selection.caseIds?.length === 1) return `case ${makeTextVisible(selection.caseIds[0] ?? '')} of ${goldenSet}@${goldenRevision}`
  return `${formatCount(parents)} of ${formatQuantity(parentsOf, 'case')} of ${goldenSet}@${goldenRevision}${drawn}`
}
