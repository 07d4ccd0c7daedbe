import { Link, useNavigate, useSearchParams } from '@remix-run/react'
import { SealedNotice } from '~/components/case/sealed-notice'
import { ArrowLeftRight, Download, Rows3, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { chooseReplays } from '~/components/replays/replay-order'
import { Button, ButtonLink } from '~/components/ui/button'
import { formatCount } from '~/components/ui/format'
import { Menu, Tabs } from '~/components/ui/menu'
import { Page, PageHeader } from '~/components/ui/panel'
import { RelativeTime } from '~/components/ui/time'
import { versionName } from '~/components/ui/badge'
import { ConfusionTable } from './confusion-table'
import { subtractCells, toMatrix } from './confusion-model'
import { EvidencePanel } from './evidence-panel'
import { FiguresTable, UnscoredTable } from './figures-table'
import { leakedParameter } from './flip-filter-url'
import { RevisionsPanel } from './revisions-panel'
import { FlipExplorer } from './flip-explorer'
import { KeyFigures } from './key-figures'
import { flipsSearch, readView, viewSearch, type ComparisonViewId } from './links'
import { MarginSelect } from './margin-select'
import { PromptsView } from './prompts-view'
import { RulesTable } from './rules-table'
import { SlicesView } from './slices-view'
import type { ComparisonView, SideView } from './types'
import { VerdictSummary, Warnings } from './verdict-summary'

/** The instrument that a lead decides on: the verdict on top, then flips, slices, figures and the two texts. */
export function ComparisonPage({
  view,
  baselineReference,
  candidateReference,
}: {
  view: ComparisonView
  baselineReference: string
  candidateReference: string
}) {
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const { policy, baseline, candidate, comparison } = view
  const base = `/compare/${encodeURIComponent(baselineReference)}/${encodeURIComponent(candidateReference)}`
  const swapped = `/compare/${encodeURIComponent(candidateReference)}/${encodeURIComponent(baselineReference)}`
  const current = readView(params)
  const changed = comparison.flips.regressed + comparison.flips.fixed
  const leaked = comparison.leaked?.counted ? `&${leakedParameter}=counted` : ''
  const reportHref = (format: string) => `${base}/export?format=${format}&report=1${leaked}`
  const tableHref = (table: string) => `${base}/export?table=${table}&format=csv${leaked}`
  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[{ label: 'Policies', to: '/' }, { label: policy.name, to: `/policies/${policy.slug}` }, { label: 'Comparison' }]}
        title={
          <>
            {sideTitle(candidate)} against {sideTitle(baseline)}
          </>
        }
        description={
          <span className="flex flex-wrap gap-x-6">
            <SideFacts name="Baseline" side={baseline} slug={policy.slug} />
            <SideFacts name="Candidate" side={candidate} slug={policy.slug} />
          </span>
        }
        actions={
          <>
            <MarginSelect margin={comparison.margin} />
            <ButtonLink
              icon={ShieldCheck}
              to={`/policies/${policy.slug}/gate?baseline=${baseline.replayId}&candidate=${candidate.replayId}`}
            >
              Gate
            </ButtonLink>
            <ButtonLink icon={Rows3} to={chooseReplays(policy.slug, [baseline.replayId, candidate.replayId])}>
              Add a version
            </ButtonLink>
            <ButtonLink icon={ArrowLeftRight} to={swapped}>
              Swap sides
            </ButtonLink>
            <Menu
              items={[
                { kind: 'file', label: 'Report (HTML, one file)', href: reportHref('html') },
                { kind: 'file', label: 'Summary (Markdown)', href: reportHref('markdown') },
                { kind: 'file', label: 'JUnit XML', href: reportHref('junit') },
                { kind: 'file', label: 'Everything (touchstone.comparison/1)', href: reportHref('json') },
                { kind: 'separator' },
                { kind: 'file', label: 'Slices as CSV', href: tableHref('slices') },
                { kind: 'file', label: 'Figures as CSV', href: tableHref('figures') },
                { kind: 'file', label: 'Confusion matrix as CSV', href: tableHref('confusion') },
                { kind: 'file', label: 'Rules as CSV', href: tableHref('rules') },
              ]}
            >
              <Button icon={Download}>Report</Button>
            </Menu>
          </>
        }
      />
      <div className="flex flex-col gap-3">
        <VerdictSummary view={view} />
        <Warnings warnings={comparison.warnings} />
        <KeyFigures view={view} />
        <RevisionsPanel view={view} />
        <div id="flips" className="scroll-mt-14">
          <Tabs
            label="Views of the comparison"
            value={current}
            onChange={(id) => navigate({ search: viewSearch(params, id as ComparisonViewId) }, { preventScrollReset: true })}
            items={[
              {
                id: 'flips',
                label: `Flips (${formatCount(changed)})`,
                content: (
                  <Tab>
                    <SealedNotice slug={view.policy.slug} goldenSet={view.candidate.goldenSet} className="mb-2" />
                    <FlipExplorer key={base} view={view} base={base} />
                  </Tab>
                ),
              },
              {
                id: 'slices',
                label: 'Slices',
                content: (
                  <Tab>
                    <SlicesView view={view} />
                  </Tab>
                ),
              },
              {
                id: 'figures',
                label: 'Figures and confusion',
                content: (
                  <Tab>
                    <FiguresView view={view} />
                  </Tab>
                ),
              },
              {
                id: 'prompts',
                label: 'Prompt diff',
                content: (
                  <Tab>
                    <PromptsView view={view} base={base} />
                  </Tab>
                ),
              },
            ]}
          />
        </div>
      </div>
    </Page>
  )
}

function FiguresView({ view }: { view: ComparisonView }) {
  const [params] = useSearchParams()
  const { baseline, candidate } = view.comparison
  const order = view.policy.labels.map((label) => label.id)
  const before = toMatrix(baseline.confusion, order)
  const after = toMatrix(candidate.confusion, order)
  const both = toMatrix([...baseline.confusion, ...candidate.confusion], order)
  const labels = { rows: both.rows, columns: both.columns }
  return (
    <div className="flex flex-col gap-4">
      {labels.rows.length > 0 && (
        <div className="flex flex-wrap gap-4">
          <ConfusionTable
            title={view.baseline.name}
            matrix={before}
            labels={labels}
            linkTo={(expected, predicted) => ({
              search: flipsSearch(params, { expectedLabel: expected, baselineLabel: predicted }),
              hash: '#flips',
            })}
          />
          <ConfusionTable
            title={view.candidate.name}
            matrix={after}
            labels={labels}
            linkTo={(expected, predicted) => ({
              search: flipsSearch(params, { expectedLabel: expected, candidateLabel: predicted }),
              hash: '#flips',
            })}
          />
          <ConfusionTable
            title={`Difference, ${view.candidate.name} − ${view.baseline.name}`}
            matrix={toMatrix(subtractCells(candidate.confusion, baseline.confusion), order)}
            labels={labels}
            difference
            linkTo={(expected, predicted) => ({
              search: flipsSearch(params, {
                flip: ['regressed', 'fixed', 'stillWrong'],
                expectedLabel: expected,
                candidateLabel: predicted,
              }),
              hash: '#flips',
            })}
          />
        </div>
      )}
      {baseline.n !== candidate.n && (
        <p className="text-sm text-ink-muted">
          Counts are of each side’s scored cases, {formatCount(baseline.n)} and {formatCount(candidate.n)}: a part of the difference is
          cases without a score on one side.
        </p>
      )}
      <EvidencePanel view={view} />
      <div className="grid grid-cols-[3fr_2fr] items-start gap-4 max-lg:grid-cols-1">
        <FiguresTable view={view} />
        <UnscoredTable view={view} />
      </div>
      <RulesTable view={view} />
    </div>
  )
}

const Tab = ({ children }: { children: ReactNode }) => <div className="pt-3">{children}</div>

function sideTitle(side: SideView): string {
  return side.versionNumber === null ? 'a draft' : versionName(side.versionNumber)
}

function SideFacts({ name, side, slug }: { name: string; side: SideView; slug: string }) {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-2 text-sm">
      <span className="font-medium text-ink">
        {name}:{' '}
        <Link className="text-link inline-block py-0.5" to={`/replays/${side.replayId}`}>
          {side.name}
        </Link>
      </span>
      <span>{side.modelName}</span>
      <span>
        <Link
          className="text-link inline-block py-0.5"
          to={`/policies/${slug}/golden/${encodeURIComponent(side.goldenSet)}?revision=${side.goldenRevision}`}
        >
          {side.goldenSet}@{side.goldenRevision}
        </Link>
      </span>
      {side.epochs > 1 && <span>{side.epochs} epochs</span>}
      <RelativeTime at={side.createdAt} />
    </span>
  )
}
