import { Link } from '@remix-run/react'
import { Download, ListChecks } from 'lucide-react'
import { chooseReplays } from '~/components/replays/replay-order'
import { trialsSearch } from '~/components/replays/trial-filter-url'
import { Badge, RehearsalBadge } from '~/components/ui/badge'
import { Button, ButtonLink } from '~/components/ui/button'
import { classNames } from '~/components/ui/class-names'
import { formatCost, formatCount, formatDuration, formatPercent, formatPercentInterval, notAvailable } from '~/components/ui/format'
import { Menu } from '~/components/ui/menu'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, RowHeader, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'
import type { ManyVersion } from '~/domain/comparison/compare-many'
import { describeCochranQ } from '~/domain/comparison/tabulate-many'
import { MarginSelect } from './margin-select'
import { PairMatrix } from './pair-matrix'
import type { CompareManyView, ManyVersionView } from './types'
import { Warnings } from './verdict-summary'

/** More than two versions or models at once: which is ahead, whether they differ at all, and each pair's verdict. */
export function CompareManyPage({ view }: { view: CompareManyView }) {
  const { policy, comparison, versions } = view
  const query = `replays=${comparison.versions.map(({ replay }) => replay).join(',')}&margin=${comparison.margin}`
  const file = (format: string) => `/compare-many/export?${query}&format=${format}`
  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[{ label: 'Policies', to: '/' }, { label: policy.name, to: `/policies/${policy.slug}` }, { label: 'Comparison' }]}
        title={`${comparison.versions.length} versions compared`}
        description="The same cases in every one; a pair of them is judged as two versions are."
        actions={
          <>
            <MarginSelect margin={comparison.margin} />
            <ButtonLink
              icon={ListChecks}
              to={chooseReplays(
                policy.slug,
                comparison.versions.map(({ replay }) => replay),
              )}
            >
              Choose others
            </ButtonLink>
            <Menu
              items={[
                { kind: 'file', label: 'Summary (Markdown)', href: file('markdown') },
                { kind: 'file', label: 'Pairs as CSV', href: file('csv') },
                { kind: 'file', label: 'Everything (touchstone.comparison-many/1)', href: file('json') },
              ]}
            >
              <Button icon={Download}>Report</Button>
            </Menu>
          </>
        }
      />
      <div className="flex flex-col gap-3">
        <section aria-label="Verdict" className="rounded-lg border border-l-8 border-l-gold bg-surface p-4">
          <p className="flex flex-wrap items-center gap-x-3 text-lg font-medium">
            {comparison.sentence}
            {versions.some(({ rehearsal }) => rehearsal) && <RehearsalBadge />}
          </p>
          <p className="mt-1 text-sm text-ink-muted">{describeCochranQ(comparison)}</p>
        </section>
        <Warnings warnings={comparison.warnings} />
        <VersionsTable view={view} />
        <PairMatrix comparison={comparison} />
      </div>
    </Page>
  )
}

const figureNames = [
  'Accuracy',
  'Under-enforcement',
  'Over-enforcement',
  'Precision',
  'Recall',
  'Macro-F1',
  'Wrong rule',
  'Unscored',
  'Latency, 95th',
  'Cost',
]

function VersionsTable({ view }: { view: CompareManyView }) {
  const { comparison, policy } = view
  const most = Math.max(...comparison.versions.map(({ correct }) => correct))
  const positive = policy.labels.find(({ kind }) => kind === 'violating')?.id
  const allowed = policy.labels.find(({ kind }) => kind === 'allowed')?.id
  return (
    <Panel
      title="Versions"
      flush
      footer={`Accuracy is over the ${formatCount(comparison.n)} cases that every version has with a score and the same expected verdict; all other figures are of each version’s own replay.`}
    >
      <Table label="Versions with their figures">
        <thead>
          <tr>
            <HeaderCell>Version</HeaderCell>
            {figureNames.map((name) => (
              <HeaderCell key={name} numeric className="align-bottom whitespace-normal!">
                {name}
              </HeaderCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {comparison.versions.map((version, index) => (
            <VersionRow
              key={version.replay}
              version={version}
              figures={view.versions[index]}
              ahead={comparison.n > 0 && version.correct === most}
              positive={positive}
              allowed={allowed}
            />
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

function VersionRow({
  version,
  figures,
  ahead,
  positive,
  allowed,
}: {
  version: ManyVersion
  figures: ManyVersionView | undefined
  ahead: boolean
  positive: string | undefined
  allowed: string | undefined
}) {
  const trials = (filter: Parameters<typeof trialsSearch>[0]) => `/replays/${version.replay}${trialsSearch(filter)}#trials`
  return (
    <Row data-row tabIndex={-1}>
      <RowHeader>
        <span className="flex flex-wrap items-center gap-x-2">
          <Link className="text-link rounded-sm" to={`/replays/${version.replay}`}>
            {version.name}
          </Link>
          {ahead && (
            <Badge tone="gold" title="Most of the shared cases right">
              ahead
            </Badge>
          )}
        </span>
        <span className="block text-xs font-normal text-ink-faint [overflow-wrap:anywhere]">
          {version.model}
          {figures && (
            <>
              , {figures.goldenSet}@{version.goldenRevision}
              {figures.epochs > 1 && `, ${figures.epochs} epochs`}, <RelativeTime at={figures.createdAt} />
            </>
          )}
        </span>
      </RowHeader>
      <Cell numeric>
        <Figure text={formatPercent(version.accuracy)} to={trials({ outcome: 'wrong' })} strong={ahead} />
        <div className="text-xs text-ink-faint">{formatPercentInterval(version.accuracyInterval)}</div>
      </Cell>
      <Cell numeric>
        <Figure text={formatPercent(figures?.underEnforcement)} to={trials({ expectedLabel: positive, label: allowed })} />
      </Cell>
      <Cell numeric>
        <Figure text={formatPercent(figures?.overEnforcement)} to={trials({ expectedLabel: allowed, label: positive })} />
      </Cell>
      <Cell numeric>
        <Figure text={formatPercent(figures?.precision)} to={trials({ label: positive })} />
      </Cell>
      <Cell numeric>
        <Figure text={formatPercent(figures?.recall)} to={trials({ expectedLabel: positive })} />
      </Cell>
      <Cell numeric>{formatPercent(figures?.macroF1)}</Cell>
      <Cell numeric>
        <Figure text={formatCount(figures?.wrongRule)} to={figures?.wrongRule ? trials({ ruleOutcome: 'wrong' }) : null} />
      </Cell>
      <Cell numeric>
        <Figure text={formatCount(version.unscored)} to={version.unscored > 0 ? `/replays/${version.replay}` : null} />
      </Cell>
      <Cell numeric>{formatDuration(figures?.latencyP95Ms)}</Cell>
      <Cell numeric>{formatCost(figures?.costUsd)}</Cell>
    </Row>
  )
}

/** A figure that leads to its cases, where there are any. */
function Figure({ text, to, strong = false }: { text: string; to: string | null; strong?: boolean }) {
  const className = strong ? 'font-semibold' : undefined
  if (to === null || text === notAvailable) return <span className={classNames(className, 'text-ink-muted')}>{text}</span>
  return (
    <Link className={classNames('text-link rounded-sm', className)} to={to}>
      {text}
    </Link>
  )
}
