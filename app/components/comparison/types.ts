import type { Page } from '~/components/ui/paged-rows'
import type { ManyComparison } from '~/domain/comparison/compare-many'
import type { ComparedCase, Comparison, DifferenceEstimate } from '~/domain/comparison/comparison'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'

/** What the comparison page shows, as far as it shows it. */

export type SideView = {
  replayId: string
  /** What the sentence calls it: "v7". */
  name: string
  versionNumber: number | null
  promptHash: string
  modelName: string
  rehearsal: boolean
  goldenSet: string
  goldenRevision: number
  epochs: number
  author: string
  createdAt: number
}

export type FlipItem = ComparedCase & {
  content: string
  context: GoldenCase['context']
  note: string | null
  tags: string[]
  mustPass: boolean
  rank: number
}

/** A slice as one row; sides by what people ask first. */
export type SliceRow = {
  by: string
  value: string
  n: number
  baseline: { accuracy: number | null; recall: number | null }
  candidate: { accuracy: number | null; recall: number | null }
  fixed: number
  regressed: number
  difference: DifferenceEstimate
  pAdjusted: number | null
  smallestDetectableShift: number | null
}

export type SliceColumn = { by: string; count: number }

export type ComparisonView = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  baseline: SideView
  candidate: SideView
  comparison: Omit<Comparison, 'slices' | 'cases'>
  /** Of the column `sliceBy`; of all columns (`sliceBy` null) only the most harmful. */
  slices: SliceRow[]
  sliceBy: string | null
  sliceColumns: SliceColumn[]
  sliceTotal: number
  /** Values to filter by, with how many of their cases flipped. */
  facets: Array<{ by: string; values: Array<{ value: string; count: number }> }>
  /** Rules whose text differs between the two prompts. */
  touchedRules: string[]
  /** The first flips of the filter that the page was asked with, as `firstFilter` writes it. */
  first: Page<FlipItem>
  firstFilter: string
}

export type PromptPair = { baseline: { label: string; text: string }; candidate: { label: string; text: string } }

/** One of several versions with the figures of its own replay. */
export type ManyVersionView = {
  id: string
  goldenSet: string
  goldenRevision: number
  rehearsal: boolean
  createdAt: number
  author: string
  epochs: number
  precision: number | null
  recall: number | null
  macroF1: number | null
  overEnforcement: number | null
  underEnforcement: number | null
  wrongRule: number
  latencyP95Ms: number | null
  costUsd: number | null
}

export type CompareManyView = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  comparison: ManyComparison
  versions: ManyVersionView[]
}
