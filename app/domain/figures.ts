/**
 * How figures are written on pages, at the terminal and in reports. All are pure and do not depend on the machine's locale, so that server
 * and browser write the same text. `null` (a figure that cannot be estimated) is "n/a".
 */
export const notAvailable = 'n/a'
const minus = '\u2212'

// Made when first needed: the first of its kind takes a few milliseconds, and help has no figures.
let grouped: Intl.NumberFormat | undefined
let dollars: Intl.NumberFormat | undefined

/** 3728 → "3,728". */
export function formatCount(count: number | null | undefined): string {
  if (count == null || !Number.isFinite(count)) return notAvailable
  grouped ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  return grouped.format(count).replace('-', minus)
}

/** 1, "case" → "1 case"; 2, "case" → "2 cases". */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** A share from 0 to 1: 0.6317 → "63.2%". */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  return share == null || !Number.isFinite(share) ? notAvailable : `${(share * 100).toFixed(digits)}%`
}

/** A difference of two shares, in percentage points with its sign: 0.094 → "+9.4". */
export function formatPoints(difference: number | null | undefined, digits = 1): string {
  if (difference == null || !Number.isFinite(difference)) return notAvailable
  const text = Math.abs(difference * 100).toFixed(digits)
  if (Number(text) === 0) return `±${text}`
  return `${difference < 0 ? minus : '+'}${text}`
}

/** The ends of an interval of shares: "61.6 – 64.7%". */
export function formatPercentInterval(interval: { lower: number | null; upper: number | null } | null | undefined): string {
  if (interval?.lower == null || interval.upper == null) return notAvailable
  return `${(interval.lower * 100).toFixed(1)} – ${formatPercent(interval.upper)}`
}

/** The ends of an interval of differences: "+5.1 to +13.6". */
export function formatPointsInterval(interval: { lower: number | null; upper: number | null } | null | undefined): string {
  if (interval?.lower == null || interval.upper == null) return notAvailable
  return `${formatPoints(interval.lower)} to ${formatPoints(interval.upper)}`
}

/** A coefficient such as κ or F1: 0.63172 → "0.632". */
export function formatCoefficient(value: number | null | undefined, digits = 3): string {
  if (value == null || !Number.isFinite(value)) return notAvailable
  return `${value < 0 && Number(value.toFixed(digits)) !== 0 ? minus : ''}${Math.abs(value).toFixed(digits)}`
}

/** A p-value: "0.0312", "< 0.0001", which is never written as 0. */
export function formatPValue(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return notAvailable
  return value < 0.0001 ? '< 0.0001' : value.toFixed(4)
}

/** A p-value within a sentence: "p = 0.0312", "p < 0.0001", "p n/a". */
export function statePValue(value: number | null | undefined): string {
  const text = formatPValue(value)
  return text === notAvailable || text.startsWith('<') ? `p ${text}` : `p = ${text}`
}

/** US dollars: 0 → "$0", 0.00042 → "$0.00042", 1.5 → "$1.50". */
export function formatCost(costUsd: number | null | undefined): string {
  if (costUsd == null || !Number.isFinite(costUsd)) return notAvailable
  if (costUsd === 0) return '$0'
  dollars ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  if (costUsd >= 0.1) return `$${dollars.format(costUsd)}`
  const digits = 1 - Math.floor(Math.log10(costUsd))
  return `$${costUsd.toFixed(Math.min(digits, 12)).replace(/0+$/, '').replace(/\.$/, '')}`
}

/** 840 → "840 ms", 12_400 → "12.4 s", 192_000 → "3 min 12 s", 7_500_000 → "2 h 5 min". */
export function formatDuration(durationMs: number | null | undefined): string {
  if (durationMs == null || !Number.isFinite(durationMs) || durationMs < 0) return notAvailable
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000 - 50) return `${(durationMs / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 3600) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 60 / 24)} days`
}
