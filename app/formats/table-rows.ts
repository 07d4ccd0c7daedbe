import { findColumn } from '~/domain/golden-set/case-mapping'
import { rowProblem, type RowProblem } from '~/domain/golden-set/problems'
import type { RowOptions, SourceRow } from './rows'
import { findHeader, isBlank, numberedColumns } from './table-header'

const headerSearchRows = 20

/** A row of any table. `line` is its line, in a workbook its row number. */
export type TableRow = { line: number; cells: string[] }
export type TableProblem = { line: number | null; problem: RowProblem }

/**
 * Rows below their header, with its columns. Rows of empty cells are left out. `ragged` says what a row with fewer cells than the header is:
 * in text a row whose quoting or delimiters went wrong, in a workbook one whose last cells are empty.
 */
export async function* belowHeader(
  batches: AsyncIterable<ReadonlyArray<TableRow | TableProblem>>,
  options: RowOptions & { ragged: 'problem' | 'empty cells' },
): AsyncGenerator<SourceRow> {
  const header = new HeaderFinder(options)
  let columns: readonly string[] | null = null
  let count = 0
  for await (const batch of batches)
    for (const row of batch) {
      if ('problem' in row) {
        count += 1
        yield { kind: 'problem', ...row }
      } else if (row.cells.every(isBlank)) continue
      else if (columns === null) {
        const found = header.offer(row)
        if (!found) continue
        columns = found.columns
        count += found.rows.length
        for (const early of found.rows) yield toSourceRow(columns, early, options.ragged)
      } else {
        count += 1
        yield toSourceRow(columns, row, options.ragged)
      }
    }
  if (columns === null) {
    const found = header.finish()
    if (!found) return
    columns = found.columns
    count += found.rows.length
    for (const early of found.rows) yield toSourceRow(columns, early, options.ragged)
  }
  if (count === 0) {
    const problem = rowProblem('the file has a header row and nothing below it', 'Export it again with its rows.', {
      value: columns.join(' | '),
    })
    yield { kind: 'problem', line: null, problem }
  }
}

function toSourceRow(columns: readonly string[], { line, cells }: TableRow, ragged: 'problem' | 'empty cells'): SourceRow {
  if (cells.length === columns.length) return { kind: 'cells', line, columns, values: cells }
  if (cells.length < columns.length && ragged === 'empty cells')
    return { kind: 'cells', line, columns, values: [...cells, ...Array.from({ length: columns.length - cells.length }, () => '')] }
  if (cells.length > columns.length && cells.slice(columns.length).every(isBlank))
    return { kind: 'cells', line, columns, values: cells.slice(0, columns.length) }
  return {
    kind: 'problem',
    line,
    ...(cells.length < columns.length ? { cells: columns.map((_, index) => cells[index] ?? '') } : {}),
    problem: rowProblem(
      `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} where the header has ${columns.length}`,
      'Put quotation marks around cells that hold the delimiter, or leave the row out.',
      { value: cells.join(' | ').slice(0, 200) },
    ),
  }
}

/**
 * Finds the header row: the stated line; else the first row that holds all mapped columns; else the first that is filled about as far as
 * the widest of the first rows. Real files have titles and blank lines above it.
 */
class HeaderFinder {
  private readonly early: TableRow[] = []
  constructor(private readonly options: RowOptions) {}

  offer(row: TableRow): { columns: string[]; rows: TableRow[] } | null {
    const { headerLine, wantedColumns = [] } = this.options
    if (headerLine !== undefined && headerLine > 0)
      return row.line >= headerLine ? { columns: findHeader([row.cells], true).columns, rows: [] } : null
    this.early.push(row)
    if (headerLine === undefined && wantedColumns.length > 0 && this.holdsWanted(row))
      return { columns: findHeader([row.cells], true).columns, rows: [] }
    return this.early.length >= headerSearchRows ? this.finish() : null
  }

  finish(): { columns: string[]; rows: TableRow[] } | null {
    if (this.early.length === 0) return null
    const cells = this.early.map((row) => row.cells)
    if (this.options.headerLine === 0) return { columns: numberedColumns(cells), rows: this.early }
    const { at, columns, height } = findHeader(cells)
    return { columns, rows: this.early.slice(at + height) }
  }

  private holdsWanted(row: TableRow): boolean {
    return (this.options.wantedColumns ?? []).every((column) => findColumn(row.cells, column) >= 0)
  }
}
