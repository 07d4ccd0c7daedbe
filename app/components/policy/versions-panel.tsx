import { Link } from '@remix-run/react'
import { Copy, EllipsisVertical, FileDiff, FileText, GitCompareArrows, Tag } from 'lucide-react'
import { memo } from 'react'
import { Badge } from '../ui/badge'
import { ButtonLink, IconButton } from '../ui/button'
import { classNames } from '../ui/class-names'
import { formatPercent, formatQuantity } from '../ui/format'
import { Menu, type MenuItem } from '../ui/menu'
import { EmptyState } from '../ui/notices'
import { Panel } from '../ui/panel'
import { useRowNavigation } from '../ui/table'
import { RelativeTime } from '../ui/time'
import { useToggled } from '../ui/use-toggled'
import { shippedLabels, type VersionItem, type VersionLabel } from './policy-view'

export type VersionActions = {
  onDiff: (number: number) => void
  onCopy: (number: number) => void
  onMoveLabel: (label: VersionLabel, number: number) => void
}

/** The versions of the prompt, newest first, with what they are worth and where they are used. */
export const VersionsPanel = memo(function VersionsPanel({
  versions,
  openNumber,
  openAddress,
  actions,
}: {
  versions: VersionItem[]
  openNumber: number | null
  openAddress: (number: number) => string
  actions: VersionActions
}) {
  const onKeyDown = useRowNavigation()
  const [ticked, toggleTicked] = useToggled<number>()
  const production = versions.find((version) => version.labels.includes('production'))
  const newestFirst = [...versions].sort((a, b) => b.number - a.number)
  return (
    <Panel
      title="Versions"
      flush
      className="min-h-0 xl:overflow-hidden"
      actions={<VersionsAction versions={versions.filter(({ number }) => ticked.has(number))} total={versions.length} />}
    >
      {versions.length === 0 && (
        <EmptyState title="No version yet">
          Write the draft, then make a version of it. A version never changes; replays and labels point at it.
        </EmptyState>
      )}
      <ol className="divide-y xl:h-full xl:overflow-y-auto" onKeyDown={onKeyDown}>
        {newestFirst.map((version) => (
          <li key={version.id} className={classNames('flex', version.number === openNumber ? 'bg-selected' : 'hover:bg-hover')}>
            <label className="grid w-8 shrink-0 place-items-center self-start pt-2.5 pl-1">
              <input
                type="checkbox"
                aria-label={`Choose v${version.number} to compare`}
                title={version.accuracy ? 'Choose it to compare' : 'It is not replayed yet'}
                disabled={!version.accuracy}
                checked={ticked.has(version.number)}
                onChange={() => toggleTicked(version.number)}
                className="size-4 accent-(--stone-gold) disabled:opacity-40"
              />
            </label>
            <div className="relative min-w-0 grow py-2 pr-1 pl-1">
              <div className="flex items-center gap-1.5">
                <Link
                  data-row
                  to={openAddress(version.number)}
                  preventScrollReset
                  aria-current={version.number === openNumber ? 'true' : undefined}
                  className="rounded-sm text-sm font-semibold before:absolute before:inset-0 before:content-['']"
                >
                  v{version.number}
                </Link>
                {version.labels.map((label) => (
                  <Badge key={label} tone={label === 'production' ? 'gold' : 'neutral'}>
                    {label}
                  </Badge>
                ))}
                <span className="ml-auto flex items-center text-sm">
                  {version.accuracy ? (
                    <Link
                      to={`/replays/${version.accuracy.replayId}`}
                      className="text-link relative rounded-sm"
                      title={`Right on ${formatQuantity(version.accuracy.n, 'scored case')}${version.accuracy.rehearsal ? ', by rehearsal' : ''}`}
                    >
                      {formatPercent(version.accuracy.value)}
                    </Link>
                  ) : (
                    <span className="text-xs text-ink-faint">not replayed</span>
                  )}
                  <span className="relative">
                    <Menu items={menuFor(version, production ?? null, actions)}>
                      <IconButton label={`Actions for v${version.number}`} icon={EllipsisVertical} className="h-7! w-7!" />
                    </Menu>
                  </span>
                </span>
              </div>
              <p className="line-clamp-2 pr-2 text-sm break-words">{version.message}</p>
              <p className="truncate pr-2 text-xs text-ink-muted">
                {version.author}, <RelativeTime at={version.createdAt} />
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  )
})

/** How many versions there are, and where those that are ticked are compared. */
function VersionsAction({ versions, total }: { versions: VersionItem[]; total: number }) {
  const replays = versions.toSorted((a, b) => a.number - b.number).flatMap(({ accuracy }) => accuracy?.replayId ?? [])
  if (replays.length === 0) return <span className="text-xs text-ink-muted">{formatQuantity(total, 'version')}</span>
  if (replays.length === 1) return <span className="text-xs text-ink-muted">Choose another to compare</span>
  return (
    <ButtonLink
      size="sm"
      variant="primary"
      icon={GitCompareArrows}
      to={replays.length === 2 ? `/compare/${replays.join('/')}` : `/compare-many?replays=${replays.join(',')}`}
    >
      Compare {replays.length}
    </ButtonLink>
  )
}

function menuFor(version: VersionItem, production: VersionItem | null, actions: VersionActions): MenuItem[] {
  const comparable = production?.accuracy && version.accuracy && production.number !== version.number
  return [
    { label: 'Compare its text with the draft', icon: FileDiff, onSelect: () => actions.onDiff(version.number) },
    { label: 'Copy its text into the draft', icon: Copy, onSelect: () => actions.onCopy(version.number) },
    ...(version.accuracy
      ? [{ kind: 'link' as const, label: 'Open its replay', icon: FileText, href: `/replays/${version.accuracy.replayId}` }]
      : []),
    ...(comparable
      ? [
          {
            kind: 'link' as const,
            label: `Compare with production (v${production.number})`,
            icon: GitCompareArrows,
            href: `/compare/${production.accuracy?.replayId}/${version.accuracy?.replayId}`,
          },
        ]
      : []),
    { kind: 'separator' as const },
    ...shippedLabels.map((label) => ({
      label: `Make it ${label}…`,
      icon: Tag,
      disabled: version.labels.includes(label),
      onSelect: () => actions.onMoveLabel(label, version.number),
    })),
  ]
}
