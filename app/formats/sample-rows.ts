import { flattenRecord } from '~/domain/golden-set/flatten-record'
import type { RowProblem } from '~/domain/golden-set/problems'
import type { SourceRow } from './rows'

const mostRows = 2000
const longestCell = 600
const keptValues = 25

/** The first rows of a file, whatever their kind, as a table of texts that are cut to what a person needs to see. */
export type RowSample = {
  columns: string[]
  rows: Array<{ line: number; cells: string[] }>
  /** The first values of a file of JSON or YAML, whole. */
  values: unknown[]
  isTable: boolean
  /** The first rows of a table as they stand, with what is above the header. */
  raw: string[][]
  problem: { line: number | null; problem: RowProblem } | null
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads the first rows. */
export async function sampleRows(source: AsyncIterable<SourceRow>, raw: string[][] = []): Promise<RowSample> {
  const places = new Map<string, number>()
  const sample: RowSample = { columns: [], rows: [], values: [], isTable: true, raw, problem: null }
  let tableColumns: readonly string[] | null = null
  for await (const row of source) {
    if (row.kind === 'problem') {
      sample.problem ??= { line: row.line, problem: row.problem }
      if (sample.rows.length === 0 && row.line !== null) continue
    } else if (row.kind === 'cells') {
      if (tableColumns === null) {
        tableColumns = row.columns
        sample.columns = [...row.columns]
      }
      sample.rows.push({ line: row.line, cells: row.values.map(cut) })
    } else {
      sample.isTable = false
      if (sample.values.length < keptValues) sample.values.push(row.value)
      const cells: string[] = []
      for (const [column, value] of isRecord(row.value) ? Object.entries(flattenRecord(row.value)) : [['value', row.value] as const]) {
        let place = places.get(column)
        if (place === undefined) {
          place = sample.columns.push(column) - 1
          places.set(column, place)
        }
        cells[place] = cut(typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value))
      }
      sample.rows.push({ line: row.line, cells })
    }
    if (sample.rows.length >= mostRows) break
  }
  for (const { cells } of sample.rows) for (let place = 0; place < sample.columns.length; place += 1) cells[place] ??= ''
  return sample
}

const cut = (text: string) => (text.length > longestCell ? text.slice(0, longestCell) : text)
