import { parse } from 'csv-parse/sync'

const candidates = [',', '\t', ';', '|'] as const
const sampledRows = 30

/** The delimiter under which the first rows have most consistently more than one column; a comma where none does. */
export function detectDelimiter(head: string): string {
  const cut = head.lastIndexOf('\n')
  const text = cut > 0 ? head.slice(0, cut + 1) : head
  const scored = candidates.map((delimiter) => ({ delimiter, score: scoreDelimiter(text, delimiter) }))
  const best = scored.reduce((winner, candidate) => (candidate.score > winner.score ? candidate : winner))
  return best.score > 0 ? best.delimiter : ','
}

function scoreDelimiter(text: string, delimiter: string): number {
  let rows: string[][]
  try {
    rows = parse(text, {
      delimiter,
      to: sampledRows,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
    })
  } catch {
    // Not a table under this delimiter.
    return 0
  }
  const widths = new Map<number, number>()
  for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1)
  const [width, count] = [...widths].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [1, 0])
  return width > 1 ? (count / rows.length) * (1 + Math.min(width, 20) / 100) : 0
}
