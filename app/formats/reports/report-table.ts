import type { TextTable } from '~/domain/comparison/tabulate'
import { escapeHtml, escapeMarkdown } from '../escape'

/** A table that scrolls by itself where the page is narrow. Its first column heads the rows. */
export function htmlTable(caption: string, { columns, rows }: TextTable, className = ''): string {
  const cell = (text: string, index: number) =>
    index === 0
      ? `<th scope="row">${escapeHtml(text)}</th>`
      : `<td${columns[index]?.numeric ? ' class="figure"' : ''}>${escapeHtml(text)}</td>`
  const head = columns.map(({ title, numeric }) => `<th scope="col"${numeric ? ' class="figure"' : ''}>${escapeHtml(title)}</th>`)
  return `<div class="wide"><table${className ? ` class="${className}"` : ''}><caption>${escapeHtml(caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody></table></div>`
}

const longestCell = 300

/** Text for one cell or line of Markdown, cut where it is very long. */
export function markdownText(text: string): string {
  return escapeMarkdown(text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text)
}

/**
 * Lines of a Markdown table; as many rows as fit into `budget` characters, then how many were left out: a comment on a pull request that is
 * too long is refused as a whole.
 */
export function markdownTable({ columns, rows }: TextTable, budget: number): string[] {
  const write = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines: string[] = []
  let left = budget
  for (const row of rows) {
    const line = write(row.map(markdownText))
    left -= line.length + 1
    if (left < 0) break
    lines.push(line)
  }
  const missing = rows.length - lines.length
  return [
    write(columns.map(({ title }) => escapeMarkdown(title))),
    `|${columns.map(({ numeric }) => (numeric ? '---:' : '---')).join('|')}|`,
    ...lines,
    ...(missing > 0 ? ['', `… and ${missing.toLocaleString('en-US')} more.`] : []),
  ]
}
