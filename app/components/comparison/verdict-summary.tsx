import { Link, useSearchParams } from '@remix-run/react'
import { TriangleAlert } from 'lucide-react'
import { IntervalBar } from '~/components/charts/interval-bar'
import { RehearsalBadge } from '~/components/ui/badge'
import { classNames } from '~/components/ui/class-names'
import { formatCount, formatPoints, formatPointsInterval, statePValue } from '~/components/ui/format'
import { formatMargin } from '~/domain/comparison/sentence'
import { adviseOn, verdictLook } from './advice'
import { LeakedNote } from './leaked-note'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

const edges: Record<string, string> = {
  fixed: 'border-l-fixed',
  regressed: 'border-l-regressed',
  unscored: 'border-l-unscored',
}
const inks: Record<string, string> = { fixed: 'text-fixed-ink', regressed: 'text-regressed-ink', unscored: 'text-unscored-ink' }

/** May the candidate go out? The verdict, the sentence with its evidence, and what to do next. */
export function VerdictSummary({ view }: { view: ComparisonView }) {
  const { comparison, baseline, candidate } = view
  const [params] = useSearchParams()
  const advice = adviseOn(comparison, { baseline: baseline.name, candidate: candidate.name }, baseline.rehearsal || candidate.rehearsal)
  const look = verdictLook[comparison.verdict]
  const { difference, pValue, margin } = comparison
  return (
    <section aria-label="Verdict" className={classNames('rounded-lg border border-l-8 bg-surface', edges[advice.tone])}>
      <div className="flex flex-wrap gap-x-8 gap-y-4 p-4">
        <div className="min-w-0 grow basis-[34rem]">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className={classNames('text-2xl font-semibold tracking-tight', inks[advice.tone])}>
              <span aria-hidden>{advice.tone === 'regressed' ? '▼' : look.glyph} </span>
              {advice.answer}
            </span>
            <span className={classNames('rounded-sm border px-2 text-sm font-medium', inks[look.tone])}>{look.word}</span>
            {(baseline.rehearsal || candidate.rehearsal) && <RehearsalBadge />}
          </p>
          <p className="mt-2 text-lg font-medium">{comparison.sentence}</p>
          <LeakedNote comparison={comparison} />
          <p className="mt-1 text-ink-muted">
            {advice.next}
            {advice.read && (
              <>
                {' '}
                <Link
                  preventScrollReset
                  className="text-link font-medium text-ink"
                  to={{ search: flipsSearch(params, advice.read.filter), hash: '#flips' }}
                >
                  {advice.read.text}
                </Link>
              </>
            )}
          </p>
        </div>
        <div className="flex min-w-64 flex-col gap-1 text-sm">
          <div>
            <p className="text-xs text-ink-muted">
              Accuracy of {candidate.name} minus {baseline.name}
            </p>
            <p>
              <span className="text-xl font-semibold tracking-tight">{formatPoints(difference.estimate)}</span>{' '}
              <span className="text-ink-muted">
                points, {Number((difference.confidence * 100).toFixed(2))}% CI {formatPointsInterval(difference)}
              </span>
            </p>
          </div>
          <IntervalBar {...difference} margin={margin} className="h-7 w-full max-w-80" scale />
          <div className="flex flex-wrap gap-x-4 text-xs text-ink-muted">
            <span>
              {statePValue(pValue.value)} ({pValue.method})
            </span>
            <span>margin {formatMargin(margin)}</span>
            <span>{formatCount(comparison.n)} cases compared</span>
          </div>
        </div>
      </div>
    </section>
  )
}

/** What a reader must know before believing the sentence. */
export function Warnings({ warnings }: { warnings: string[] }) {
  if (warnings.length === 0) return null
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-1 rounded-md border border-gold bg-gold-soft px-3 py-2 text-sm">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-gold-ink" />
          <span className="min-w-0 break-words">{warning}</span>
        </li>
      ))}
    </ul>
  )
}
