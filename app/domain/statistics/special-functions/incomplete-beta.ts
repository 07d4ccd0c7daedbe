import { requirePositive, requireProbability } from '../checks'
import { binomialTerm } from './binomial-term'

/** xᵃ yᵇ / B(a, b), y = 1 − x. */
const powerTerm = (x: number, y: number, a: number, b: number): number => ((a * b) / (a + b)) * binomialTerm(a, a + b, x, y)

/**
 * The continued fraction F with Iₓ(a, b) = xᵃ yᵇ / (B(a, b) F), for x below the mean a / (a + b) (DiDonato & Morris 1992, eq. 9; the form
 * that Boost.Math evaluates), by Lentz's method.
 */
function betaFraction(x: number, y: number, a: number, b: number): number {
  let fraction = (a * (a * y - b * x + 1)) / (a + 1)
  let c = fraction
  let d = 0
  for (let m = 1; m < 1_000_000; m += 1) {
    const odd = a + 2 * m - 1
    const numerator = ((m * (a + m - 1)) / odd) * (((a + b + m - 1) * (b - m)) / odd) * x * x
    const denominator = m + (m * (b - m) * x) / odd + ((a + m) * (a * y - b * x + 1 + m * (2 - x))) / (odd + 2)
    d = 1 / (denominator + numerator * d)
    c = denominator + numerator / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < 2e-16) break
  }
  return fraction
}

const lowerTail = (x: number, y: number, a: number, b: number): number => powerTerm(x, y, a, b) / betaFraction(x, y, a, b)

/**
 * Both tails of the beta distribution: lower = Iₓ(a, b), upper = 1 − Iₓ(a, b). The smaller tail keeps its relative precision (a few 1e-15
 * in the centre, 1e-13 at 1e-300). x + y = 1; both are taken so that neither has to be a difference.
 */
export function betaTails(x: number, y: number, a: number, b: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 }
  if (y <= 0) return { lower: 1, upper: 0 }
  if (x * (a + b) <= a) {
    const lower = lowerTail(x, y, a, b)
    return { lower, upper: 1 - lower }
  }
  const upper = lowerTail(y, x, b, a)
  return { lower: 1 - upper, upper }
}

/** Iₓ(a, b), the regularised incomplete beta function, for 0 ≤ x ≤ 1 and a, b > 0. */
export function regularizedIncompleteBeta(x: number, a: number, b: number): number {
  requireProbability('x', x)
  requirePositive('a', a)
  requirePositive('b', b)
  return betaTails(x, 1 - x, a, b).lower
}

/** log of the smallest positive double. */
const smallestLog = -745

/**
 * x at or below the mean with Iₓ(a, b) = probability. Newton's method for log I over log x, where it is nearly a straight line in the tail;
 * a step that leaves the bracket is replaced by a bisection.
 */
function quantileBelowMean(probability: number, a: number, b: number): number {
  const target = Math.log(probability)
  let low = smallestLog
  let high = Math.log(a / (a + b))
  let logX = high
  for (let step = 0; step < 200; step += 1) {
    const x = Math.exp(logX)
    const y = 1 - x
    const lower = lowerTail(x, y, a, b)
    const error = lower === 0 ? Number.NEGATIVE_INFINITY : Math.log(lower) - target
    if (error > 0) high = logX
    else low = logX
    const newton = logX - (error * lower * y) / powerTerm(x, y, a, b)
    const next = newton > low && newton < high ? newton : error === 0 ? logX : (low + high) / 2
    if (Math.abs(next - logX) <= 1e-16 * Math.abs(logX) + 1e-17) return Math.exp(next)
    if (Math.abs(newton - logX) <= 4e-16) return Math.exp(newton)
    logX = next
  }
  return Math.exp(logX)
}

/** x and y = 1 − x with Iₓ(a, b) = probability, where probability + complement = 1; each of the two to about 1e-14 relative. */
export function betaQuantile(probability: number, complement: number, a: number, b: number): { x: number; y: number } {
  if (probability <= 0) return { x: 0, y: 1 }
  if (complement <= 0) return { x: 1, y: 0 }
  const mean = a / (a + b)
  const atMean = betaTails(mean, b / (a + b), a, b)
  if (probability <= atMean.lower) {
    const x = quantileBelowMean(probability, a, b)
    return { x, y: 1 - x }
  }
  const y = quantileBelowMean(complement, b, a)
  return { x: 1 - y, y }
}

/** x with Iₓ(a, b) = probability. For a small upper tail use the symmetry Iₓ(a, b) = 1 − I₁₋ₓ(b, a). */
export function inverseRegularizedIncompleteBeta(probability: number, a: number, b: number): number {
  requireProbability('probability', probability)
  requirePositive('a', a)
  requirePositive('b', b)
  return betaQuantile(probability, 1 - probability, a, b).x
}
