import type { ExpectedVerdict, Outcome, RuleOutcome, Verdict } from '../verdict/verdict'
import type { GoldenCase } from './golden-case'

/** A case as one row of a table. */
export type CaseRow = {
  id: string
  /** Its place in the set. */
  position: number
  content: string
  label: string | null
  rules: Record<string, boolean>
  severity: string | null
  tags: string[]
  mustPass: boolean
  hasContext: boolean
  locale: string | null
  note: string | null
  /** Prompt versions that quote it (`v3`); absent where none does. */
  quotedIn?: string[]
}

/** The values of one column, the most frequent first, with how many cases have each. */
export type FacetCount = { by: string; values: Array<{ value: string; count: number }> }

/** One change of a golden set: who, when, why, and what it did in numbers. Times are milliseconds since the epoch. */
export type GoldenRevision = {
  number: number
  author: string
  message: string
  caseCount: number
  added: number
  changed: number
  relabelled: number
  removed: number
  contentHash: string
  createdAt: number
}

/** What a revision made of one case; null: it was removed. */
export type CaseHistoryEntry = Pick<GoldenRevision, 'author' | 'message' | 'createdAt'> & { revision: number; state: GoldenCase | null }

/** How one replay judged a case in one epoch. */
export type CaseJudgement = {
  replayId: string
  /** Null: a draft that was not made a version. */
  versionNumber: number | null
  promptHash: string
  model: string
  finishedAt: number | null
  epoch: number
  outcome: Outcome
  ruleOutcome: RuleOutcome
  verdict: Verdict | null
  detail: string | null
}

/** A settled disagreement: the verdict, the golden revision that has it, who settled it and why. */
export type Adjudication = { revision: number; expected: ExpectedVerdict; note: string; author: string; createdAt: number }
