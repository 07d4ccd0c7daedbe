import { readDelimitedRows } from './delimited-rows'
import { openBytes } from './file-bytes'
import type { FileDescription } from './inspect-file'
import { readJsonDocument } from './json-document'
import { readJsonArrayRows } from './json-array-rows'
import { readJsonLinesRows } from './json-lines-rows'
import type { RowOptions, SourceRow } from './rows'

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
