import type { Adjudication } from '~/domain/golden-set/case-records'
import type { Annotation, GoldenCase } from '~/domain/golden-set/golden-case'
import type { FindingKind } from '~/domain/golden-set/health'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'

export type QueueEntry = { caseId: string; detail: string; settled: boolean }

export type LabelsView = {
  policy: { slug: string; name: string; scheme: VerdictScheme }
  goldenSet: { name: string; head: number }
  /** The revision whose findings make the queue; it stays the same while cases are settled. */
  revision: number
  author: string
  /** Findings that have cases to settle. */
  queues: Array<{ kind: FindingKind; cases: number; settled: number }>
  /** Null while the set is under examination. */
  queue: { kind: FindingKind; total: number; entries: QueueEntry[] } | null
}

/** What a person needs to settle a case. Nothing of what a model said: that comes after. */
export type CaseToSettle = { case: GoldenCase; revision: number; annotations: Annotation[]; adjudications: Adjudication[] }
