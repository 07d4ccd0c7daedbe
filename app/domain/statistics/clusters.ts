import { requireFinite, requireOpenProbability, requireSameLength } from './checks'
import { mean, sum } from './descriptive'
import { studentTQuantile } from './special-functions/student-t'

type Cluster = { size: number; total: number; residual: number }

/** Sizes, totals and residual sums by cluster, after checking the scores. */
function groupByCluster(name: string, scores: readonly number[], clusters: readonly string[], centre: number): Cluster[] {
  requireSameLength(name, scores, 'clusters', clusters)
  const groups = new Map<string, Cluster>()
  for (const [index, score] of scores.entries()) {
    requireFinite(`${name}[${index}]`, score)
    const id = clusters[index] as string
    const group = groups.get(id) ?? { size: 0, total: 0, residual: 0 }
    group.size += 1
    group.total += score
    group.residual += score - centre
    groups.set(id, group)
  }
  return [...groups.values()]
}

export type ClusteredStandardError = {
  mean: number | null
  /** As if the cases were independent. */
  seNaive: number | null
  /** Miller 2024, SE_clustered. */
  seMiller: number | null
  /** Liang & Zeger 1986, no small-sample correction. */
  seCR0: number | null
  /** CR0 times √(G/(G − 1)): what the product shows, with t(G − 1). */
  seCR1: number | null
  clusters: number
}

/**
 * Standard errors of a mean whose cases come in clusters (threads, templates, authors) that share luck. With residuals rᵢ = sᵢ − s̄ and
 * cluster sums R: seNaive² = Σr²/(n(n − 1)); seCR0² = ΣR²/n²; seCR1² = seCR0² · G/(G − 1) (Cameron & Miller 2015); seMiller² = seNaive² +
 * (1/n²) Σ of rᵢrⱼ over i ≠ j of one cluster (Miller 2024, arXiv:2411.00640). For two versions pass the per-case differences.
 *
 * @returns in the unit of the scores; seNaive and seMiller null below two cases, seCR1 below two clusters, all null for none.
 * @throws RangeError for a score that is not finite or arrays of unequal length.
 */
export function clusteredStandardError(input: { scores: readonly number[]; clusters: readonly string[] }): ClusteredStandardError {
  const { scores, clusters } = input
  const centre = mean(scores)
  const groups = groupByCluster('scores', scores, clusters, centre ?? 0)
  if (centre === null) return { mean: null, seNaive: null, seMiller: null, seCR0: null, seCR1: null, clusters: 0 }
  const n = scores.length
  const squares = sum(scores.map((score) => (score - centre) ** 2))
  const clusterSquares = sum(groups.map(({ residual }) => residual * residual))
  const seCR0 = Math.sqrt(clusterSquares) / n
  return {
    mean: centre,
    seNaive: n < 2 ? null : Math.sqrt(squares / (n * (n - 1))),
    seMiller: n < 2 ? null : Math.sqrt(squares / (n * n * (n - 1)) + clusterSquares / (n * n)),
    seCR0,
    seCR1: groups.length < 2 ? null : seCR0 * Math.sqrt(groups.length / (groups.length - 1)),
    clusters: groups.length,
  }
}

/**
 * How much the clusters cost: icc, the intraclass correlation from one-way analysis of variance, (MSB − MSW) / (MSB + (n₀ − 1) MSW) with n₀
 * = (N − Σm²/N)/(G − 1) (Donner 1986); deff = 1 + (m̄ − 1) · max(icc, 0) (Kish 1965); nEffective = N / deff.
 *
 * @returns icc, deff and nEffective null without replication (one cluster, or only clusters of one) or without variance.
 * @throws RangeError for a score that is not finite or arrays of unequal length.
 */
export function designEffect(input: { scores: readonly number[]; clusters: readonly string[] }): {
  icc: number | null
  meanClusterSize: number | null
  deff: number | null
  nEffective: number | null
} {
  const { scores, clusters } = input
  const centre = mean(scores)
  const groups = groupByCluster('scores', scores, clusters, centre ?? 0)
  if (centre === null) return { icc: null, meanClusterSize: null, deff: null, nEffective: null }
  const n = scores.length
  const meanClusterSize = n / groups.length
  const notEstimable = { icc: null, meanClusterSize, deff: null, nEffective: null }
  if (groups.length < 2 || groups.length === n || scores.every((score) => score === scores[0])) return notEstimable
  const betweenSquares = sum(groups.map(({ size, residual }) => (residual * residual) / size))
  const totalSquares = sum(scores.map((score) => (score - centre) ** 2))
  const betweenMean = betweenSquares / (groups.length - 1)
  const withinMean = Math.max(0, totalSquares - betweenSquares) / (n - groups.length)
  const typicalSize = (n - sum(groups.map(({ size }) => size * size)) / n) / (groups.length - 1)
  const denominator = betweenMean + (typicalSize - 1) * withinMean
  if (denominator === 0) return notEstimable
  const icc = (betweenMean - withinMean) / denominator
  const deff = 1 + (meanClusterSize - 1) * Math.max(icc, 0)
  return { icc, meanClusterSize, deff, nEffective: n / deff }
}

const fewestClusters = 5
const enoughClusters = 30

export type ClusteredPairedDifference = {
  estimate: number | null
  lower: number | null
  upper: number | null
  se: number | null
  clusters: number
  method: 'cr1-t'
  /** Why the interval is missing or to be taken with care. */
  warning?: string
}

/**
 * Mean paired difference with an interval that allows for clusters: mean ± t(G − 1) · seCR1 (Cameron & Miller 2015). Below 5 clusters there
 * is no interval; below 30 there is a warning that it may be too narrow.
 *
 * @param input differences per case (candidate minus baseline), the cluster of each; confidence 0.95 unless told.
 * @returns in the unit of the differences.
 * @throws RangeError for a difference that is not finite, arrays of unequal length, or a confidence outside (0, 1).
 */
export function clusteredPairedDifference(input: {
  differences: readonly number[]
  clusters: readonly string[]
  confidence?: number
}): ClusteredPairedDifference {
  const { differences, clusters: ids, confidence = 0.95 } = input
  requireOpenProbability('confidence', confidence)
  requireSameLength('differences', differences, 'clusters', ids)
  for (const [index, difference] of differences.entries()) requireFinite(`differences[${index}]`, difference)
  const { mean: estimate, seCR1: se, clusters } = clusteredStandardError({ scores: differences, clusters: ids })
  if (estimate === null || se === null || clusters < fewestClusters) {
    const warning = `no interval: ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}, at least ${fewestClusters} are needed`
    return { estimate, lower: null, upper: null, se: null, clusters, method: 'cr1-t', warning }
  }
  const reach = studentTQuantile(0.5 + confidence / 2, clusters - 1) * se
  const interval = { estimate, lower: estimate - reach, upper: estimate + reach, se, clusters, method: 'cr1-t' as const }
  if (clusters >= enoughClusters) return interval
  return { ...interval, warning: `only ${clusters} clusters: the interval may be too narrow` }
}
