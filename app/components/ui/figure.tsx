import { Link, type LinkProps } from '@remix-run/react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { formatCount, notAvailable } from './format'

/** A change of a figure; `direction` is about good and bad, not about up and down. Null: no difference can be stated. */
export type FigureDifference = { text: string; direction: 'better' | 'worse' | 'same' | null }

/**
 * One number with what it means: label, interval, difference. `value` is written already (see format.ts); "n/a" is dimmed. With `to` the
 * number leads to its cases.
 */
export function Figure({
  label,
  value,
  interval,
  difference,
  note,
  to,
  large = false,
}: {
  label: ReactNode
  value: string
  interval?: string | null
  difference?: FigureDifference | null
  note?: ReactNode
  to?: string
  large?: boolean
}) {
  const number = (
    <span
      className={classNames(
        'font-semibold tracking-tight',
        large ? 'text-2xl' : 'text-xl',
        value === notAvailable && 'font-normal text-ink-faint',
      )}
    >
      {value}
    </span>
  )
  return (
    <div className="min-w-0">
      <div className="text-xs text-ink-muted">{label}</div>
      <div className="flex flex-wrap items-baseline gap-x-2">
        {to && value !== notAvailable ? (
          <Link className="text-link rounded-sm" to={to}>
            {number}
          </Link>
        ) : (
          number
        )}
        {difference && <Difference {...difference} />}
      </div>
      {interval && interval !== notAvailable && <div className="text-xs whitespace-nowrap text-ink-faint">95% CI {interval}</div>}
      {note && <div className="text-xs text-ink-faint">{note}</div>}
    </div>
  )
}

export function Difference({ text, direction }: FigureDifference) {
  const look = { better: ['text-fixed-ink', '▲ '], worse: ['text-regressed-ink', '▼ '], same: ['text-ink-muted', ''] } as const
  const [ink, glyph] = direction ? look[direction] : ['text-ink-faint', '']
  return (
    <span className={classNames('text-sm font-medium whitespace-nowrap', ink)}>
      <span aria-hidden>{glyph}</span>
      {text}
    </span>
  )
}

/** Work under way. `max` 0 or unknown shows an empty track. The label is read out; the figures beside it are the caller's. */
export function ProgressBar({
  label,
  value,
  max,
  tone = 'gold',
}: {
  label: string
  value: number
  max: number
  tone?: 'gold' | 'unscored'
}) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={classNames(
          'h-full origin-left rounded-full transition-transform duration-300 ease-linear',
          tone === 'gold' ? 'bg-gold' : 'bg-unscored',
        )}
        style={{ transform: `scaleX(${share})` }}
      />
    </div>
  )
}

/** A count that leads to its cases; none lead nowhere. */
export function CountLink({ count, to }: { count: number; to: LinkProps['to'] }) {
  if (count === 0) return <span className="text-ink-faint">0</span>
  return (
    <Link preventScrollReset className="text-link rounded-sm" to={to}>
      {formatCount(count)}
    </Link>
  )
}
