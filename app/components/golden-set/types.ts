import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { Outcome, RuleOutcome, Verdict } from '~/domain/verdict/verdict'

/** What the golden-set page shows, as far as it shows it. */

export type CaseRowView = {
  id: string
  content: string
  label: string | null
  rules: Record<string, boolean>
  severity: string | null
  tags: string[]
  mustPass: boolean
  hasContext: boolean
  locale: string | null
  note: string | null
}

export type FacetCount = { by: string; values: Array<{ value: string; count: number }> }

export type RevisionView = {
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

export type CaseHistoryView = { revision: number; author: string; message: string; createdAt: number; state: GoldenCase | null }

export type JudgementView = {
  replayId: string
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

export type CaseDetail = { case: GoldenCase | null; revision: number; history: CaseHistoryView[]; judgements: JudgementView[] }
