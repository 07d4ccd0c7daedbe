import { Link } from '@remix-run/react'
import { Badge } from '~/components/ui/badge'
import { formatCount, shortHash } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { Sheet } from '~/components/ui/overlay'
import { RelativeTime } from '~/components/ui/time'
import { describeCounts } from './revisions-page'
import type { GoldenRevision } from '~/domain/golden-set/case-records'

/** All revisions, newest first: who, when, why, what changed; each can be opened. */
export function RevisionSheet({
  open,
  onOpenChange,
  revisions,
  shown,
  hrefOf,
  base,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  revisions: GoldenRevision[]
  shown: number
  hrefOf: (revision: number) => string
  /** The golden set's page. */
  base: string
}) {
  const newestFirst = [...revisions].sort((a, b) => b.number - a.number)
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="Revisions"
      description="Every change made one. A replay pins the revision that it was made on."
    >
      <Link className="text-link mb-2 inline-block text-sm" to={`${base}/revisions`}>
        Compare two revisions
      </Link>
      <ol className="flex flex-col divide-y">
        {newestFirst.map((revision, index) => (
          <li key={revision.number} className="py-3 first:pt-0">
            <div className="flex flex-wrap items-baseline gap-x-2 text-sm">
              <Link to={hrefOf(revision.number)} onClick={() => onOpenChange(false)} className="text-link font-semibold">
                Revision {revision.number}
              </Link>
              {index === 0 && <Badge>newest</Badge>}
              {revision.number === shown && <Badge tone="gold">shown</Badge>}
              <span className="text-ink-muted">{revision.author}</span>
              <span className="ml-auto text-xs text-ink-faint">
                <RelativeTime at={revision.createdAt} />
              </span>
            </div>
            {revision.message && <InertText text={revision.message} className="text-sm" />}
            <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-ink-muted">
              <span>{formatCount(revision.caseCount)} cases</span>
              <span>{describeCounts(revision)}</span>
              {revision.number > 1 && (
                <Link
                  className="text-link"
                  onClick={() => onOpenChange(false)}
                  to={`${base}/revisions?from=${revision.number - 1}&to=${revision.number}`}
                >
                  What it did
                </Link>
              )}
              <span className="font-mono text-ink-faint">{shortHash(revision.contentHash)}</span>
            </p>
          </li>
        ))}
      </ol>
    </Sheet>
  )
}
