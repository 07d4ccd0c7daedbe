import { notJson } from '~/domain/golden-set/case-line'
import { rowProblem } from '~/domain/golden-set/problems'
import { maxRecordBytes } from './file-bytes'
import type { SourceRow } from './rows'

/** One JSON value a line. Blank lines are left out; a line that is too long or not JSON is a problem, and reading goes on behind it. */
export async function* readJsonLinesRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<SourceRow> {
  let rows = 0
  for await (const { line, text } of splitLines(bytes)) {
    if (text === null) {
      yield {
        kind: 'problem',
        line,
        problem: rowProblem(`is longer than ${maxRecordBytes / 1_000_000} MB`, 'Shorten it, or leave it out.'),
      }
      continue
    }
    if (text.trim() === '') continue
    rows += 1
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      yield { kind: 'problem', line, problem: notJson(text, error) }
      continue
    }
    yield { kind: 'value', line, value }
  }
  if (rows === 0)
    yield { kind: 'problem', line: null, problem: rowProblem('the file has no lines', 'Export it again, or choose another file.') }
}

/** Lines of UTF-8 bytes, by line feed alone: JSON may hold every other separator. `text` is null for one that is too long to keep. */
async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<{ line: number; text: string | null }> {
  let line = 1
  let parts: Buffer[] = []
  let length = 0
  const take = () => {
    const text = length > maxRecordBytes ? null : Buffer.concat(parts).toString('utf8')
    parts = []
    length = 0
    return { line: line++, text }
  }
  const keep = (part: Buffer) => {
    length += part.length
    if (length <= maxRecordBytes) parts.push(part)
    else parts = []
  }
  for await (const chunk of bytes) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, at))
      yield take()
      from = at + 1
    }
    if (from < chunk.length) keep(chunk.subarray(from))
  }
  if (length > 0) yield take()
}
