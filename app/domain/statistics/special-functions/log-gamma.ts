import { requirePositive } from '../checks'

const halfLogTwoPi = 0.9189385332046728
const oneMinusEulerGamma = 0.42278433509846713

/** ζ(k) − 1 for k = 2, 3, …: the Taylor coefficients of log Γ about 2 (Abramowitz & Stegun 6.1.33, 23.2). */
const zetaMinusOne = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827,
  0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
  6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6,
  9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8,
  1.4901554828365043e-8, 7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9,
]

/** B₂ₖ / (2k(2k − 1)), the coefficients of Stirling's series, from the highest power down as Horner's rule takes them. */
const stirlingCoefficients = [
  -1.3924322169059011,
  0.17964437236883057,
  -0.029550653594771242,
  0.00641025641025641,
  -0.0019175269175269176,
  0.0008417508417508417,
  -1 / 1680,
  1 / 1260,
  -1 / 360,
  1 / 12,
]

/** From here ten terms of Stirling's series are exact to double precision. */
const stirlingFrom = 10

function stirlingSeries(x: number): number {
  const inverseSquare = 1 / (x * x)
  let sum = 0
  for (const coefficient of stirlingCoefficients) sum = sum * inverseSquare + coefficient
  return sum / x
}

/** log Γ(2 + z) for |z| ≤ ½. */
function logGammaNearTwo(z: number): number {
  let sum = 0
  for (let k = zetaMinusOne.length + 1; k >= 2; k -= 1) sum = -z * (sum + (zetaMinusOne[k - 2] as number) / k)
  return z * (oneMinusEulerGamma - sum)
}

/**
 * log Γ(x) for x > 0, to a few units in the last place, the zeros at 1 and 2 included.
 *
 * Stirling's series from 10 on, the Taylor series about 2 below (Abramowitz & Stegun 6.1.33 and 6.1.41), joined by Γ(x + 1) = x Γ(x).
 */
export function logGamma(x: number): number {
  requirePositive('x', x)
  if (x >= stirlingFrom) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingSeries(x)
  if (x < 0.5) return logGamma(x + 1) - Math.log(x)
  if (x < 1.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1)
  let product = 1
  let shifted = x
  while (shifted > 2.5) {
    shifted -= 1
    product *= shifted
  }
  return Math.log(product) + logGammaNearTwo(shifted - 2)
}

/**
 * δ(x) = log Γ(x + 1) − [(x + ½) log x − x + ½ log 2π] for x > 0: what Stirling's formula leaves over. Computed without the cancellation
 * of its definition, so that probabilities keep their relative precision at any n (Loader 2000, "Fast and accurate computation of binomial
 * probabilities").
 */
export function stirlingError(x: number): number {
  let correction = 0
  let shifted = x
  while (shifted < stirlingFrom) {
    correction += (shifted + 0.5) * Math.log1p(1 / shifted) - 1
    shifted += 1
  }
  return correction + stirlingSeries(shifted)
}

/** x log(x / mean) + mean − x for x, mean > 0, without cancellation where the two are close (Loader 2000, bd0; his
 * 0.1 is 0.4 here). */
export function devianceTerm(x: number, mean: number): number {
  const difference = x - mean
  if (Math.abs(difference) >= 0.4 * (x + mean)) return x * Math.log(x / mean) - difference
  const ratio = difference / (x + mean)
  const square = ratio * ratio
  let term = 2 * x * ratio
  let sum = difference * ratio
  for (let divisor = 3; ; divisor += 2) {
    term *= square
    const next = sum + term / divisor
    if (next === sum) return sum
    sum = next
  }
}
