import type { ImportProblem } from '~/domain/golden-set/problems'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'

/** The form's word for a value that means no label; no label can be called so. */
export const noLabel = '-'

/** The URL's word for: columns are guessed, whatever an earlier import was read by. */
export const noMapping = 'none'

/** What the import page shows, as far as it shows it. */

export type PreviewView = {
  upload: { id: string; name: string; bytes: number }
  suggestedGoldenName: string
  source: { format: string; encoding: string; encodingBy: string; delimiter: string | null; gzip: boolean; sheets: string[] }
  ownFormat: boolean
  /** The preset whose layout the file has; '' for none. */
  preset: string
  columns: string[]
  rows: Array<{ line: number; cells: string[] }>
  guess: Record<string, string>
  values: Record<string, string[]>
  labels: Record<string, string>
  positive: string
  blankIsNo: boolean
  /** Whether values that are not listed are read by what they mean; null where nobody said. */
  guessLabels: boolean | null
  /** The saved mapping that is used, and what in it does not fit the file. */
  saved: { id: string; name: string; isRemembered: boolean; problems: ImportProblem[] } | null
  notes: string[]
  problem: { message: string; advice: string; line: number | null } | null
}

export type ImportView = {
  policy: { slug: string; name: string; labels: VerdictLabel[] }
  goldenSets: string[]
  /** The golden set that the person came from. */
  goldenName: string | null
  presets: Array<{ name: string; title: string; description: string; hasLayout: boolean }>
  targets: Array<{ value: string; label: string }>
  preview: PreviewView | null
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
