import { Link } from '@remix-run/react'
import { findingTitles } from '~/components/health/findings'
import { Badge } from '~/components/ui/badge'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { urgentKinds, type HealthSummary } from '~/domain/golden-set/health'

/** The most that one line holds. */
const shownFindings = 5

/** The health of the newest revision in one line, each finding a link to its cases. Null: under examination. */
export function HealthStrip({ base, summary }: { base: string; summary: HealthSummary | null }) {
  const open = summary?.open.filter(({ kind }) => kind !== 'always-right') ?? []
  return (
    <nav aria-label="Health" className="mb-3 flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      <span className="font-medium">Health</span>
      {summary === null ? (
        <span className="text-ink-muted">is being examined…</span>
      ) : open.length === 0 && summary.unexercisedRules === 0 ? (
        <span className="text-ink-muted">nothing to act on</span>
      ) : (
        <>
          {open.slice(0, shownFindings).map(({ kind, cases }) => (
            <Link
              key={kind}
              className="flex items-center gap-1.5 text-ink-muted hover:text-ink hover:underline"
              to={`${base}/health?finding=${kind}#${kind}`}
            >
              <Badge tone={urgentKinds.has(kind) ? 'gold' : 'neutral'}>{formatCount(cases)}</Badge>
              {findingTitles[kind].toLowerCase()}
            </Link>
          ))}
          {summary.unexercisedRules > 0 && (
            <Link className="text-ink-muted hover:text-ink hover:underline" to={`${base}/health#balance`}>
              {formatQuantity(summary.unexercisedRules, 'rule')} without a case
            </Link>
          )}
          {open.length > shownFindings && (
            <Link className="text-link" to={`${base}/health`}>
              {formatCount(open.length - shownFindings)} more findings
            </Link>
          )}
        </>
      )}
    </nav>
  )
}
