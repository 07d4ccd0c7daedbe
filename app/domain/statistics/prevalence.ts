import { requireProbability } from './checks'

/**
 * Precision restated at the share of violating items in production: tpr·π / (tpr·π + fpr·(1 − π)) (Bayes' rule). A golden set is richer in
 * violations than production, so its own precision flatters.
 *
 * @param input recall, false-positive rate and prevalence, each 0 to 1.
 * @returns precision, 0 to 1; null where nothing would be called violating.
 * @throws RangeError for a value outside 0…1.
 */
export function precisionAtPrevalence(input: { tpr: number; fpr: number; prevalence: number }): { precision: number | null } {
  const { tpr, fpr, prevalence } = input
  for (const name of ['tpr', 'fpr', 'prevalence'] as const) requireProbability(name, input[name])
  const truePositives = tpr * prevalence
  const positives = truePositives + fpr * (1 - prevalence)
  return { precision: positives === 0 ? null : truePositives / positives }
}
