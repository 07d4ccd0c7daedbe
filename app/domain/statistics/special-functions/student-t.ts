import { requireFinite, requireOpenProbability, requirePositive } from '../checks'
import { betaQuantile, betaTails } from './incomplete-beta'

/** P(T > t) of Student's distribution: ½ I_x(ν/2, ½) with x = ν / (ν + t²) for t ≥ 0 (Abramowitz & Stegun 26.7.1). */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  requireFinite('t', t)
  requirePositive('degreesOfFreedom', degreesOfFreedom)
  const total = degreesOfFreedom + t * t
  const tail = betaTails(degreesOfFreedom / total, (t * t) / total, degreesOfFreedom / 2, 0.5).lower / 2
  return t >= 0 ? tail : 1 - tail
}

/** t with P(T ≤ t) = probability, 0 < probability < 1. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  requireOpenProbability('probability', probability)
  requirePositive('degreesOfFreedom', degreesOfFreedom)
  const tail = Math.min(probability, 1 - probability)
  const { x, y } = betaQuantile(2 * tail, 1 - 2 * tail, degreesOfFreedom / 2, 0.5)
  const t = Math.sqrt((degreesOfFreedom * y) / x)
  return probability < 0.5 ? -t : t
}
