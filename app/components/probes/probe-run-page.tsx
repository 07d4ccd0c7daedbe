import { useFetcher } from '@remix-run/react'
import { Download, Play, Square } from 'lucide-react'
import { canCancel, canResume, StatusBadge, statusAdvice } from '~/components/replays/status'
import { Button, ButtonLink } from '~/components/ui/button'
import { ProgressBar } from '~/components/ui/figure'
import { formatCost, formatCount, formatDuration, formatPercent, formatQuantity, formatRate } from '~/components/ui/format'
import { ErrorNotice, readErrorBody, RehearsalNotice } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { useLookAgain } from '~/components/ui/use-look-again'
import type { ProbeRunRecord } from '~/domain/probes/probe-records'
import { ProbeCases } from './probe-cases'
import { SliceTable, TransformTable } from './robustness-tables'
import { describeParents, nameOfVersion } from './run-words'
import { ShareFigure } from './share-view'
import type { ProbeRunView } from './types'

/** Larger runs are looked at less often: their figures take the server longer. */
const lookAgainMs = ({ total }: ProbeRunRecord) => Math.max(1000, total / 10)

/** How the verdicts of one prompt version hold: figures, transforms, rules, and every probe beside its case. */
export function ProbeRunPage({ view }: { view: ProbeRunView }) {
  const { policy, report } = view
  const { robustness, progress } = report
  useLookAgain(canCancel(report.status), lookAgainMs(report))
  const slug = encodeURIComponent(policy.slug)
  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${slug}` },
          { label: 'Probes', to: `/policies/${slug}/probes` },
        ]}
        title={`Robustness of ${nameOfVersion(report)}`}
        description={`${describeParents(report)}; ${formatQuantity(report.total, 'text')} asked of ${report.modelName}. Probes are no part of the golden set.`}
        actions={
          <>
            {report.baseReplayId && <ButtonLink to={`/replays/${report.baseReplayId}`}>The replay</ButtonLink>}
            <ButtonLink icon={Download} to={`/probes/${report.id}/export`} reloadDocument>
              Export
            </ButtonLink>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        {report.rehearsal && <RehearsalNotice />}
        {report.status !== 'finished' && <UnderWay report={report} />}
        <Panel>
          <div className="grid grid-cols-4 gap-x-6 gap-y-4 max-lg:grid-cols-2">
            <ShareFigure
              label="Disguised texts that moved"
              share={robustness.moved}
              counted={{ kind: 'variant', result: 'moved' }}
              all={{ kind: 'variant', result: 'judged' }}
            />
            <ShareFigure
              label="Injections that succeeded"
              share={robustness.attackSuccess}
              counted={{ kind: 'attack', result: 'attackSuccess' }}
              all={{ kind: 'attack', result: 'tried' }}
            />
            <ShareFigure
              label="Look-alikes flagged"
              share={robustness.falseAlarms}
              counted={{ kind: 'lookAlike', result: 'falseAlarms' }}
              all={{ kind: 'lookAlike', result: 'tried' }}
            />
            <ShareFigure
              label="Moved without any change"
              share={robustness.repeat}
              counted={{ kind: 'repeat', result: 'moved' }}
              all={{ kind: 'repeat', result: 'judged' }}
            />
          </div>
          <p className="mt-3 text-sm text-ink-muted">
            Held against the verdicts on the unchanged texts, right or wrong. {formatQuantity(progress.calls, 'call')},{' '}
            {formatQuantity(progress.cached, 'answer')} known before, {formatCost(report.rehearsal ? 0 : progress.costUsd)},{' '}
            {formatDuration(report.durationMs)}.
          </p>
        </Panel>
        <TransformTable robustness={robustness} notAsked={report.notAsked} />
        <SliceTable slices={robustness.slices} />
        <ProbeCases view={view} />
      </div>
    </Page>
  )
}

function UnderWay({ report }: { report: ProbeRunRecord }) {
  const fetcher = useFetcher()
  const { status, done, total, statusReason, durationMs } = report
  const perSecond = durationMs > 0 ? (done / durationMs) * 1000 : null
  const problem = readErrorBody(fetcher.data)
  const send = (intent: string) => fetcher.submit({ intent }, { method: 'post' })
  return (
    <Panel>
      <div className="flex flex-col gap-2" aria-live="polite">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <StatusBadge status={status} />
          <span className="font-medium">
            {formatCount(done)} of {formatCount(total)}
          </span>
          <span className="text-sm text-ink-muted">{formatPercent(total > 0 ? done / total : null, 0)}</span>
          {status === 'running' && perSecond !== null && perSecond > 0 && (
            <span className="text-sm text-ink-muted">
              {formatRate(perSecond)}, {formatDuration(((total - done) / perSecond) * 1000)} left
            </span>
          )}
          <span className="ml-auto flex gap-2">
            {canResume(status) && (
              <Button variant="primary" icon={Play} pending={fetcher.state !== 'idle'} onClick={() => send('resume')}>
                Resume
              </Button>
            )}
            {canCancel(status) && (
              <Button icon={Square} pending={fetcher.state !== 'idle'} onClick={() => send('cancel')}>
                Cancel
              </Button>
            )}
          </span>
        </div>
        <ProgressBar label="Progress of the probes" value={done} max={total} tone={status === 'running' ? 'gold' : 'unscored'} />
        {status === 'failed' && statusReason ? (
          <ErrorNotice title={statusReason} advice={statusAdvice.failed} />
        ) : (
          <p className="text-sm text-ink-muted">
            {statusReason && <span className="font-medium text-ink">{statusReason} </span>}
            {statusAdvice[status]}
          </p>
        )}
        {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      </div>
    </Panel>
  )
}
