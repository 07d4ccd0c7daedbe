import { requireNonNegative, requirePositive } from '../checks'
import { devianceTerm, stirlingError } from './log-gamma'

/** xᵃ e⁻ˣ / Γ(a + 1). */
const poissonTerm = (a: number, x: number): number => Math.exp(-stirlingError(a) - devianceTerm(a, x)) / Math.sqrt(2 * Math.PI * a)

function lowerSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let denominator = a + 1; ; denominator += 1) {
    term *= x / denominator
    const next = sum + term
    if (next === sum) return sum * poissonTerm(a, x)
    sum = next
  }
}

/** Legendre's continued fraction of the upper tail, by Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = Number.POSITIVE_INFINITY
  let d = 1 / b
  let product = d
  for (let k = 1; k < 1_000_000; k += 1) {
    const numerator = k * (a - k)
    b += 2
    d = 1 / (numerator * d + b)
    c = b + numerator / c
    product *= c * d
    if (Math.abs(c * d - 1) < 2e-16) break
  }
  return product * a * poissonTerm(a, x)
}

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the upper regularised incomplete gamma function, for a > 0 and x ≥ 0. Series below a + 1, continued fraction
 * above (Abramowitz & Stegun 6.5.29 and 6.5.31); the common factor after Loader 2000, so that far tails keep their relative precision.
 */
export function regularizedGammaUpper(a: number, x: number): number {
  requirePositive('a', a)
  requireNonNegative('x', x)
  if (x === 0) return 1
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/** P(a, x) = 1 − Q(a, x), without the cancellation. */
export function regularizedGammaLower(a: number, x: number): number {
  requirePositive('a', a)
  requireNonNegative('x', x)
  if (x === 0) return 0
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x)
}

/** P(χ² ≥ statistic) with that many degrees of freedom. */
export function chiSquareSurvival(statistic: number, degreesOfFreedom: number): number {
  requirePositive('degreesOfFreedom', degreesOfFreedom)
  requireNonNegative('statistic', statistic)
  return regularizedGammaUpper(degreesOfFreedom / 2, statistic / 2)
}
