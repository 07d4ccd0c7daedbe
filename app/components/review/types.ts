import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { lowConfidence, type ReviewItem, type ReviewQueue } from '~/domain/review/review'

export const reviewQueueWords: Record<ReviewQueue, string> = {
  regressed: 'Regressed against the baseline',
  wrong: 'Wrong',
  'low-confidence': `Low confidence (below ${Math.round(lowConfidence * 100)}%)`,
  unlabelled: 'Unlabelled cases',
  all: 'All verdicts',
}

export type ReplayChoice = {
  id: string
  versionNumber: number | null
  modelName: string
  goldenSet: string
  rehearsal: boolean
  finishedAt: number | null
}

export type ReviewView = {
  policy: { slug: string; name: string; scheme: VerdictScheme }
  author: string
  replays: ReplayChoice[]
  /** Null: nothing was replayed yet. */
  replay: ReplayChoice | null
  baseline: ReplayChoice | null
  queue: ReviewQueue
  first: { total: number; decided: number; rows: ReviewItem[] }
}

export const reviewPageSize = 25
