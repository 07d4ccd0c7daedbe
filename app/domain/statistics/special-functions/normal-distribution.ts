import { requireProbability } from '../checks'

const inverseRootTwoPi = 0.3989422804014327

/** Density of the standard normal distribution. The exponent is split so that its rounding does not grow with z² (Cody 1969). */
export function normalDensity(z: number): number {
  if (Math.abs(z) > 40) return 0
  const rounded = Math.round(z * 16) / 16
  return inverseRootTwoPi * Math.exp(-0.5 * rounded * rounded) * Math.exp(-0.5 * (z - rounded) * (z + rounded))
}

/** Φ(z) − ½ by its everywhere-positive series (Abramowitz & Stegun 26.2.11). */
function centralArea(z: number): number {
  let term = z
  let sum = z
  for (let odd = 3; ; odd += 2) {
    term *= (z * z) / odd
    const next = sum + term
    if (next === sum) return sum * normalDensity(z)
    sum = next
  }
}

/** Upper tail for z ≥ 1.5 by Laplace's continued fraction (Abramowitz & Stegun 26.2.14), evaluated backwards. */
function tailArea(z: number): number {
  const terms = Math.ceil(30 + 300 / (z * z))
  let fraction = z
  for (let k = terms; k >= 1; k -= 1) fraction = z + k / fraction
  return normalDensity(z) / fraction
}

/** P(Z > z) of the standard normal distribution, relative precision about 1e-15 down to the smallest doubles. NaN stays NaN. */
export function normalSurvival(z: number): number {
  if (Number.isNaN(z)) return z
  if (z >= 1.5) return tailArea(z)
  if (z <= -1.5) return 1 - tailArea(-z)
  return 0.5 - centralArea(z)
}

/** P(Z ≤ z) of the standard normal distribution. */
export const normalCdf = (z: number): number => normalSurvival(-z)

const evaluate = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)

const centralNumerator = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
]
const centralDenominator = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854,
]
const tailNumerator = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
]
const tailDenominator = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
]
const farNumerator = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  2.7115555687434876e-5, 2.0103343992922881e-7,
]
const farDenominator = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
  2.0442631033899397e-15,
]

/** z with P(Z > z) = tail, for tail ≤ ½. */
function upperQuantile(tail: number): number {
  const offset = 0.5 - tail
  if (offset <= 0.425) {
    const r = 0.180625 - offset * offset
    return (offset * evaluate(centralNumerator, r)) / evaluate(centralDenominator, r)
  }
  const r = Math.sqrt(-Math.log(tail))
  return r <= 5
    ? evaluate(tailNumerator, r - 1.6) / evaluate(tailDenominator, r - 1.6)
    : evaluate(farNumerator, r - 5) / evaluate(farDenominator, r - 5)
}

/**
 * z with P(Z ≤ z) = probability; −Infinity at 0 and Infinity at 1. Wichura 1988, algorithm AS 241 (PPND16), about 1e-16 relative.
 * For a small upper tail pass the tail and negate the result: 1 − tail would lose its digits.
 */
export function normalQuantile(probability: number): number {
  requireProbability('probability', probability)
  if (probability === 0) return Number.NEGATIVE_INFINITY
  if (probability === 1) return Number.POSITIVE_INFINITY
  return probability <= 0.5 ? -upperQuantile(probability) : upperQuantile(1 - probability)
}

/** The z of a two-sided interval: 1.959963984540054 for confidence 0.95. */
export const twoSidedZ = (confidence: number): number => upperQuantile((1 - confidence) / 2)
