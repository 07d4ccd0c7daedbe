import type { FindingCase, FindingKind, HealthProgress, HealthReport } from '../domain/golden-set/health'
import type { SplitName, SplitShares } from '../domain/golden-set/splits'

export type HealthReportView = {
  revision: number
  /** Milliseconds since the epoch. */
  createdAt: number
  report: HealthReport
}

export type HealthState = { status: 'ready'; view: HealthReportView } | { status: 'examining'; progress: HealthProgress }

export type SplitReport = {
  revision: number
  counts: Record<SplitName, number>
  /** Clusters of duplicates that were kept on one side. */
  clustersKept: number
}

export interface HealthService {
  /** What can be said about a revision (the newest unless told); made in the background the first time and kept. */
  report(slug: string, goldenName: string, revision?: number): Promise<HealthReportView>
  /** The report if it is there; else it is begun, and this says how far it is. Throws what made the examination fail, once. */
  state(slug: string, goldenName: string, revision?: number): Promise<HealthState>
  /**
   * Cases that some finding asks to act on, a case of several findings counted in each; settled ones left out. Null while the newest revision is
   * under examination (this begins it), or where that failed: `state` says why.
   */
  attention(slug: string, goldenName: string): Promise<number | null>
  /** One page of the cases of a finding of a revision, as they stand in the newest; `open` leaves out those settled since, `sealed` the holdout. */
  cases(
    slug: string,
    goldenName: string,
    query: { kind: FindingKind; revision?: number; open?: boolean; sealed?: boolean; offset: number; limit: number },
  ): Promise<{ total: number; rows: FindingCase[] }>
  /** Ids of the cases that are quoted in a prompt version: they flatter whoever quotes them. */
  leaked(slug: string, goldenName: string, revision?: number): Promise<string[]>
  /**
   * Writes the split of every case as one revision: stratified by label and rules, duplicates on one side, drawn with `seed` (kept in the
   * revision's message).
   */
  divide(slug: string, goldenName: string, input: { shares?: SplitShares; seed: number; author: string }): Promise<SplitReport>
}
