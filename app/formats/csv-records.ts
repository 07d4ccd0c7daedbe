import { CsvError, Parser } from 'csv-parse'
import { rowProblem, type RowProblem } from '~/domain/golden-set/problems'
import { maxRecordBytes } from './file-bytes'
import type { TableProblem, TableRow } from './table-rows'

const batchRows = 512

/**
 * csv-parse with three additions: it knows the line where each record starts, keeps broken records in their place among the others, and
 * hands records on in batches, because a stream that takes them one by one spends more time on the taking than on the parsing.
 */
export class RecordParser extends Parser {
  /** The record that breaks the limit has no end that could be known; nothing behind it is read. */
  tooLarge = false
  private readonly lines = new LineIndex()
  private batch: Array<TableRow | TableProblem> = []
  private nextLine = 1

  constructor(
    delimiter: string,
    private readonly relaxQuotes: boolean,
  ) {
    super({
      delimiter,
      relax_quotes: relaxQuotes,
      relax_column_count: true,
      skip_records_with_error: true,
      max_record_size: maxRecordBytes,
      // Files that were put together by hand mix line ends.
      record_delimiter: ['\r\n', '\n', '\r'],
    })
    this.on('skip', (error: unknown) => this.addFailure(error))
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.lines.add(chunk)
    super._transform(chunk, encoding, (error) => {
      this.handOn()
      callback(error)
    })
  }

  override _flush(callback: (error?: Error | null) => void): void {
    this.lines.end()
    super._flush((error) => {
      this.handOn()
      callback(error)
    })
  }

  override push(record: unknown): boolean {
    if (record === null) {
      this.handOn()
      return super.push(null)
    }
    this.addRecord(record as string[])
    return true
  }

  private handOn(): void {
    if (this.batch.length === 0) return
    const { batch } = this
    this.batch = []
    super.push(batch)
  }

  private addRecord(cells: string[]): void {
    if (this.tooLarge) return
    const end = this.lines.before(this.info.bytes)
    const inside = cells.reduce((count, cell) => count + countLineBreaks(cell), 0)
    this.nextLine = end + 1
    const line = Math.max(1, end - inside)
    const merged = this.relaxQuotes ? mergedCell(cells) : undefined
    this.batch.push(merged === undefined ? { line, cells } : { line, problem: unclosedQuote(merged) })
    if (this.batch.length >= batchRows) this.handOn()
  }

  private addFailure(error: unknown): void {
    if (!(error instanceof CsvError) || this.tooLarge) return
    this.tooLarge = error.code === 'CSV_MAX_RECORD_SIZE'
    this.batch.push({ line: this.nextLine, problem: explain(error) })
    this.nextLine = Number(error.lines ?? this.nextLine) + 1
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

/**
 * Says how many lines end before a byte. csv-parse's own count is off where quoted cells hold "\r\n". Asked in ascending order, so that only
 * the line ends of the chunk at hand are kept.
 */
class LineIndex {
  private ends: number[] = []
  private next = 0
  private offset = 0
  private passed = 0
  private lastByte = 10

  add(chunk: Buffer): void {
    this.ends = this.ends.slice(this.next)
    this.next = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.ends.push(this.offset + at)
    this.offset += chunk.length
    this.lastByte = chunk[chunk.length - 1] ?? this.lastByte
  }

  /** The last line may lack its line break. */
  end(): void {
    if (this.lastByte !== 10) this.ends.push(this.offset - 1)
  }

  before(byte: number): number {
    while (this.next < this.ends.length && (this.ends[this.next] as number) < byte) {
      this.next += 1
      this.passed += 1
    }
    return this.passed
  }
}
