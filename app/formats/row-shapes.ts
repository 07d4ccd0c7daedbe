import { isBlank } from './table-header'
import type { SourceRow } from './rows'

/** The columns that tell a case from a heading or a sum; -1 where there is none. */
export type TableShape = {
  contentAt: number
  idAt: number
  expectedAt: number
  /** Nearly every case of the first rows has a label, so that a lone text is a heading and no case without one. */
  isLabelled: boolean
  /** Headings divide the rows: each row gets that above it as the column `section`. */
  hasSections: boolean
}

export const sectionColumn = 'section'
const sumWords =
  /^\s*(?:(?:grand|sub)[ -]?)?(?:totals?|sums?|counts?|averages?|mean|median|accuracy|precision|recall|f1(?:[ -]?score)?|agreement|kappa|cases|rows|n)\b\s*[:=]?\s*$/i
const figure = /^\s*[-+]?[\d.,\s]+(?:\s*[%‰]|\s*(?:\/|of)\s*[\d.,]+)?\s*$/
const longestHeading = 120

/** `null`: a case, or something that has to be repaired. */
export function shapeOf(cells: readonly string[], { contentAt, idAt, isLabelled }: TableShape): 'heading' | 'sum' | null {
  let filled = 0
  let only = -1
  for (let index = 0; index < cells.length && filled < 3; index += 1) {
    if (isBlank(cells[index] ?? '')) continue
    filled += 1
    only = index
  }
  const hasContent = !isBlank(cells[contentAt] ?? '')
  if (hasContent && filled >= 3 && (idAt < 0 || !isBlank(cells[idAt] ?? ''))) return null
  if (filled === 1) {
    const text = cells[only] ?? ''
    if (text.length > longestHeading || /[\r\n]/.test(text)) return null
    if (sumWords.test(text.replace(/[:=].*$/, ''))) return 'sum'
    // An id and nothing else is a case that lost its text.
    if (!hasContent) return only === idAt && /^\s*\d+\s*$/.test(text) ? null : 'heading'
    return cells.length >= 3 && (isLabelled || idAt >= 0) ? 'heading' : null
  }
  const texts = cells.filter((cell) => !isBlank(cell))
  if (texts.some((text) => sumWords.test(text)) && texts.every((text) => sumWords.test(text) || figure.test(text))) return 'sum'
  // "Violating,,6": a name where the ids are, a figure, and no text to be judged.
  const [name = ''] = texts
  const isNamedFigure =
    !hasContent && filled === 2 && !figure.test(name) && figure.test(texts[1] ?? '') && !/^\s*[01](?:\.0)?\s*$/.test(texts[1] ?? '')
  return isNamedFigure ? 'sum' : null
}

/** What was left out, for the person: the first few with their lines. */
export class LeftOutRows {
  private readonly kept: Array<{ line: number; text: string }> = []
  private count = 0

  add(line: number, cells: readonly string[]): void {
    this.count += 1
    if (this.kept.length < 4)
      this.kept.push({
        line,
        text: cells
          .filter((cell) => !isBlank(cell))
          .join(' | ')
          .slice(0, 60),
      })
  }

  note(): string | null {
    if (this.count === 0) return null
    const rows = this.kept.map(({ line, text }) => `line ${line} ${JSON.stringify(text)}`).join(', ')
    const more = this.count > this.kept.length ? ` and ${this.count - this.kept.length} more` : ''
    return `${this.count === 1 ? 'One row is a heading or a sum' : `${this.count} rows are headings or sums`} and no case: ${rows}${more}.`
  }
}

/** The rows without headings and sums; where headings divide them, each with its heading in a column of its own. */
export async function* leaveOutHeadings(
  rows: AsyncIterable<SourceRow>,
  shape: TableShape,
  leftOut: LeftOutRows,
): AsyncGenerator<SourceRow> {
  let section = ''
  let columns: readonly string[] | null = null
  let withSection: readonly string[] = []
  for await (const row of rows) {
    const cells = row.kind === 'cells' ? row.values : row.kind === 'problem' ? row.cells : undefined
    const kind = cells === undefined ? null : shapeOf(cells, shape)
    if (cells !== undefined && kind !== null) {
      leftOut.add(row.line ?? 0, cells)
      if (kind === 'heading') section = cells.find((cell) => !isBlank(cell))?.trim() ?? ''
    } else if (row.kind === 'cells' && shape.hasSections) {
      if (row.columns !== columns) {
        columns = row.columns
        withSection = [...columns, sectionColumn]
      }
      yield { ...row, columns: withSection, values: [...row.values, section] }
    } else yield row
  }
}
