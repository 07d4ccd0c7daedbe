import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { rowProblem, type RowProblem } from '~/domain/golden-set/problems'
import { maxRecordBytes } from './file-bytes'
import type { RowOptions, SourceRow } from './source-rows'
import { belowHeader, type TableProblem, type TableRow } from './table-rows'

/**
 * Rows of comma-, tab- or otherwise separated text (UTF-8 bytes). Cells stay as they are, also with line breaks in them. A row that breaks
 * the quoting is a problem and reading goes on behind it; a row that is too large ends the reading, because where it ends is not known.
 */
export function readDelimitedRows(bytes: AsyncIterable<Buffer>, options: RowOptions & { delimiter: string }): AsyncGenerator<SourceRow> {
  return belowHeader(splitRecords(bytes, options), { ...options, ragged: 'problem' })
}

/** Splits bytes into records with the line where each starts. */
async function* splitRecords(
  bytes: AsyncIterable<Buffer>,
  { delimiter, relaxQuotes = false }: { delimiter: string; relaxQuotes?: boolean },
): AsyncGenerator<TableRow | TableProblem> {
  const lines = new LineIndex()
  const failures: Array<{ line: number; problem: RowProblem }> = []
  /** Where the records start that the parser has cut and the loop below has not taken yet. */
  const starts: number[] = []
  let nextLine = 1
  let tooLarge = false
  const parser = parse({
    delimiter,
    relax_quotes: relaxQuotes,
    relax_column_count: true,
    skip_records_with_error: true,
    max_record_size: maxRecordBytes,
    // Files that were put together by hand mix line ends.
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record: (cells, context) => {
      const end = lines.linesBefore(context.bytes)
      const inside = cells.reduce((count, cell) => count + countLineBreaks(cell), 0)
      nextLine = end + 1
      starts.push(Math.max(1, end - inside))
      return cells
    },
  })
  parser.on('skip', (error: unknown) => {
    if (!(error instanceof CsvError) || tooLarge) return
    tooLarge = error.code === 'CSV_MAX_RECORD_SIZE'
    failures.push({ line: nextLine, problem: explain(error) })
    nextLine = Number(error.lines ?? nextLine) + 1
  })
  const reading = pipeline(Readable.from(lines.track(bytes), { objectMode: false, highWaterMark: 1 }), parser)
  // The failure is rethrown by the loop below; without this, Node would see it as unhandled first.
  reading.catch(() => undefined)
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const row: TableRow = { line: starts.shift() ?? 1, cells }
      while (failures.length) yield failures.shift() as { line: number; problem: RowProblem }
      if (tooLarge) return
      const merged = relaxQuotes ? mergedCell(row.cells) : undefined
      if (merged !== undefined) yield { line: row.line, problem: unclosedQuote(merged) }
      else yield row
    }
    while (failures.length) yield failures.shift() as { line: number; problem: RowProblem }
    await reading
  } finally {
    parser.destroy()
  }
}

/** With relaxed quotes, a cell that still begins with its quotation mark and runs over lines has swallowed its neighbours. */
const mergedCell = (cells: readonly string[]) => cells.find((cell) => cell.startsWith('"') && /[\r\n]/.test(cell))

const unclosedQuote = (value?: string) =>
  rowProblem(
    'has a quotation mark that is not closed',
    'Close it, and double quotation marks inside a quoted cell ("").',
    value === undefined ? {} : { value },
  )

function explain(error: CsvError): RowProblem {
  const advice = 'Put the whole cell in quotation marks and double those inside (""), or read them as they stand with --relax-quotes.'
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return rowProblem(
      `is longer than ${maxRecordBytes / 1_000_000} MB; reading stopped here`,
      'A quotation mark may not be closed; else shorten the cell.',
    )
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return unclosedQuote()
  if (error.code === 'CSV_INVALID_CLOSING_QUOTE')
    return rowProblem('has a quotation mark that is not closed, or text behind the closing one', advice)
  if (error.code === 'INVALID_OPENING_QUOTE') return rowProblem('has a quotation mark inside a cell that does not start with one', advice)
  return rowProblem(`cannot be split into cells (${error.message})`, advice)
}

function countLineBreaks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/** Says how many lines end before a byte; asked in ascending order, so that only the line ends between parser and reader are kept. */
class LineIndex {
  private readonly ends: number[] = []
  private offset = 0
  private passed = 0
  private next = 0
  private lastByte = 10

  async *track(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.ends.push(this.offset + at)
      this.offset += chunk.length
      this.lastByte = chunk[chunk.length - 1] ?? this.lastByte
      yield chunk
    }
    // The last line may lack its line break.
    if (this.lastByte !== 10) this.ends.push(this.offset - 1)
  }

  linesBefore(byte: number): number {
    while (this.next < this.ends.length && (this.ends[this.next] as number) < byte) {
      this.next += 1
      this.passed += 1
    }
    if (this.next > 8192) {
      this.ends.splice(0, this.next)
      this.next = 0
    }
    return this.passed
  }
}
