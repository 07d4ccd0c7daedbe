import { requireCount, requireNonNegative } from './checks'
import { sum } from './descriptive'

export type KappaWeights = 'none' | 'linear' | 'quadratic'

type SquareTable = { k: number; total: number; share: (row: number, column: number) => number; rows: number[]; columns: number[] }

function readTable(table: readonly (readonly number[])[]): SquareTable {
  const k = table.length
  for (const [row, counts] of table.entries()) {
    if (counts.length !== k) throw new RangeError(`table must be square, got ${k} rows and table[${row}] of length ${counts.length}`)
    for (const [column, count] of counts.entries()) requireNonNegative(`table[${row}][${column}]`, count)
  }
  const total = sum(table.flat())
  const share = (row: number, column: number) => (table[row]?.[column] as number) / total
  const rows = table.map((counts) => sum(counts) / total)
  const columns = table.map((_, column) => sum(table.map((counts) => counts[column] as number)) / total)
  return { k, total, share, rows, columns }
}

/** Agreement weights wᵢⱼ: 1 on the diagonal, falling with the distance in the order of the labels; without order 0 beside it. */
function agreementWeight(weights: KappaWeights, k: number, row: number, column: number): number {
  if (row === column) return 1
  if (weights === 'none') return 0
  const distance = Math.abs(row - column) / (k - 1)
  return weights === 'linear' ? 1 - distance : 1 - distance * distance
}

/** Σ of a figure of every cell. */
function overCells(k: number, figure: (row: number, column: number) => number): number {
  const values: number[] = []
  for (let row = 0; row < k; row += 1) for (let column = 0; column < k; column += 1) values.push(figure(row, column))
  return sum(values)
}

/**
 * Cohen's kappa of two raters, (p_o − p_e)/(1 − p_e) with weights on the diagonal or graded by distance (Cohen 1960, 1968), and its
 * large-sample standard error (Fleiss, Cohen & Everitt 1969): with w̄ᵢ. and w̄.ⱼ the mean weights of row and column, n(1 − p_e)² se² =
 * Σ pᵢⱼ (wᵢⱼ − (w̄ᵢ. + w̄.ⱼ)(1 − κ))² − (κ − p_e(1 − κ))².
 *
 * @param input table[rater 1's label][rater 2's label], counts ≥ 0 in one label order, which `linear` and `quadratic` take as a scale.
 * @returns po and pe, always unweighted, as shares. kappa and se null where chance alone agrees always; all null for no cases.
 * @throws RangeError for a table that is not square, a negative count, or unknown weights.
 */
export function cohenKappa(input: { table: readonly (readonly number[])[]; weights?: KappaWeights | null }): {
  kappa: number | null
  se: number | null
  po: number | null
  pe: number | null
} {
  const weights = input.weights ?? 'none'
  if (weights !== 'none' && weights !== 'linear' && weights !== 'quadratic')
    throw new RangeError(`weights must be "none", "linear" or "quadratic", got "${String(weights)}"`)
  const { k, total, share, rows, columns } = readTable(input.table)
  if (total === 0) return { kappa: null, se: null, po: null, pe: null }
  const weight = (row: number, column: number) => agreementWeight(weights, k, row, column)
  const expected = (row: number, column: number) => (rows[row] as number) * (columns[column] as number)
  const po = sum(rows.map((_, label) => share(label, label)))
  const pe = sum(rows.map((_, label) => expected(label, label)))
  const disagreement = overCells(k, (row, column) => (1 - weight(row, column)) * share(row, column))
  const chanceDisagreement = overCells(k, (row, column) => (1 - weight(row, column)) * expected(row, column))
  if (chanceDisagreement === 0) return { kappa: null, se: null, po, pe }
  const kappa = 1 - disagreement / chanceDisagreement
  const weightOfRow = rows.map((_, row) => sum(columns.map((column, label) => column * weight(row, label))))
  const weightOfColumn = columns.map((_, column) => sum(rows.map((row, label) => row * weight(label, column))))
  const spread = overCells(
    k,
    (row, column) =>
      share(row, column) * (weight(row, column) - ((weightOfRow[row] as number) + (weightOfColumn[column] as number)) * (1 - kappa)) ** 2,
  )
  const variance = spread - (kappa - (1 - chanceDisagreement) * (1 - kappa)) ** 2
  return { kappa, se: Math.sqrt(Math.max(0, variance) / total) / chanceDisagreement, po, pe }
}

/**
 * Fleiss' kappa of a fixed number of raters (Fleiss 1971): (P̄ − P̄_e)/(1 − P̄_e), P̄ the mean share of agreeing pairs of a subject.
 *
 * @param input counts[subject][category], the same number of ratings of every subject (else use Krippendorff's alpha).
 * @returns null where every rating is of one category, or there is no pair of ratings.
 * @throws RangeError for counts that are not whole numbers ≥ 0, rows of unequal length, or unequal numbers of ratings.
 */
export function fleissKappa(input: { counts: readonly (readonly number[])[] }): { kappa: number | null } {
  const { counts } = input
  const first = counts[0]
  if (!first) return { kappa: null }
  const raters = sum(first)
  const totals = first.map(() => 0)
  let agreeingPairs = 0
  for (const [subject, row] of counts.entries()) {
    if (row.length !== first.length) throw new RangeError(`counts[${subject}] must have ${first.length} categories, got ${row.length}`)
    for (const [category, count] of row.entries()) {
      requireCount(`counts[${subject}][${category}]`, count)
      totals[category] = (totals[category] as number) + count
      agreeingPairs += count * (count - 1)
    }
    if (sum(row) !== raters) throw new RangeError(`counts[${subject}] must hold ${raters} ratings as the first does, got ${sum(row)}`)
  }
  const ratings = raters * counts.length
  const squares = sum(totals.map((total) => total * total))
  if (raters < 2 || squares === ratings * ratings) return { kappa: null }
  const agreement = agreeingPairs / (counts.length * raters * (raters - 1))
  const chance = squares / (ratings * ratings)
  return { kappa: (agreement - chance) / (1 - chance) }
}
