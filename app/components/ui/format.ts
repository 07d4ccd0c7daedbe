import { notAvailable, formatCount, formatQuantity } from '~/domain/figures'

export {
  notAvailable,
  formatCount,
  formatQuantity,
  formatPercent,
  formatPoints,
  formatPercentInterval,
  formatPointsInterval,
  formatCoefficient,
  formatPValue,
  formatCost,
  formatDuration,
  statePValue,
} from '~/domain/figures'

/** Durations, rates and times beside the figures of `domain/figures`: pure, and the same on the server and in the browser. */
/** Cases a second: 3.27 → "3.3/s", 1280.4 → "1,280/s". */
export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond == null || !Number.isFinite(perSecond)) return notAvailable
  return `${perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond)}/s`
}

const steps: Array<[limitMs: number, unitMs: number, unit: string]> = [
  [60 * 60_000, 60_000, 'minute'],
  [24 * 3_600_000, 3_600_000, 'hour'],
  [14 * 86_400_000, 86_400_000, 'day'],
]

/** "just now", "5 minutes ago", "3 days ago", then the date. Times in the future count as now. */
export function formatRelativeTime(timeMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - timeMs)
  if (ageMs < 45_000) return 'just now'
  for (const [limitMs, unitMs, unit] of steps) {
    if (ageMs < limitMs - unitMs / 2) return `${formatQuantity(Math.max(1, Math.round(ageMs / unitMs)), unit)} ago`
  }
  return formatDate(timeMs)
}

/** "2026-11-22". */
export function formatDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** "2026-11-22 19:05 UTC". */
export function formatDateTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The first 12 characters of a hash, as shown beside a version. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12)
}
