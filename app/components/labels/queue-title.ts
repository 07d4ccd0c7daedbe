import type { FindingKind } from '~/domain/golden-set/health'

const titles: Partial<Record<FindingKind, string>> = {
  'annotators-disagree': 'Annotators disagree',
  'against-majority': 'Against the majority',
  'reviewers-disagree': 'Reviewers side with the model',
  'contradictory-duplicates': 'Contradictory duplicates',
  'confident-error': 'Votes contradict the label',
  'always-wrong': 'Wrong under every version',
  'stale-label': 'Older than the rule',
  unlabelled: 'Unlabelled',
}

/** The queues of adjudication, in the order in which they are offered. */
export const queueKinds = Object.keys(titles) as FindingKind[]

export function queueTitle(kind: FindingKind): string {
  return titles[kind] ?? kind
}
