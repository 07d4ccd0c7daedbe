import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { BaselineChoice, GoldenSetChoice } from '../replay-live/live-replay-panel'
import type { LiveReplay } from '../replay-live/live-messages'
import type { SavedDraft } from './draft-state'

/** What the policy page is handed by its loader. */
export type VersionItem = BaselineChoice & {
  id: string
  message: string
  author: string
  createdAt: number
  parentNumber: number | null
  textHash: string
  accuracy: { value: number; n: number; replayId: string; rehearsal: boolean } | null
}

export type ModelView = {
  provider: string
  name: string
  baseUrl?: string
  api?: string
  answerFormat?: string
  temperature?: number
  reasoningEffort?: string
  seed?: number
  maxOutputTokens?: number
  serviceTier?: string
}

export type PolicyView = {
  policy: { slug: string; name: string; description: string; scheme: VerdictScheme }
  versions: VersionItem[]
  draft: SavedDraft
  goldenSets: GoldenSetChoice[]
  goldenSet: GoldenSetChoice | null
  model: ModelView
  models: ModelView[]
  baselineVersion: VersionItem | null
  baselineReplay: LiveReplay | null
  draftReplay: LiveReplay | null
}

export const shippedLabels = ['production', 'candidate'] as const
export type VersionLabel = (typeof shippedLabels)[number]

/** How a model is named to the reader: what it is, and where it is asked when that is not the usual place. */
export function modelTitle(model: ModelView): string {
  if (model.provider === 'touchstone') return 'Rehearsal (no key needed)'
  const details = [
    model.baseUrl?.replace(/^https?:\/\//, ''),
    model.api,
    model.answerFormat,
    model.temperature === undefined ? null : `temperature ${model.temperature}`,
    model.reasoningEffort && `effort ${model.reasoningEffort}`,
    model.seed === undefined ? null : `seed ${model.seed}`,
    model.maxOutputTokens === undefined ? null : `at most ${model.maxOutputTokens} tokens`,
    model.serviceTier && `tier ${model.serviceTier}`,
  ]
  const shown = details.filter(Boolean)
  return `${model.name}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`
}
