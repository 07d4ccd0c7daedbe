import { isAscii } from '~/domain/fold-text'
import { makeTextVisible } from '~/domain/visible-text'
import type { Output } from './context'

/** Made when first needed: it takes ten milliseconds, and most output is ASCII. */
let graphemes: Intl.Segmenter | undefined

/** Characters as people see them: joined emoji and combining marks are one. */
function charactersOf(text: string): Iterable<string> {
  if (isAscii(text)) return text
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/**
 * Text from outside as one line that a terminal cannot be steered with: control, bidirectional and invisible characters are written out
 * (`\u{202e}`), line breaks and tabs become blanks.
 */
export function inert(text: string): string {
  return makeTextVisible(text, ({ codePoint }) => `\\u{${codePoint.toString(16)}}`).replace(/[\t\n]+/g, ' ')
}

const styles = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const
export type Style = keyof typeof styles

export type Paint = (style: Style, text: string) => string

/** Colours for a terminal; none where NO_COLOR is set, the output is no terminal, or the terminal is dumb. */
export function createPaint(output: Output, environment: Record<string, string | undefined>): Paint {
  const plain = !output.isTTY || (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb'
  return (style, text) => (plain ? text : `\u001b[${styles[style]}m${text}\u001b[0m`)
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}|\p{Regional_Indicator}/u

/** Number of columns that a text takes: wide characters two, combining ones none. */
export function displayWidth(text: string): number {
  if (isAscii(text)) return text.length
  let width = 0
  for (const character of charactersOf(text)) if (!/^[\p{M}\p{Cf}]+$/u.test(character)) width += wide.test(character) ? 2 : 1
  return width
}

/** Cuts a text to a number of columns. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let cut = ''
  let width = 0
  for (const character of charactersOf(text)) {
    const step = displayWidth(character)
    if (width + step > columns - 1) break
    cut += character
    width += step
  }
  return `${cut}…`
}

export type Column = { title: string; align?: 'left' | 'right' }

/** A table of plain text. Cells have to be inert already; `paint` colours a cell after it was padded. */
export function formatTable(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
  paint?: (text: string, row: number, column: number) => string,
): string {
  const widths = columns.map((column, index) => Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ''))))
  const line = (cells: readonly string[], row: number) =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)))
        const padded = columns[index]?.align === 'right' ? padding + cell : cell + padding
        return paint && row >= 0 ? paint(padded, row, index) : padded
      })
      .join('  ')
      .trimEnd()
  return [
    line(
      columns.map((column) => column.title),
      -1,
    ),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map((row, index) => line(row, index)),
  ].join('\n')
}
