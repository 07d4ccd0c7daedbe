import { type Binary, binaryValue } from './checks'
import { mean, sampleVariance } from './descriptive'

function requireEpochs(name: string, rows: readonly (readonly unknown[])[]): void {
  for (const [index, row] of rows.entries()) {
    if (row.length === 0) throw new RangeError(`${name}[${index}] must hold at least one epoch, got none`)
  }
}

/** C(c, k) / C(K, k): the chance that k epochs drawn without replacement are all among the c right ones of K. */
function allAmong(right: number, epochs: number, k: number): number {
  let probability = 1
  for (let drawn = 0; drawn < k; drawn += 1) probability *= Math.max(0, right - drawn) / (epochs - drawn)
  return probability
}

/** 1 − Σ nᵥ(nᵥ − 1) / (K(K − 1)): the chance that two epochs of a case disagree; null for one epoch. */
function disagreement(counts: Iterable<number>, epochs: number): number | null {
  if (epochs < 2) return null
  let agreeing = 0
  for (const count of counts) agreeing += count * (count - 1)
  return 1 - agreeing / (epochs * (epochs - 1))
}

const meanOfDefined = (values: readonly (number | null)[]): number | null => mean(values.filter((value) => value !== null))

export type EpochSummary = {
  mean: number | null
  /** Mean of the per-case sample variances: what a repeated replay adds. */
  within: number | null
  varOfCaseMeans: number | null
  /** Variance between cases, noise of the epochs taken off; can be negative by chance. */
  between: number | null
  betweenFloored: number | null
  /** Standard error of the mean over cases. */
  seMean: number | null
  /** Share of cases whose epochs are not unanimous. */
  flipRateAny: number | null
  /** Unbiased chance that two epochs of a case disagree. */
  flipRatePairwise: number | null
  /** Accuracy of the majority vote, a tie counting half. */
  majorityAccuracy: number | null
  /** [k − 1]: chance that k epochs of a case are all right. */
  passHatK: number[]
  /** [k − 1]: chance that at least one of k epochs is right. */
  passAtK: number[]
}

/**
 * Repeated replays of the same cases. Var(mean) splits into between cases and within (Miller 2024, sec. 3): within = mean per-case sample
 * variance, between = var(case means) − within/K; seMean = sd(case means)/√n. pass^k = E[C(c,k)/C(K,k)] (Yao et al. 2024, τ-bench); pass@k =
 * 1 − C(K − c,k)/C(K,k) (Chen et al. 2021).
 *
 * Cases may have different numbers of epochs (some were unscored): each case counts once, 1/K becomes its mean, what needs two epochs is
 * over the cases that have them, and passHatK ends at the fewest epochs of a case.
 *
 * @param input trials[case][epoch], 0 or 1.
 * @returns null where not estimable: within and flipRatePairwise with one epoch, the variances between with one case, all for no cases.
 * @throws RangeError for a case without epochs or a value other than 0 and 1.
 */
export function epochs(input: { trials: readonly (readonly Binary[])[] }): EpochSummary {
  const { trials } = input
  requireEpochs('trials', trials)
  const cases = trials.map((row, index) => {
    let right = 0
    for (const [epoch, value] of row.entries()) right += binaryValue(`trials[${index}][${epoch}]`, value)
    return { right, count: row.length }
  })
  const caseMeans = cases.map(({ right, count }) => right / count)
  const varOfCaseMeans = sampleVariance(caseMeans)
  const within = meanOfDefined(cases.map(({ right, count }) => (count < 2 ? null : (right * (count - right)) / (count * (count - 1)))))
  const meanReciprocal = mean(cases.map(({ count }) => 1 / count))
  const between = varOfCaseMeans === null || within === null || meanReciprocal === null ? null : varOfCaseMeans - within * meanReciprocal
  const fewest = cases.reduce((least, { count }) => Math.min(least, count), Number.POSITIVE_INFINITY)
  const upTo = cases.length === 0 ? [] : Array.from({ length: fewest }, (_, index) => index + 1)
  return {
    mean: mean(caseMeans),
    within,
    varOfCaseMeans,
    between,
    betweenFloored: between === null ? null : Math.max(0, between),
    seMean: varOfCaseMeans === null ? null : Math.sqrt(varOfCaseMeans / cases.length),
    flipRateAny: mean(cases.map(({ right, count }) => (right > 0 && right < count ? 1 : 0))),
    flipRatePairwise: meanOfDefined(cases.map(({ right, count }) => disagreement([right, count - right], count))),
    majorityAccuracy: mean(cases.map(({ right, count }) => (2 * right === count ? 0.5 : 2 * right > count ? 1 : 0))),
    passHatK: upTo.map((k) => mean(cases.map(({ right, count }) => allAmong(right, count, k))) ?? 0),
    passAtK: upTo.map((k) => mean(cases.map(({ right, count }) => 1 - allAmong(count - right, count, k))) ?? 0),
  }
}

/**
 * How steady the verdicts of repeated replays are, for any number of labels: the share of cases that are not unanimous, the unbiased chance
 * that two epochs of a case disagree (Gini–Simpson index), and the mean entropy of a case's verdicts in bits (Shannon 1948).
 *
 * @param input verdicts[case][epoch]. Cases may have different numbers of epochs.
 * @returns flipRatePairwise null where no case has two epochs; all null for no cases.
 * @throws RangeError for a case without epochs.
 */
export function pairwiseFlipMulticlass(input: { verdicts: readonly (readonly string[])[] }): {
  flipRateAny: number | null
  flipRatePairwise: number | null
  meanEntropyBits: number | null
} {
  const { verdicts } = input
  requireEpochs('verdicts', verdicts)
  const cases = verdicts.map((row) => {
    const counts = new Map<string, number>()
    for (const verdict of row) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
    return { counts: [...counts.values()], epochs: row.length }
  })
  const entropyBits = (counts: readonly number[], total: number) =>
    counts.reduce((bits, count) => bits + (count / total) * Math.log2(total / count), 0)
  return {
    flipRateAny: mean(cases.map(({ counts }) => (counts.length > 1 ? 1 : 0))),
    flipRatePairwise: meanOfDefined(cases.map(({ counts, epochs: count }) => disagreement(counts, count))),
    meanEntropyBits: mean(cases.map(({ counts, epochs: count }) => entropyBits(counts, count))),
  }
}
