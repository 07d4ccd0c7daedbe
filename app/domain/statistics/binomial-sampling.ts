import { requireCount, requireProbability } from './checks'
import type { Random } from './random'
import { logGamma } from './special-functions/log-gamma'

/** Sequential inversion for a small mean (Kachitvichyanukul & Schmeiser 1988, BINV): n q-powers cannot underflow there. */
function sampleByInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p)
  for (;;) {
    let remaining = random.next()
    let probability = Math.exp(n * Math.log1p(-p))
    for (let k = 0; k <= n; k += 1) {
      if (remaining < probability) return k
      remaining -= probability
      probability *= ((n - k) * odds) / (k + 1)
    }
  }
}

/** Transformed rejection with squeeze for n p ≥ 10, p ≤ ½ (Hörmann 1993, BTRS). */
function sampleByRejection(random: Random, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const centre = n * p + 0.5
  const squeeze = 0.92 - 4.2 / b
  const scale = (2.83 + 5.1 / b) * deviation
  const logOdds = Math.log(p / (1 - p))
  const mode = Math.floor((n + 1) * p)
  const atMode = logGamma(mode + 1) + logGamma(n - mode + 1)
  for (;;) {
    const u = random.next() - 0.5
    const v = random.next()
    const distance = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / distance + b) * u + centre)
    if (distance >= 0.07 && v <= squeeze) return k
    if (k < 0 || k > n) continue
    const logRatio = atMode - logGamma(k + 1) - logGamma(n - k + 1) + (k - mode) * logOdds
    if (Math.log((v * scale) / (a / (distance * distance) + b)) <= logRatio) return k
  }
}

function drawBinomial(random: Random, n: number, p: number): number {
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p)
  if (n === 0 || p === 0) return 0
  return n * p < 10 ? sampleByInversion(random, n, p) : sampleByRejection(random, n, p)
}

/** A draw from Bin(n, p), exact in distribution, in constant expected time. */
export function sampleBinomial(random: Random, n: number, p: number): number {
  requireCount('n', n)
  requireProbability('p', p)
  return drawBinomial(random, n, p)
}

/**
 * Counts of n draws with replacement from a population that holds `counts[i]` members of cell i: the bootstrap weights of the cells. Written
 * to `drawn`. Each cell is binomial given the ones before it. n = Σ counts.
 */
export function sampleMultinomial(random: Random, counts: ArrayLike<number>, drawn: Float64Array): void {
  let population = 0
  for (let cell = 0; cell < counts.length; cell += 1) population += counts[cell] as number
  let draws = population
  for (let cell = 0; cell < counts.length; cell += 1) {
    const members = counts[cell] as number
    drawn[cell] = members >= population ? draws : drawBinomial(random, draws, members / population)
    draws -= drawn[cell] as number
    population -= members
  }
}
