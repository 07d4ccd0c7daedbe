import type { FindingCase, FindingKind, HealthProgress, HealthReport, HealthSummary, JudgedVersion } from '../domain/golden-set/health'
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
   * The newest revision in short: each finding with how many of its cases are not settled. Null while it is under examination (this begins
   * it), or where that failed: `state` says why.
   */
  summary(slug: string, goldenName: string): Promise<HealthSummary | null>
  /** One page of the cases of a finding of a revision, as they stand in the newest; `open` leaves out those settled since, `sealed` the holdout. */
  cases(
    slug: string,
    goldenName: string,
    query: { kind: FindingKind; revision?: number; open?: boolean; sealed?: boolean; offset: number; limit: number },
  ): Promise<{ total: number; rows: FindingCase[] }>
  /** The newest replay of each version and model over the set, newest version first. */
  versions(slug: string, goldenName: string): Promise<JudgedVersion[]>
  /** Ids of all cases of a finding of the newest revision, without those of several groups twice. */
  caseIds(slug: string, goldenName: string, kind: FindingKind): Promise<string[]>
  /** Gives every case of a finding of the newest revision a tag, as one revision; cases that have it stay. */
  tag(
    slug: string,
    goldenName: string,
    input: { kind: FindingKind; tag: string; author: string },
  ): Promise<{ revision: number; tagged: number }>
  /** Ids of the cases that are quoted in a prompt version: they flatter whoever quotes them. */
  leaked(slug: string, goldenName: string, revision?: number): Promise<string[]>
  /**
   * Writes the split of every case as one revision: stratified by label and rules, duplicates on one side, drawn with `seed` (kept in the
   * revision's message).
   */
  divide(slug: string, goldenName: string, input: { shares?: SplitShares; seed: number; author: string }): Promise<SplitReport>
}
