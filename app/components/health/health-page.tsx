import { useFetcher } from '@remix-run/react'
import { Gavel } from 'lucide-react'
import { RehearsalBadge } from '~/components/ui/badge'
import { ButtonLink } from '~/components/ui/button'
import { ProgressBar } from '~/components/ui/figure'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { Notice } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { RelativeTime } from '~/components/ui/time'
import { useLookAgain } from '~/components/ui/use-look-again'
import type { HealthProgress } from '~/domain/golden-set/health'
import { AgreementPanel } from './agreement-panel'
import { BalancePanel } from './balance-panel'
import { FindingList } from './finding-list'
import { stageWords } from './findings'
import { SplitsPanel, type DivideAnswer } from './splits-panel'
import type { HealthView } from './types'

const pollMs = 700

/** What can be said of a golden set's quality, each finding with its cases. */
export function HealthPage({ view, answer }: { view: HealthView; answer: DivideAnswer | undefined }) {
  // A fetcher of the page keeps its answer while the new revision is examined; looking again clears what a form was answered.
  const divide = useFetcher<DivideAnswer>()
  const { policy, goldenSet, revision, state } = view
  const base = `/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(goldenSet.name)}`
  const old = revision !== goldenSet.head
  const place = { slug: policy.slug, goldenSet: goldenSet.name }
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
          { label: goldenSet.name, to: base },
        ]}
        title="Health"
        description={
          state.status === 'ready' ? (
            <>
              Revision {revision}, {formatQuantity(state.report.caseCount, 'case')}, examined <RelativeTime at={state.createdAt} />
              {state.report.votes.rehearsal && (
                <>
                  {' '}
                  <RehearsalBadge />
                </>
              )}
            </>
          ) : (
            `Revision ${revision}`
          )
        }
        actions={
          <ButtonLink icon={Gavel} to={`${base}/labels`}>
            Adjudicate
          </ButtonLink>
        }
      />
      {old && (
        <Notice tone="gold" className="mb-3">
          This is revision {revision}; the newest is {goldenSet.head}. Cases are shown as they are now.
        </Notice>
      )}
      {state.status === 'examining' ? (
        <Examining progress={state.progress} />
      ) : (
        <div className="flex flex-col gap-4">
          <FindingList report={state.report} base={base} open={state.open} revisionQuery={old ? `?revision=${revision}` : ''} />
          {state.report.tooShortToSearch > 0 && (
            <p className="text-sm text-ink-muted">
              {formatQuantity(state.report.tooShortToSearch, 'case is', 'cases are')} too short to tell a quotation in a prompt from a
              common phrase.
            </p>
          )}
          <AgreementPanel agreement={state.report.agreement} versions={view.versions} place={place} />
          <BalancePanel balance={state.report.balance} place={place} />
          {!old && <SplitsPanel base={base} holdout={view.holdout} divide={divide} answer={divide.data ?? answer} />}
        </div>
      )}
    </Page>
  )
}

function Examining({ progress }: { progress: HealthProgress }) {
  useLookAgain(true, pollMs)
  return (
    <Panel title="Under examination">
      <output className="mb-2 block">{stageWords[progress.stage]}…</output>
      <ProgressBar label={stageWords[progress.stage]} value={progress.done} max={progress.total} />
      <p className="mt-2 text-sm text-ink-muted">
        {progress.total > 0 ? `${formatCount(progress.done)} of ${formatCount(progress.total)}. ` : ''}You can leave: it goes on, and the
        result is kept.
      </p>
    </Panel>
  )
}
