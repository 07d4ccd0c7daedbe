import type { ConfusionCell } from '~/domain/comparison/comparison'

export type ConfusionMatrix = {
  /** Expected labels. */
  rows: string[]
  /** Answered labels. */
  columns: string[]
  count: (expected: string, predicted: string) => number
  rowTotal: (expected: string) => number
}

/** A matrix of the cells, labels in the order of the scheme and then by name; labels that nobody uses are left out. */
export function toMatrix(cells: readonly ConfusionCell[], labelOrder: readonly string[]): ConfusionMatrix {
  const counts = new Map<string, Map<string, number>>()
  for (const { expected, predicted, count } of cells) {
    const row = counts.get(expected) ?? new Map<string, number>()
    row.set(predicted, (row.get(predicted) ?? 0) + count)
    counts.set(expected, row)
  }
  const used = cells.filter(({ count }) => count !== 0)
  return {
    rows: inOrder(
      used.map(({ expected }) => expected),
      labelOrder,
    ),
    columns: inOrder(
      used.flatMap(({ expected, predicted }) => [expected, predicted]),
      labelOrder,
    ),
    count: (expected, predicted) => counts.get(expected)?.get(predicted) ?? 0,
    rowTotal: (expected) => [...(counts.get(expected)?.values() ?? [])].reduce((sum, count) => sum + count, 0),
  }
}

/** Candidate − baseline, cell by cell. */
export function subtractCells(candidate: readonly ConfusionCell[], baseline: readonly ConfusionCell[]): ConfusionCell[] {
  return [...candidate, ...baseline.map((cell) => ({ ...cell, count: -cell.count }))]
}

function inOrder(labels: readonly string[], order: readonly string[]): string[] {
  const place = (label: string) => (order.includes(label) ? order.indexOf(label) : order.length)
  return [...new Set(labels)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
}
