import { guessMapping } from '~/domain/golden-set/guess-mapping'
import { mappedColumns } from '~/domain/golden-set/case-mapping'

/** Nothing but blanks, no-break ones too. */
export const isBlank = (text: string) => text === '' || text.trim() === ''

type Cells = readonly string[]
const longestName = 100

/** Where the header of a table is among its first rows: `at` the index of its first row, `height` how many there are. */
export type FoundHeader = { at: number; columns: string[]; height: number }

/** Finds the header among the first rows. Real files have titles above it, a second row of names below it, or none at all. */
export function findHeader(rows: readonly Cells[], isStated = false): FoundHeader {
  const at = isStated ? 0 : guessHeaderIndex(rows)
  const columns = rows[at] ?? []
  if (!isStated && at === 0 && isData(rows)) return { at: 0, columns: numberedColumns(rows), height: 0 }
  const below = rows[at + 1]
  if (below && !isStated && continuesHeader(columns, below, rows[at + 2]))
    return { at, columns: trimNames(joinNames(columns, below), rows.slice(at + 2)), height: 2 }
  return { at, columns: trimNames(columns, isStated ? [] : rows.slice(at + 1)), height: 1 }
}

export function numberedColumns(rows: readonly Cells[]): string[] {
  const width = rows.reduce((widest, cells) => Math.max(widest, cells.length), 0)
  return Array.from({ length: width }, (_, index) => `column ${index + 1}`)
}

/** Index of the row that looks like the header among the first rows: filled about as far as most of them, without repeats. */
function guessHeaderIndex(rows: readonly Cells[]): number {
  const filled = rows.map((cells) => cells.filter((cell) => !isBlank(cell)))
  const widths = filled.map((cells) => cells.length).sort((a, b) => a - b)
  const usual = widths[Math.floor(widths.length / 2)] ?? 0
  const knowing = rows.findIndex((cells) => cells.length > 1 && countKnownNames(cells) >= 2)
  if (knowing >= 0) return knowing
  const isWide = (cells: Cells) => cells.length >= Math.max(1, usual * 0.6)
  const found = filled.findIndex((cells) => isWide(cells) && new Set(cells).size === cells.length && cells.every(isName))
  return found >= 0
    ? found
    : Math.max(
        0,
        filled.findIndex((cells) => isWide(cells) && new Set(cells).size === cells.length),
      )
}

/** Parts of a case that cells are called by: a row of them is the header, whatever it looks like. */
const countKnownNames = (cells: Cells) => {
  const names = cells.filter((cell) => !isBlank(cell) && cell.length <= longestName)
  return names.length < 2 ? 0 : new Set(mappedColumns(guessMapping(names)).map(({ column }) => column)).size
}

const isName = (cell: string) => cell.length <= longestName

/** The first row is one like all others: one of its values comes again and again below it, or is too long for a name. */
function isData(rows: readonly Cells[]): boolean {
  const [first = [], ...rest] = rows
  if (first.filter((cell) => !isBlank(cell)).length < 2 || rest.length < 3) return false
  return first.some((cell, index) => {
    if (isBlank(cell)) return false
    const below = rest.map((cells) => cells[index] ?? '').filter((text) => !isBlank(text))
    if (below.length < 3) return false
    return new Set(below).size <= below.length / 2 && below.filter((text) => text === cell).length >= 2
  })
}

/** A second row of names under the groups of the first: it fills what the first leaves empty, and the cases fill both. */
function continuesHeader(header: Cells, below: Cells, data: Cells | undefined): boolean {
  if (data === undefined) return false
  const width = Math.max(header.length, below.length)
  const names = below.filter((cell) => !isBlank(cell))
  if (names.length < 2 || new Set(names).size !== names.length) return false
  if (names.some((cell) => cell.length > 40 || /^[-+]?[\d.,]+$/.test(cell.trim()) || /^(?:true|false|yes|no|x)$/i.test(cell.trim())))
    return false
  let filledBelow = 0
  let emptyBelow = 0
  for (let index = 0; index < width; index += 1) {
    const above = !isBlank(header[index] ?? '')
    const under = !isBlank(below[index] ?? '')
    if (!above && !under) continue
    if (!above) filledBelow += 1
    if (above && !under) {
      emptyBelow += 1
      // The cases have something where only the group row does; else the second row may be a case with gaps.
      if (isBlank(data[index] ?? '')) return false
    }
  }
  return filledBelow > 0 && emptyBelow > 0
}

const joinNames = (header: Cells, below: Cells) =>
  Array.from({ length: Math.max(header.length, below.length) }, (_, index) =>
    isBlank(below[index] ?? '') ? (header[index] ?? '') : (below[index] ?? ''),
  )

/** Spreadsheets write the empty columns at the right of a table too. Blanks around a name are no part of it; a second of a name gets a number. */
function trimNames(columns: Cells, rows: readonly Cells[]): string[] {
  const isUsed = (index: number) => rows.some((cells) => !isBlank(cells[index] ?? ''))
  let width = columns.length
  while (width > 1 && isBlank(columns[width - 1] ?? '') && !isUsed(width - 1)) width -= 1
  const taken = new Map<string, number>()
  return columns.slice(0, width).map((cell) => {
    const name = cell.trim()
    const count = (taken.get(name) ?? 0) + 1
    taken.set(name, count)
    return count === 1 || name === '' ? name : `${name} (${count})`
  })
}
