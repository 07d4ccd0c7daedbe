import type { ComparisonVerdict } from '~/domain/comparison/comparison'
import type { GateConditions } from '~/domain/gate/gate-conditions'
import type { GateEvaluation } from '~/domain/gate/gate-result'

/** What the gate page shows, as far as it shows it. */

export type GateSetting = { conditions: GateConditions; author: string; message: string; createdAt: number }

export type GateReplay = {
  id: string
  versionNumber: number | null
  promptHash: string
  modelName: string
  rehearsal: boolean
  goldenSet: string
  goldenRevision: number
  createdAt: number
  accuracy: number | null
}

export type GateView = {
  policy: { slug: string; name: string }
  gates: GateSetting[]
  replays: GateReplay[]
  suggestion: { baseline: string; candidate: string } | null
  columns: Array<{ by: string; values: string[] }>
}

export type GatePreviewView = { evaluation: GateEvaluation; sentence: string; verdict: ComparisonVerdict; rehearsal: boolean; yaml: string }
