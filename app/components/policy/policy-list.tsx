import { Link } from '@remix-run/react'
import { Badge, RehearsalBadge } from '../ui/badge'
import { Figure } from '../ui/figure'
import { formatPercent, formatPercentInterval, formatQuantity } from '../ui/format'
import { Panel } from '../ui/panel'
import { useRowNavigation } from '../ui/table'
import { RelativeTime } from '../ui/time'

type VersionRef = { number: number; message: string }

/** One policy of the first page. */
export type PolicyListItem = {
  slug: string
  name: string
  description: string
  production: VersionRef | null
  head: VersionRef | null
  accuracy: { value: number; lower: number; upper: number; n: number; replayId: string; rehearsal: boolean } | null
  lastReplay: { id: string; status: string; createdAt: number; finishedAt: number | null; versionNumber: number | null } | null
  goldenSets: Array<{ name: string; caseCount: number }>
  latestComparison: { baselineReplayId: string; candidateReplayId: string; sentence: string; verdict: string; rehearsal: boolean } | null
}

export function PolicyList({ policies }: { policies: PolicyListItem[] }) {
  const onKeyDown = useRowNavigation()
  return (
    <ul className="flex flex-col gap-3" onKeyDown={onKeyDown}>
      {policies.map((policy) => (
        <li key={policy.slug}>
          <PolicyCard policy={policy} />
        </li>
      ))}
    </ul>
  )
}

function PolicyCard({ policy }: { policy: PolicyListItem }) {
  const { accuracy, latestComparison, production, head, goldenSets, lastReplay } = policy
  return (
    <Panel flush>
      <div className="grid gap-x-8 gap-y-3 p-4 md:grid-cols-[minmax(0,1fr)_9rem_11rem]">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">
            <Link data-row to={`/policies/${policy.slug}`} className="rounded-sm hover:underline">
              {policy.name}
            </Link>
          </h2>
          {policy.description && <p className="line-clamp-2 max-w-prose text-sm text-ink-muted">{policy.description}</p>}
          <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            {production && (
              <span className="flex items-center gap-1.5">
                <Badge tone="gold">production</Badge> v{production.number}
              </span>
            )}
            {head && head.number !== production?.number && (
              <span className="flex min-w-0 items-center gap-1.5">
                <Badge>newest</Badge> <span className="truncate">v{head.number}</span>
              </span>
            )}
            {!head && <span className="text-ink-muted">no version yet</span>}
            {goldenSets.map((set) => (
              <Link key={set.name} className="text-link" to={`/policies/${policy.slug}/golden/${encodeURIComponent(set.name)}`}>
                {set.name}: {formatQuantity(set.caseCount, 'case')}
              </Link>
            ))}
          </p>
        </div>
        <Figure
          label={accuracy ? `Right, of ${formatQuantity(accuracy.n, 'case')}` : 'Right'}
          value={formatPercent(accuracy?.value)}
          interval={formatPercentInterval(accuracy)}
          to={accuracy ? `/replays/${accuracy.replayId}` : undefined}
          note={accuracy ? undefined : 'not replayed yet'}
        />
        <div className="min-w-0 text-sm">
          <div className="text-xs text-ink-muted">Last replay</div>
          {lastReplay ? (
            <Link to={`/replays/${lastReplay.id}`} className="text-link">
              {lastReplay.status === 'finished' ? null : `${lastReplay.status}, `}
              <RelativeTime at={lastReplay.finishedAt ?? lastReplay.createdAt} />
            </Link>
          ) : (
            <span className="text-ink-muted">none</span>
          )}
          {accuracy?.rehearsal && (
            <div className="mt-1">
              <RehearsalBadge />
            </div>
          )}
        </div>
      </div>
      {latestComparison && (
        <p className="flex items-start gap-2 rounded-b-lg border-t bg-sunken px-4 py-2.5">
          <VerdictGlyph verdict={latestComparison.verdict} />
          <Link
            to={`/compare/${latestComparison.baselineReplayId}/${latestComparison.candidateReplayId}`}
            className="text-link font-medium"
          >
            {latestComparison.sentence}
          </Link>
        </p>
      )}
    </Panel>
  )
}

/** Decoration beside a sentence that says it in words. */
function VerdictGlyph({ verdict }: { verdict: string }) {
  const looks: Record<string, [glyph: string, ink: string]> = {
    better: ['▲', 'text-fixed-ink'],
    worse: ['▼', 'text-regressed-ink'],
    'not-worse': ['≈', 'text-ink-muted'],
  }
  const [glyph, ink] = looks[verdict] ?? ['◇', 'text-unscored-ink']
  return (
    <span aria-hidden className={ink}>
      {glyph}
    </span>
  )
}
