import type { FindingCase, FindingKind, HealthProgress, HealthReport, JudgedVersion } from '~/domain/golden-set/health'
import type { HoldoutState } from '~/domain/golden-set/holdout'

export type HealthView = {
  policy: { slug: string; name: string }
  goldenSet: { name: string; head: number }
  revision: number
  state:
    | { status: 'examining'; progress: HealthProgress }
    | {
        status: 'ready'
        createdAt: number
        report: HealthReport
        /** The finding whose cases are shown, with the first page of them. */
        open: { kind: FindingKind; total: number; rows: FindingCase[] } | null
      }
  versions: JudgedVersion[]
  holdout: HoldoutState
}
