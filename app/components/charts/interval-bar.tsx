import { classNames } from '~/components/ui/class-names'
import { formatPoints } from '~/components/ui/format'
import { intervalDomain, intervalTicks, type Interval } from './interval-scale'

/**
 * A difference with its interval on a line: 0 solid, the margin dashed. The figures stand beside it, so that it is hidden from assistive
 * technology. `domain` makes several bars comparable.
 */
export function IntervalBar({
  estimate,
  lower,
  upper,
  margin,
  domain,
  scale = false,
  className,
}: Interval & { margin: number; domain?: [number, number]; scale?: boolean; className?: string }) {
  if (estimate === null || lower === null || upper === null) return <div className={className} />
  const [low, high] = domain ?? intervalDomain([{ estimate, lower, upper }], margin)
  const at = (value: number) => `${(((Math.min(high, Math.max(low, value)) - low) / (high - low)) * 100).toFixed(2)}%`
  const tone = lower > 0 ? 'text-fixed' : upper < 0 ? 'text-regressed' : 'text-unscored'
  const middle = scale ? '35%' : '50%'
  return (
    <svg aria-hidden className={classNames('block overflow-visible', tone, className)}>
      <line x1={at(-margin)} x2={at(-margin)} y1="0" y2={scale ? '65%' : '100%'} stroke="var(--stone-regressed)" strokeDasharray="2 2" />
      <line x1={at(0)} x2={at(0)} y1="0" y2={scale ? '65%' : '100%'} stroke="var(--stone-line-strong)" />
      <line x1={at(lower)} x2={at(upper)} y1={middle} y2={middle} stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
      <circle cx={at(estimate)} cy={middle} r="4.5" fill="currentColor" stroke="var(--stone-surface)" strokeWidth="1.5" />
      {scale &&
        intervalTicks([low, high], 4).map((tick) => (
          <text key={tick} x={at(tick)} y="100%" textAnchor="middle" fontSize="10" fill="var(--stone-ink-faint)">
            {tick === 0 ? '0' : formatPoints(tick, Number.isInteger(tick * 100) ? 0 : 1)}
          </text>
        ))}
    </svg>
  )
}
