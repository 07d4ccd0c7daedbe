import type { FindingCase, FindingKind, HealthProgress, HealthReport } from '~/domain/golden-set/health'
import type { HoldoutState } from '~/domain/golden-set/holdout'

/** How a replayed version does, beside how people do. */
export type VersionAccuracy = {
  replayId: string
  versionNumber: number | null
  modelName: string
  accuracy: number | null
  rehearsal: boolean
}

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
  versions: VersionAccuracy[]
  holdout: HoldoutState
}
