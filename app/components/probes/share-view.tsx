import { Link } from '@remix-run/react'
import { formatCount, formatPercent, formatPercentInterval } from '~/components/ui/format'
import { Figure } from '~/components/ui/figure'
import type { ProbeFilter } from '~/domain/probes/probe-records'
import { leftOutReasons, leftOutWords, type RobustnessShare } from '~/domain/probes/robustness'
import { probesHref } from './probe-filter-url'

type Leads = { share: RobustnessShare; counted: ProbeFilter; all: ProbeFilter }

/** A share as one large figure: its interval, what it is of, and what is in no share. */
export function ShareFigure({ label, share, counted, all }: Leads & { label: string }) {
  return (
    <div className="min-w-0">
      <Figure label={label} large value={formatPercent(share.share)} interval={formatPercentInterval(share)} to={probesHref(counted)} />
      <div className="text-xs text-ink-muted">
        <CountOf share={share} counted={counted} all={all} />
        {share.n > 0 && ` of ${formatCount(share.parents)} ${share.parents === 1 ? 'case' : 'cases'}`}
      </div>
      <LeftOut share={share} filter={all} />
    </div>
  )
}

/** `12 of 93`, each number a link to its probes. */
export function CountOf({ share, counted, all }: Leads) {
  if (share.n === 0) return <span className="text-ink-faint">n/a</span>
  return (
    <>
      <Link className="text-link" to={probesHref(counted)}>
        {formatCount(share.count)}
      </Link>{' '}
      of{' '}
      <Link className="text-link" to={probesHref(all)}>
        {formatCount(share.n)}
      </Link>
    </>
  )
}

/** What got no verdict to compare, by reason, each leading to its probes. */
export function LeftOut({ share, filter }: { share: RobustnessShare; filter: ProbeFilter }) {
  const reasons = leftOutReasons.filter((reason) => share.leftOut[reason] > 0)
  if (reasons.length === 0) return null
  const { result: _, ...others } = filter
  return (
    <ul className="flex flex-wrap gap-x-2 text-xs text-ink-muted" aria-label="Left out">
      {reasons.map((leftOut) => (
        <li key={leftOut}>
          <Link className="text-link" to={probesHref({ ...others, leftOut })}>
            {formatCount(share.leftOut[leftOut])}
          </Link>{' '}
          {leftOutWords[leftOut]}
        </li>
      ))}
    </ul>
  )
}
