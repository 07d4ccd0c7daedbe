import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RecordParser } from './csv-records'
import type { RowOptions, SourceRow } from './rows'
import { belowHeader, type TableProblem, type TableRow } from './table-rows'

/**
 * Rows of comma-, tab- or otherwise separated text (UTF-8 bytes). Cells stay as they are, also with line breaks in them. A row that breaks
 * the quoting is a problem and reading goes on behind it; a row that is too large ends the reading.
 */
export function readDelimitedRows(bytes: AsyncIterable<Buffer>, options: RowOptions & { delimiter: string }): AsyncGenerator<SourceRow> {
  return belowHeader(splitRecords(bytes, options), { ...options, ragged: 'problem' })
}

async function* splitRecords(
  bytes: AsyncIterable<Buffer>,
  { delimiter, relaxQuotes = false }: { delimiter: string; relaxQuotes?: boolean },
): AsyncGenerator<Array<TableRow | TableProblem>> {
  const parser = new RecordParser(delimiter, relaxQuotes)
  const reading = pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: 1 }), parser)
  // The failure is rethrown by the loop below; without this, Node would see it as unhandled first.
  reading.catch(() => undefined)
  try {
    for await (const batch of parser as AsyncIterable<Array<TableRow | TableProblem>>) {
      yield batch
      if (parser.tooLarge) return
    }
    await reading
  } finally {
    parser.destroy()
  }
}
