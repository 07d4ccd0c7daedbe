import { type Binary, binaryValue, requireCount, requireSameLength } from './checks'

export type VersionFlips = {
  fixed: number
  broken: number
  /** fixed − broken. */
  net: number
  /** broken / n (Yan et al. 2021, positive-congruent training). */
  negativeFlipRate: number | null
  /** broken / right before (Wu et al. 2024, StraGo, arXiv:2410.08601). */
  adverseCorrectionRate: number | null
  /** fixed / wrong before (the same). */
  beneficialCorrectionRate: number | null
  /** (fixed + broken) / n. */
  churn: number | null
}

/**
 * What changed from version A to version B on the same cases, scored on both sides.
 *
 * @param input correctA[case], correctB[case], 0 or 1.
 * @returns counts, and shares that are null where they would be 0/0.
 * @throws RangeError for values other than 0 and 1 or arrays of unequal length.
 */
export function versionFlips(input: { correctA: readonly Binary[]; correctB: readonly Binary[] }): VersionFlips {
  const { correctA, correctB } = input
  requireSameLength('correctA', correctA, 'correctB', correctB)
  let fixed = 0
  let broken = 0
  let rightBefore = 0
  for (const [index, before] of correctA.entries()) {
    const a = binaryValue(`correctA[${index}]`, before)
    const b = binaryValue(`correctB[${index}]`, correctB[index])
    rightBefore += a
    if (a < b) fixed += 1
    if (a > b) broken += 1
  }
  return versionFlipsOfCounts({ fixed, broken, rightBefore, n: correctA.length })
}

/** The same from counts alone: `rightBefore` is how many of the n cases version A has right. */
export function versionFlipsOfCounts(input: { fixed: number; broken: number; rightBefore: number; n: number }): VersionFlips {
  const { fixed, broken, rightBefore, n } = input
  for (const name of ['fixed', 'broken', 'rightBefore', 'n'] as const) requireCount(name, input[name])
  const share = (count: number, of: number) => (of === 0 ? null : count / of)
  return {
    fixed,
    broken,
    net: fixed - broken,
    negativeFlipRate: share(broken, n),
    adverseCorrectionRate: share(broken, rightBefore),
    beneficialCorrectionRate: share(fixed, n - rightBefore),
    churn: share(fixed + broken, n),
  }
}
