import type { ImportProblem } from './problems'

/** The beginning of a file that was uploaded, and how its columns and values are read unless somebody says otherwise. */
export type ImportPreview = {
  upload: { id: string; name: string; bytes: number }
  suggestedGoldenName: string
  source: { format: string; encoding: string; encodingBy: string; delimiter: string | null; gzip: boolean; sheets: string[] }
  /** Lines of Touchstone's own format, which need no mapping. */
  ownFormat: boolean
  /** The preset whose layout this is; '' for none. */
  preset: string
  columns: string[]
  /** The first rows, cells cut to what can be shown. */
  rows: Array<{ line: number; cells: string[] }>
  /** Column → what it seems to be. */
  guess: Record<string, string>
  /** Column → its values, for columns with few, from the first rows. */
  values: Record<string, string[]>
  /** Values that a saved mapping gave a label; others are guessed. */
  labels: Record<string, string>
  /** Values that mean the violating label where every other one means the allowed: scores such as `>=0.5`. */
  positive: string
  blankIsNo: boolean
  /** Whether values that are not listed are read by what they mean; null where nobody said. */
  guessLabels: boolean | null
  /** The saved mapping that is used, with what in it does not fit this file; null for none. */
  saved: { id: string; name: string; isRemembered: boolean; problems: ImportProblem[] } | null
  /** What was taken for what, where names alone do not say it. */
  notes: string[]
  problem: { message: string; advice: string; line: number | null } | null
}
