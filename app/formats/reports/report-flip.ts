import type { ComparedAnswer, ComparedCase } from '~/domain/comparison/comparison'

/** A case of a comparison with what a reader needs to judge it. */
export type ReportFlip = ComparedCase & { content: string; note: string | null; mustPass: boolean }

/** The golden sets that the two sides were replayed over: so that a result can be traced. */
export type ReportedGolden = { set: string; revision: number; contentHash: string }
export type ReportSources = { baseline: ReportedGolden; candidate: ReportedGolden }

/** `violates H2`, or why there is no verdict. */
export function describeAnswer(answer: ComparedAnswer | null): string {
  if (answer === null) return 'n/a'
  return answer.label === undefined ? answer.outcome : [answer.label, ...(answer.rules ?? [])].join(' ')
}

/** "hatecheck/cases@3 (b1946ac92492…)", once where both sides have the same. */
export function describeSources({ baseline, candidate }: ReportSources): string {
  const name = ({ set, revision, contentHash }: ReportedGolden) => `${set}@${revision} (${contentHash})`
  return name(baseline) === name(candidate) ? name(baseline) : `${name(baseline)} and ${name(candidate)}`
}
