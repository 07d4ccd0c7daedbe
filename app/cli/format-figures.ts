/** A share as a percentage with one decimal; n/a where there is none. */
export const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? 'n/a' : `${(share * 100).toFixed(1)}%`

/** A difference of shares in points, with its sign. */
export const points = (share: number | null | undefined) => {
  if (share === null || share === undefined) return 'n/a'
  const value = (share * 100).toFixed(1)
  return `${share > 0 ? '+' : ''}${value.replace('-', '−')}`
}

export const decimal = (value: number | null | undefined, digits = 3) =>
  value === null || value === undefined ? 'n/a' : value.toFixed(digits).replace('-', '−')

export const count = (value: number) => value.toLocaleString('en-US')

export const usd = (value: number | null | undefined) =>
  value === null || value === undefined ? 'n/a' : `$${value < 1 ? value.toFixed(4) : value.toFixed(2)}`

export const milliseconds = (value: number | null | undefined) =>
  value === null || value === undefined ? 'n/a' : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`

/** 61000 → `1 min 1 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
