import type { RowProblem } from '~/domain/golden-set/problems'
import { readDelimitedRows } from './delimited-rows'
import { openBytes } from './file-bytes'
import type { FileDescription } from './inspect-file'
import { readJsonDocument } from './json-document'
import { readJsonArrayRows } from './json-array-rows'
import { readJsonLinesRows } from './json-lines-rows'

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

/** The rows of an inspected file, in order, in bounded memory. Can be called again for a second pass. */
export async function* readRows(description: FileDescription, options: RowOptions = {}): AsyncGenerator<SourceRow> {
  const { file, format, gzip, encoding, delimiter } = description
  if (format === 'xlsx') {
    const { readWorkbookRows } = await import('./workbook-rows')
    yield* readWorkbookRows(file, options)
    return
  }
  const bytes = decodeToUtf8(openBytes(file, gzip), encoding)
  if (format === 'csv' || format === 'tsv') yield* readDelimitedRows(bytes, { ...options, delimiter: delimiter ?? ',' })
  else if (format === 'json-lines') yield* readJsonLinesRows(bytes)
  else if (format === 'json') yield* readJsonArrayRows(bytes)
  else yield { kind: 'value', line: 1, value: await readJsonDocument(bytes, format) }
}

/** The bytes as UTF-8 without a byte order mark. */
export async function* decodeToUtf8(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  if (/^utf-?8$/i.test(encoding)) {
    let first = true
    for await (const chunk of bytes) {
      const marked = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
      first = false
      yield marked ? chunk.subarray(3) : chunk
    }
    return
  }
  const { default: iconv } = await import('iconv-lite')
  const decoder = iconv.getDecoder(encoding)
  let first = true
  for await (const chunk of bytes) {
    const text = decoder.write(chunk)
    if (text === '') continue
    yield Buffer.from(first ? text.replace(/^\ufeff/, '') : text, 'utf8')
    first = false
  }
  const rest = decoder.end()
  if (rest) yield Buffer.from(rest, 'utf8')
}
