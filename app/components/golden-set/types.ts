import type { CaseHistoryEntry, CaseJudgement } from '~/domain/golden-set/case-records'
import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** What the drawer of a case shows. */
export type CaseDetail = {
  case: GoldenCase | null
  revision: number
  history: CaseHistoryEntry[]
  judgements: CaseJudgement[]
  quotedIn: string[]
}
