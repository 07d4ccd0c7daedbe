/** What a number of a cell is shown as: as it is, as a date, or with so many digits at least. */
export type CellFormat = { kind: 'plain' } | { kind: 'date' } | { kind: 'padded'; digits: number }

/** Excel's own number formats that are dates and times. */
const dateFormats = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56, 57, 58,
])

/** The formats of a workbook's cells by the number that a cell names. */
export function parseCellFormats(cells: readonly number[], codes: ReadonlyMap<number, string>): CellFormat[] {
  return cells.map((id) => {
    if (dateFormats.has(id)) return { kind: 'date' }
    // Texts in quotation marks, colours and currencies in brackets say nothing of the kind.
    const code = (codes.get(id) ?? '').replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '').split(';')[0] ?? ''
    if (/^0{2,20}$/.test(code)) return { kind: 'padded', digits: code.length }
    return /[dy]|m{2,}|h+:|:s/i.test(code) && !/[#?]|0\./.test(code) ? { kind: 'date' } : { kind: 'plain' }
  })
}

/** The day that Excel counts from, which takes 1900 for a leap year. */
const firstDayMs = Date.UTC(1899, 11, 30)

/** The text of a number: `42` as `00042` where its format says so, `45292` as `2024-01-01` where it is a date, `1E+15` written out. */
export function formatNumber(written: string, format: CellFormat | undefined): string {
  const number = Number(written)
  if (Number.isNaN(number)) return written
  if (format?.kind === 'date' && number >= 1 && number < 2_958_466) {
    const time = new Date(firstDayMs + Math.round(number * 86_400) * 1000).toISOString()
    return number % 1 === 0 ? time.slice(0, 10) : time.slice(0, 19)
  }
  if (format?.kind === 'padded' && Number.isInteger(number) && number >= 0) return String(number).padStart(format.digits, '0')
  // 15 digits are what Excel keeps; more of them are an artefact of writing a binary number out.
  return /[eE.]/.test(written) && Math.abs(number) < 1e21 ? String(Number(number.toPrecision(15))) : written
}

export type CellSpan = { fromRow: number; toRow: number; fromColumn: number; toColumn: number }

/** `B2:B9` → rows 2 to 9 of column 1. */
export function parseSpan(reference: string): CellSpan | null {
  const [first, last] = reference.split(':')
  const [fromColumn, toColumn] = [columnOf(first), columnOf(last)]
  if (fromColumn === undefined || toColumn === undefined) return null
  const row = (cell: string | undefined) => Number(/\d+$/.exec(cell ?? '')?.[0])
  const span = { fromRow: row(first), toRow: row(last), fromColumn, toColumn }
  return span.toRow > span.fromRow ? span : null
}

/** `AB12` → 27. */
export function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  return letters === undefined ? undefined : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

/** Gives the rows of a cell that spans several what stands in its first; rows come from top to bottom. */
export class SpanFiller {
  private readonly spans: CellSpan[]
  private next = 0
  private open: Array<{ span: CellSpan; text: string }> = []

  constructor(spans: readonly CellSpan[]) {
    // A title across the sheet is no value of its rows.
    this.spans = spans.filter(({ fromColumn, toColumn }) => fromColumn === toColumn).sort((one, other) => one.fromRow - other.fromRow)
  }

  fill(line: number, cells: string[]): string[] {
    if (this.spans.length === 0) return cells
    this.open = this.open.filter(({ span }) => span.toRow >= line)
    for (const { span, text } of this.open) {
      while (cells.length <= span.fromColumn) cells.push('')
      if (cells[span.fromColumn] === '') cells[span.fromColumn] = text
    }
    for (let span = this.spans[this.next]; span && span.fromRow <= line; span = this.spans[++this.next])
      if (span.fromRow === line) this.open.push({ span, text: cells[span.fromColumn] ?? '' })
    return cells
  }
}
