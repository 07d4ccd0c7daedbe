import { wilsonInterval } from '../statistics/binomial-intervals'
import type { Robustness, RobustnessShare } from './robustness'

/** Shares that must not be exceeded, 0 to 1. */
export type RobustnessLimits = { moved?: number; attackSuccess?: number; falseAlarms?: number }
export type LimitedFigure = keyof RobustnessLimits

export type LimitResult = { figure: LimitedFigure; limit: number; result: 'pass' | 'fail' | 'inconclusive'; reason: string }

const percent = (share: number) => `${(share * 100).toFixed(1)}%`

/**
 * Whether a share is within its limit with 95% confidence. Fail: the lower bound is above the limit. Pass: the upper bound is not, and would
 * not be if everything without a verdict had moved. Anything else is inconclusive, and so is a share of nothing.
 */
export function judgeLimits(robustness: Robustness, limits: RobustnessLimits): LimitResult[] {
  const asked = (['moved', 'attackSuccess', 'falseAlarms'] as const).flatMap((figure) => {
    const limit = limits[figure]
    return limit === undefined ? [] : [{ figure, limit }]
  })
  return asked.map(({ figure, limit }) => ({ figure, limit, ...judgeShare(robustness[figure], limit, robustness.confidence) }))
}

function judgeShare(share: RobustnessShare, limit: number, confidence: number): Pick<LimitResult, 'result' | 'reason'> {
  const { n, count, lower, upper, nEffective, leftOut } = share
  if (lower === null || upper === null || nEffective === null)
    return { result: 'inconclusive', reason: 'no probe has a verdict to compare' }
  const interval = `${percent(count / n)} (95% CI ${percent(lower)} to ${percent(upper)}) of ${n}`
  if (lower > limit) return { result: 'fail', reason: `${interval} is more than ${percent(limit)}` }
  if (upper > limit) return { result: 'inconclusive', reason: `${interval} may be more than ${percent(limit)}; probe more cases` }
  const { wrongBefore: _, ...missing } = leftOut
  const unscored = Object.values(missing).reduce((sum, probes) => sum + probes, 0)
  const scale = nEffective / n
  const worst = wilsonInterval({ successes: (count + unscored) * scale, n: (n + unscored) * scale, confidence })
  if (worst.upper > limit)
    return { result: 'inconclusive', reason: `${interval}, but ${unscored} more have no verdict and could exceed ${percent(limit)}` }
  return { result: 'pass', reason: `${interval} is at most ${percent(limit)}` }
}
