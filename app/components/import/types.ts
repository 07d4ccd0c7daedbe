import type { ImportPreview } from '~/domain/golden-set/import-preview'
import type { ImportProblem } from '~/domain/golden-set/problems'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'

/** The form's word for a value that means no label; no label can be called so. */
export const noLabel = '-'

/** The URL's word for: columns are guessed, whatever an earlier import was read by. */
export const noMapping = 'none'

/** What the import page shows. */
export type ImportView = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  goldenSets: string[]
  /** The golden set that the person came from. */
  goldenName: string | null
  presets: Array<{ name: string; title: string; description: string; hasLayout: boolean }>
  targets: Array<{ value: string; label: string }>
  preview: ImportPreview | null
}

export type ReportView = {
  added: number
  changed: number
  relabelled: number
  unchanged: number
  removed: number
  total: number
  skipped: number
  labels: Record<string, number>
  unlabelled: number
  notes: string[]
  problems: ImportProblem[]
  problemCount: number
  goldenSet: string
  revision: number
}

export type ImportAnswer =
  | { status: 'checked' | 'imported'; report: ReportView }
  | { status: 'refused'; message: string; problems: ImportProblem[]; problemCount: number; canSkip: boolean }
