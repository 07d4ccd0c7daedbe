import { Link, useSearchParams } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Difference, type FigureDifference } from '~/components/ui/figure'
import { formatCount, formatPercent, formatPoints, notAvailable } from '~/components/ui/format'
import { unscoredReasons, type UnscoredCounts } from '~/domain/verdict/verdict'
import type { FlipFilter } from './flip-filter-url'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

/** How a difference reads when more (or less) of the figure is better. Null where either side is. */
export function differenceOf(
  before: number | null,
  after: number | null,
  good: 'up' | 'down',
  write: (difference: number) => string,
): FigureDifference | null {
  if (before === null || after === null) return null
  const difference = after - before
  const text = write(difference)
  if (!/[1-9]/.test(text)) return { text, direction: 'same' }
  return { text, direction: difference > 0 === (good === 'up') ? 'better' : 'worse' }
}

export function countUnscored(unscored: UnscoredCounts): number {
  return unscoredReasons.reduce((sum, reason) => sum + unscored[reason], 0)
}

const writeCount = (difference: number) => (difference > 0 ? `+${formatCount(difference)}` : formatCount(difference))

/** The figures a lead asks first; over- and under-enforcement are never folded into one. */
export function KeyFigures({ view }: { view: ComparisonView }) {
  const { baseline, candidate } = view.comparison
  const positive = view.policy.labels.find((label) => label.kind === 'violating')?.id ?? ''
  const allowed = view.policy.labels.find((label) => label.kind === 'allowed')?.id ?? ''
  const unscored = { baseline: countUnscored(baseline.unscored), candidate: countUnscored(candidate.unscored) }
  return (
    <dl aria-label="Key figures" className="grid grid-cols-4 gap-px overflow-hidden rounded-lg border bg-line max-lg:grid-cols-2">
      <Pair
        label="Accuracy"
        hint="of each side’s scored cases"
        before={formatPercent(baseline.accuracy)}
        after={formatPercent(candidate.accuracy)}
        difference={differenceOf(baseline.accuracy, candidate.accuracy, 'up', (value) => `${formatPoints(value)} points`)}
        filter={{ candidateOutcome: 'wrong' }}
        filterBefore={{ baselineOutcome: 'wrong' }}
      />
      <Pair
        label="Under-enforcement"
        hint="violations it misses"
        before={formatPercent(baseline.underEnforcement)}
        after={formatPercent(candidate.underEnforcement)}
        difference={differenceOf(baseline.underEnforcement, candidate.underEnforcement, 'down', (value) => `${formatPoints(value)} points`)}
        filter={{ expectedLabel: positive, candidateLabel: allowed }}
        filterBefore={{ expectedLabel: positive, baselineLabel: allowed }}
      />
      <Pair
        label="Over-enforcement"
        hint="allowed content it flags"
        before={formatPercent(baseline.overEnforcement)}
        after={formatPercent(candidate.overEnforcement)}
        difference={differenceOf(baseline.overEnforcement, candidate.overEnforcement, 'down', (value) => `${formatPoints(value)} points`)}
        filter={{ expectedLabel: allowed, candidateLabel: positive }}
        filterBefore={{ expectedLabel: allowed, baselineLabel: positive }}
      />
      <Pair
        label="Unscored"
        hint="never counted as right or wrong"
        before={formatCount(unscored.baseline)}
        after={formatCount(unscored.candidate)}
        difference={
          unscored.baseline === unscored.candidate ? null : differenceOf(unscored.baseline, unscored.candidate, 'down', writeCount)
        }
        filter={unscored.baseline + unscored.candidate > 0 ? { flip: ['unscored'] } : null}
      />
    </dl>
  )
}

function Pair({
  label,
  hint,
  before,
  after,
  difference,
  filter,
  filterBefore = null,
}: {
  label: string
  hint: ReactNode
  before: string
  after: string
  difference: FigureDifference | null
  filter: FlipFilter | null
  /** The cases of the baseline's figure. */
  filterBefore?: FlipFilter | null
}) {
  const [params] = useSearchParams()
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-xs text-ink-muted">
        {label} <span className="text-ink-faint">· {hint}</span>
      </dt>
      <dd className="mt-0.5 flex flex-wrap items-baseline gap-x-2">
        {filterBefore && before !== notAvailable ? (
          <Link
            preventScrollReset
            to={{ search: flipsSearch(params, filterBefore), hash: '#flips' }}
            className="text-link rounded-sm text-ink-muted"
          >
            {before}
          </Link>
        ) : (
          <span className="text-ink-muted">{before}</span>
        )}
        <span aria-hidden className="text-ink-faint">
          →
        </span>
        <span className="sr-only">became</span>
        {filter && after !== notAvailable ? (
          <Link
            preventScrollReset
            to={{ search: flipsSearch(params, filter), hash: '#flips' }}
            className="text-link rounded-sm text-xl font-semibold tracking-tight"
          >
            {after}
          </Link>
        ) : (
          <span className="text-xl font-semibold tracking-tight">{after}</span>
        )}
        {difference && <Difference {...difference} />}
      </dd>
    </div>
  )
}
