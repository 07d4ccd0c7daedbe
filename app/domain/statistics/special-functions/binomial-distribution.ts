import { requireCount, requireProbability } from '../checks'
import { betaTails } from './incomplete-beta'
import { binomialTerm } from './binomial-term'

function requireBinomial(k: number, n: number, p: number): void {
  if (!Number.isSafeInteger(k)) throw new RangeError(`k must be a whole number, got ${k}`)
  requireCount('n', n)
  requireProbability('p', p)
}

/** P(X = k), X ~ Bin(n, p); 0 outside 0…n. */
export function binomialProbability(k: number, n: number, p: number): number {
  requireBinomial(k, n, p)
  return k < 0 || k > n ? 0 : binomialTerm(k, n, p, 1 - p)
}

/** P(X ≤ k), X ~ Bin(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  requireBinomial(k, n, p)
  if (k < 0) return 0
  if (k >= n) return 1
  return betaTails(p, 1 - p, k + 1, n - k).upper
}

/** P(X ≥ k), X ~ Bin(n, p). */
export function binomialSurvival(k: number, n: number, p: number): number {
  requireBinomial(k, n, p)
  if (k <= 0) return 1
  if (k > n) return 0
  return betaTails(p, 1 - p, k, n - k + 1).lower
}
