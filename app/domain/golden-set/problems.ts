/** One thing that is wrong with a file, in words for the person who has to repair it. */
export type ImportProblem = {
  file: string
  /** Line of the file, from 1, where the row starts; null where the problem is the file's. */
  line: number | null
  column: string | null
  /** The offending value, cut to a length that can be shown. */
  value: string | null
  message: string
  /** What to do. */
  advice: string
}

/** A problem before the reader of the file has added where it is. */
export type RowProblem = Omit<ImportProblem, 'file' | 'line'>

export const shownProblemLimit = 50
const shownValueLength = 80

/** Cuts a value so that a problem can quote it. Counts code points, so that no character is cut in half. */
export function quoteValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  if (text.length <= shownValueLength) return text
  const points = [...text.slice(0, shownValueLength * 2)]
  return points.length <= shownValueLength && text.length <= shownValueLength * 2 ? text : `${points.slice(0, shownValueLength).join('')}…`
}

/** Makes a row problem; `value` is cut. */
export function rowProblem(message: string, advice: string, where: { column?: string; value?: unknown } = {}): RowProblem {
  return { column: where.column ?? null, value: where.value === undefined ? null : quoteValue(where.value), message, advice }
}

/** Keeps the first problems by line and counts all, so that a file of nothing but problems costs no memory. */
export class ProblemList {
  private readonly kept: ImportProblem[] = []
  total = 0

  add(problem: ImportProblem): void {
    this.total += 1
    if (this.kept.length < shownProblemLimit) this.kept.push(problem)
  }

  /** At most 50, in the order of the file. */
  get shown(): ImportProblem[] {
    return [...this.kept].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  }
}
