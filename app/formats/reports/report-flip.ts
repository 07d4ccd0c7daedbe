import type { ComparedAnswer, ComparedCase } from '~/domain/comparison/comparison'

/** A case of a comparison with what a reader needs to judge it. */
export type ReportFlip = ComparedCase & { content: string; note: string | null; mustPass: boolean }

/** `violates H2`, or why there is no verdict. */
export function describeAnswer(answer: ComparedAnswer | null): string {
  if (answer === null) return 'n/a'
  return answer.label === undefined ? answer.outcome : [answer.label, ...(answer.rules ?? [])].join(' ')
}
