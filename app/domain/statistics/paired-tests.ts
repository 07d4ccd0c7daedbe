import { type Binary, binaryValue, requireCount } from './checks'
import { sum } from './descriptive'
import { binomialCdf, binomialProbability, binomialSurvival } from './special-functions/binomial-distribution'
import { chiSquareSurvival } from './special-functions/incomplete-gamma'

export type McNemar = {
  /** Two-sided exact conditional p-value. */
  exact: number
  /** Two-sided mid-p value: what the product shows. */
  midP: number
  chi2: number | null
  pAsymptotic: number
  /** Chi-square with continuity correction, floored at 0. */
  chi2cc: number | null
  pCC: number
  /** P(X ≥ n10): small where version 1 is better. */
  exactOneSided: number
  midPOneSided: number
}

/**
 * McNemar's tests of "the two versions are right equally often" from the disagreements alone: n10 cases that only version 1 has right, n01
 * that only version 2 has (McNemar 1947; mid-p after Fagerland, Lydersen & Laake 2013). X ~ Bin(n10 + n01, ½): exact = 2 P(X ≤ min), midP =
 * exact − P(X = min), or 1 − ½ P(X = n10) where the two are equal; chi2 = (n10 − n01)² / (n10 + n01).
 *
 * No disagreement: every p is 1 and the chi-squares are null.
 *
 * @throws RangeError for counts that are not whole numbers ≥ 0.
 */
export function mcnemar(input: { n10: number; n01: number }): McNemar {
  const { n10, n01 } = input
  requireCount('n10', n10)
  requireCount('n01', n01)
  const m = n10 + n01
  if (m === 0) return { exact: 1, midP: 1, chi2: null, pAsymptotic: 1, chi2cc: null, pCC: 1, exactOneSided: 1, midPOneSided: 1 }
  const pointProbability = binomialProbability(n10, m, 0.5)
  const exact = Math.min(1, 2 * binomialCdf(Math.min(n10, n01), m, 0.5))
  const difference = Math.abs(n10 - n01)
  const chi2 = (difference * difference) / m
  const chi2cc = Math.max(0, difference - 1) ** 2 / m
  const exactOneSided = binomialSurvival(n10, m, 0.5)
  return {
    exact,
    midP: n10 === n01 ? 1 - 0.5 * pointProbability : exact - pointProbability,
    chi2,
    pAsymptotic: chiSquareSurvival(chi2, 1),
    chi2cc,
    pCC: chiSquareSurvival(chi2cc, 1),
    exactOneSided,
    midPOneSided: exactOneSided - 0.5 * pointProbability,
  }
}

/**
 * Cochran's Q test of "all versions are right equally often" (Cochran 1950), the gate before pairwise comparisons of more than two. With
 * column totals C, row totals R, k versions: Q = (k − 1)(k ΣC² − N²) / (kN − ΣR²), chi-square with k − 1 degrees of freedom under the
 * hypothesis. Two versions: McNemar's chi-square.
 *
 * @param input correct[case][version], 0 or 1.
 * @returns q null and p 1 where every case is all right or all wrong; all null for no cases.
 * @throws RangeError for rows of unequal length or values other than 0 and 1.
 */
export function cochranQ(input: { correct: readonly (readonly Binary[])[] }): { q: number | null; df: number | null; p: number | null } {
  const { correct } = input
  const versions = correct[0]?.length
  if (versions === undefined) return { q: null, df: null, p: null }
  if (versions === 0) throw new RangeError('correct must have at least one version, got rows of length 0')
  const columnTotals = Array.from({ length: versions }, () => 0)
  let total = 0
  let rowSquares = 0
  for (const [caseIndex, row] of correct.entries()) {
    if (row.length !== versions) throw new RangeError(`correct[${caseIndex}] must have ${versions} values, got ${row.length}`)
    let rowTotal = 0
    for (let version = 0; version < versions; version += 1) {
      const value = row[version]
      const right = value === 1 ? 1 : value === 0 ? 0 : binaryValue(`correct[${caseIndex}][${version}]`, value)
      rowTotal += right
      columnTotals[version] = (columnTotals[version] as number) + right
    }
    total += rowTotal
    rowSquares += rowTotal * rowTotal
  }
  const df = versions - 1
  const denominator = versions * total - rowSquares
  if (denominator === 0) return { q: null, df, p: 1 }
  const columnSquares = sum(columnTotals.map((columnTotal) => columnTotal * columnTotal))
  const q = (df * (versions * columnSquares - total * total)) / denominator
  return { q, df, p: chiSquareSurvival(q, df) }
}
