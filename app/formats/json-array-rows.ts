import { StringDecoder } from 'node:string_decoder'
import { notJson } from '~/domain/golden-set/case-line'
import { rowProblem } from '~/domain/golden-set/problems'
import { maxRecordBytes } from './file-bytes'
import { findCaseList, maxDocumentBytes } from './json-document'
import type { SourceRow } from './rows'

/**
 * The elements of a JSON array, one after the other, without holding the array. A file that holds an object instead is read whole (up to
 * a limit), and the one list of objects in it is taken.
 */
export async function* readJsonArrayRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<SourceRow> {
  const splitter = new ElementSplitter()
  const decoder = new StringDecoder('utf8')
  let whole = ''
  let rows = 0
  for await (const chunk of bytes) {
    const text = decoder.write(chunk)
    if (splitter.state === 'not-an-array' || splitter.state === 'before') whole += text
    if (splitter.state === 'not-an-array') {
      if (whole.length > maxDocumentBytes) break
      continue
    }
    for (const element of splitter.push(text)) {
      if (element.text !== null && element.text.trim() === '') continue
      rows += 1
      yield toRow(element)
    }
    if (splitter.state === 'failed') break
  }
  if (splitter.state === 'not-an-array') {
    yield* readObject(whole)
    return
  }
  const problem = splitter.finish()
  if (problem) yield { kind: 'problem', ...problem }
  else if (rows === 0)
    yield { kind: 'problem', line: null, problem: rowProblem('the list is empty', 'Export it again, or choose another file.') }
}

function* readObject(text: string): Generator<SourceRow> {
  if (text.length > maxDocumentBytes) {
    yield {
      kind: 'problem',
      line: 1,
      problem: rowProblem(
        `is one JSON object of more than ${maxDocumentBytes / 1_000_000} MB`,
        'Save the cases as JSON Lines: one object a line.',
      ),
    }
    return
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    yield { kind: 'problem', line: 1, problem: notJson(text, error) }
    return
  }
  const found = findCaseList(value)
  if ('list' in found) {
    for (const element of found.list) yield { kind: 'value', line: 1, value: element }
    return
  }
  yield {
    kind: 'problem',
    line: 1,
    problem: rowProblem(
      found.several.length > 0
        ? `holds several lists: ${found.several.map((key) => JSON.stringify(key)).join(', ')}`
        : 'holds no list of cases',
      'Save the cases as a JSON array or as JSON Lines.',
    ),
  }
}

function toRow({ line, text }: ArrayElement): SourceRow {
  if (text === null)
    return { kind: 'problem', line, problem: rowProblem(`is longer than ${maxRecordBytes / 1_000_000} MB`, 'Shorten it, or leave it out.') }
  try {
    return { kind: 'value', line, value: JSON.parse(text) as unknown }
  } catch (error) {
    return { kind: 'problem', line, problem: notJson(text, error) }
  }
}

type ArrayElement = { line: number; text: string | null }

/** Cuts the text of an array at the commas of its outermost level. It knows strings and brackets only; JSON.parse judges each element. */
class ElementSplitter {
  state: 'before' | 'inside' | 'after' | 'failed' | 'not-an-array' = 'before'
  private line = 1
  private startLine = 1
  private depth = 0
  private inString = false
  private escaped = false
  private text = ''
  private tooLong = false
  private trailing: number | null = null

  /** Takes the next piece of the text and returns the elements that it completes. */
  push(chunk: string): ArrayElement[] {
    const complete: ArrayElement[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at)
      if (code === 10) this.line += 1
      if (this.state === 'before') {
        if (code === 32 || code === 9 || code === 10 || code === 13) continue
        if (code !== 91) {
          this.state = 'not-an-array'
          return complete
        }
        this.state = 'inside'
        from = at + 1
        this.startLine = this.line
        continue
      }
      if (this.state === 'after') {
        if (code > 32) this.trailing ??= this.line
        continue
      }
      if (this.text === '' && at === from && code <= 32) {
        from = at + 1
        this.startLine = this.line
        continue
      }
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (code === 92) this.escaped = true
        else if (code === 34) this.inString = false
      } else if (code === 34) this.inString = true
      else if (code === 123 || code === 91) this.depth += 1
      else if (code === 125 || code === 93) {
        if (code === 93 && this.depth === 0) {
          this.keep(chunk.slice(from, at))
          complete.push(this.take())
          this.state = 'after'
          continue
        }
        this.depth -= 1
      } else if (code === 44 && this.depth <= 0) {
        this.keep(chunk.slice(from, at))
        complete.push(this.take())
        from = at + 1
      }
    }
    if (this.state === 'inside') this.keep(chunk.slice(from))
    return complete
  }

  finish(): { line: number | null; problem: ReturnType<typeof rowProblem> } | null {
    if (this.state === 'before') return { line: null, problem: rowProblem('the file is empty', 'Export it again, or choose another file.') }
    if (this.state === 'inside')
      return { line: this.startLine, problem: rowProblem('the list is not closed: the file ends too early', 'Copy or download it again.') }
    if (this.trailing !== null)
      return {
        line: this.trailing,
        problem: rowProblem('there is text behind the end of the list', 'Save the file as one JSON array, or as JSON Lines.'),
      }
    return null
  }

  private keep(part: string): void {
    if (this.tooLong) return
    this.text += part
    if (this.text.length > maxRecordBytes) {
      this.tooLong = true
      this.text = ''
    }
  }

  private take(): ArrayElement {
    const element = { line: this.startLine, text: this.tooLong ? null : this.text }
    this.text = ''
    this.tooLong = false
    this.depth = 0
    this.startLine = this.line
    return element
  }
}
