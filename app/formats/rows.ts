import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { ImportProblem, RowProblem } from '~/domain/golden-set/problems'

/** A row as the file has it, before it is a case. `line` is where it starts. */
export type SourceRow =
  | { kind: 'cells'; line: number; columns: readonly string[]; values: readonly string[] }
  | { kind: 'value'; line: number; value: unknown }
  /** `cells`: of a row with fewer cells than columns, padded, for it may be a heading or a sum. */
  | { kind: 'problem'; line: number | null; problem: RowProblem; cells?: readonly string[] }

export type RowOptions = {
  /** Line of the header row, from 1; by default it is found. 0: there is none, and the columns are called `column 1`, `column 2` … */
  headerLine?: number
  /** Takes a quotation mark inside an unquoted cell as it stands. */
  relaxQuotes?: boolean
  /** Columns that the header row must hold, to find it below a title. */
  wantedColumns?: readonly string[]
  /** Sheet of an Excel workbook: its name, else the first. */
  sheet?: string
}

/** What the rows came to, in the order of the file. */
export type CaseEvent = { type: 'case'; case: GoldenCase; line: number } | { type: 'problem'; problem: ImportProblem; fatal: boolean }
