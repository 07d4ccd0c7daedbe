import { Form, Link, useFetcher, useNavigate, useNavigation, useRevalidator } from '@remix-run/react'
import { Download, FlaskConical, GitCompareArrows, MessagesSquare, Play, Square } from 'lucide-react'
import { SealedNotice } from '~/components/case/sealed-notice'
import { useEffect, useRef, useState } from 'react'
import { countDone, formatCached, formatCalls, isUnderWay } from '~/components/replay-live/live-state'
import { useLiveReplay } from '~/components/replay-live/use-live-replay'
import { outcomeWords, RehearsalBadge, versionName } from '~/components/ui/badge'
import { Button, ButtonLink } from '~/components/ui/button'
import { ProgressBar } from '~/components/ui/figure'
import { formatCount, formatCost, formatDuration, formatPercent, formatRate, shortHash } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { Menu } from '~/components/ui/menu'
import { ErrorNotice, Notice, readErrorBody, RehearsalNotice } from '~/components/ui/notices'
import { useMessenger } from '~/components/ui/toast'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { RelativeTime } from '~/components/ui/time'
import { defaultProbeLimit } from '~/domain/probes/transforms'
import { unscoredReasons, type Outcome } from '~/domain/verdict/verdict'
import { ReplayFigures } from './replay-figures'
import { canCancel, canResume, StatusBadge, statusAdvice } from './status'
import { TrialTable } from './trial-table'
import type { ReplayDetailView } from './types'

/** One replay: how it went or goes, its figures, and every trial. */
export function ReplayPage({ view }: { view: ReplayDetailView }) {
  const { replay, policy } = view
  const name = replay.versionNumber === null ? `Draft ${shortHash(replay.promptHash)}` : versionName(replay.versionNumber)
  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
          { label: 'Replays', to: `/replays?policy=${encodeURIComponent(policy.slug)}` },
        ]}
        title={
          <>
            {name} over{' '}
            <Link
              className="text-link"
              to={`/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(replay.goldenSet)}?revision=${replay.goldenRevision}`}
            >
              {replay.goldenSet}@{replay.goldenRevision}
            </Link>
          </>
        }
        description={
          <span className="flex flex-wrap items-center gap-x-2">
            <StatusBadge status={replay.status} />
            {replay.modelName}
            {replay.rehearsal && <RehearsalBadge />}
            <span>
              by {replay.author}, <RelativeTime at={replay.createdAt} />
            </span>
          </span>
        }
        actions={
          <>
            <CompareMenu view={view} />
            <ContextButton view={view} />
            <ProbeButton view={view} />
            <Menu
              items={[
                { kind: 'file', label: 'Trials as JSON Lines', href: `/replays/${replay.id}/export?format=jsonl` },
                { kind: 'file', label: 'Trials as CSV', href: `/replays/${replay.id}/export?format=csv` },
              ]}
            >
              <Button icon={Download}>Export</Button>
            </Menu>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        {replay.rehearsal && <RehearsalNotice />}
        {replay.status !== 'finished' && <UnderWay view={view} />}
        {view.warnings.length > 0 && (
          <Notice tone="gold">
            <ul aria-label="Warnings of this replay">
              {view.warnings.map((warning) => (
                <li key={warning}>
                  <InertText text={warning} />
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <ReplayFigures view={view} />
        <SealedNotice slug={policy.slug} goldenSet={replay.goldenSet} />
        <TrialTable view={view} />
      </div>
    </Page>
  )
}

/** Probes some of its cases, with its prompt and model; the page of the run follows. */
function ProbeButton({ view: { replay, policy } }: { view: ReplayDetailView }) {
  const { state } = useNavigation()
  if (replay.status !== 'finished') return null
  return (
    <Form method="post" action={`/policies/${encodeURIComponent(policy.slug)}/probes`}>
      <input type="hidden" name="intent" value="replay" />
      <input type="hidden" name="replayId" value={replay.id} />
      <input type="hidden" name="limit" value={defaultProbeLimit} />
      <Button
        type="submit"
        icon={FlaskConical}
        pending={state === 'submitting'}
        title={`Disguises up to ${defaultProbeLimit} cases and wraps them in injections: do the verdicts hold?`}
      >
        Probe
      </Button>
    </Form>
  )
}

/** Replays the same with the context where it was without, or the other way round, and compares the two. */
function ContextButton({ view: { replay } }: { view: ReplayDetailView }) {
  const asked = useFetcher<{ to?: string }>()
  const { toast } = useMessenger()
  const answer = asked.data
  useEffect(() => {
    if (!answer) return
    const problem = readErrorBody(answer)
    if (problem) toast(problem.message, 'danger')
    // As a new page: the server decides whether the comparison is ready or the replay is shown first.
    else if (answer.to) window.location.assign(answer.to)
  }, [answer, toast])
  if (replay.status !== 'finished') return null
  return (
    <asked.Form method="post" action={`/replays/${replay.id}/context`}>
      <Button
        type="submit"
        icon={MessagesSquare}
        pending={asked.state !== 'idle'}
        title="Replays the same, with the context where this was without, or the other way round, and compares the two"
      >
        With and without context
      </Button>
    </asked.Form>
  )
}

function CompareMenu({ view }: { view: ReplayDetailView }) {
  const navigate = useNavigate()
  if (view.replay.status !== 'finished' || view.comparable.length === 0) return null
  return (
    <Menu
      items={view.comparable.map((other) => ({
        label: (
          <span className="flex grow items-baseline gap-2">
            {other.versionNumber === null ? `draft ${shortHash(other.promptHash)}` : versionName(other.versionNumber)}
            <span className="text-xs text-ink-faint">
              {formatPercent(other.accuracy)}, <RelativeTime at={other.createdAt} />
            </span>
          </span>
        ),
        onSelect: () => navigate(`/compare/${other.id}/${view.replay.id}`),
      }))}
    >
      <Button variant="primary" icon={GitCompareArrows}>
        Compare with …
      </Button>
    </Menu>
  )
}

function UnscoredSoFar({ outcomes }: { outcomes: Record<Outcome, number> }) {
  const reasons = unscoredReasons.filter((reason) => outcomes[reason] > 0)
  if (reasons.length === 0) return null
  return (
    <span className="text-sm text-ink-muted">
      unscored: {reasons.map((reason) => `${formatCount(outcomes[reason])} ${outcomeWords[reason]}`).join(', ')}
    </span>
  )
}

/** Progress, rate, time left and cost of a replay that has not finished, live; what stopped it, and how to go on. */
function UnderWay({ view }: { view: ReplayDetailView }) {
  const { replay } = view
  const [attempt, setAttempt] = useState(0)
  const live = useLiveReplay(replay.id, null, attempt, replay)
  const { revalidate } = useRevalidator()
  const cancel = useFetcher()
  const resume = useFetcher()
  const status = live.replay?.status ?? replay.status
  const reason = live.paused?.reason ?? live.replay?.statusReason ?? replay.statusReason
  const counted = countDone(live)
  const done = Math.max(counted.done, replay.done)
  const total = counted.total || replay.total
  const ended = live.end !== null

  const resumed = resume.data
  const lastResume = useRef<unknown>(undefined)
  useEffect(() => {
    if (resumed === undefined || resumed === lastResume.current) return
    lastResume.current = resumed
    setAttempt((count) => count + 1)
  }, [resumed])
  useEffect(() => {
    if (ended) revalidate()
  }, [ended, revalidate])

  const problem = readErrorBody(cancel.data) ?? readErrorBody(resume.data)
  return (
    <Panel>
      <div className="flex flex-col gap-2" aria-live="polite">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <StatusBadge status={status} />
          <span className="font-medium">
            {formatCount(done)} of {formatCount(total)}
          </span>
          <span className="text-sm text-ink-muted">{formatPercent(total > 0 ? done / total : null, 0)}</span>
          {isUnderWay(live) && (
            <>
              <span className="text-sm text-ink-muted">
                {live.ratePerSecond === null ? 'measuring the rate' : formatRate(live.ratePerSecond)}
              </span>
              <span className="text-sm text-ink-muted">
                {live.etaMs === null ? 'time left unknown' : `${formatDuration(live.etaMs)} left`}
              </span>
            </>
          )}
          {live.calls && <span className="text-sm text-ink-muted">{formatCalls(live.calls)}</span>}
          {live.progress && live.progress.cached > 0 && (
            <span className="text-sm text-ink-muted">{formatCached(live.progress)} from the cache</span>
          )}
          {live.progress && <UnscoredSoFar outcomes={live.progress.outcomes} />}
          {live.progress && live.progress.costUsd !== null && (
            <span className="text-sm text-ink-muted">{formatCost(live.progress.costUsd)} so far</span>
          )}
          <span className="ml-auto flex gap-2">
            {canResume(status) && (
              <resume.Form method="post" action={`/replays/${replay.id}/resume`}>
                <Button type="submit" variant="primary" icon={Play} pending={resume.state !== 'idle'}>
                  Resume
                </Button>
              </resume.Form>
            )}
            {canCancel(status) && (
              <cancel.Form method="post" action={`/replays/${replay.id}/cancel`}>
                <Button type="submit" icon={Square} pending={cancel.state !== 'idle'}>
                  Cancel
                </Button>
              </cancel.Form>
            )}
          </span>
        </div>
        <ProgressBar label="Progress of the replay" value={done} max={total} tone={status === 'running' ? 'gold' : 'unscored'} />
        {status === 'failed' && reason ? (
          <ErrorNotice title={reason} advice={statusAdvice.failed} />
        ) : (
          <p className="text-sm text-ink-muted">
            {reason && <span className="font-medium text-ink">{reason} </span>}
            {statusAdvice[status]}
          </p>
        )}
        {live.connection === 'lost' && (
          <p className="text-sm text-ink-muted">The connection to the server was lost; asking again. The replay does not depend on it.</p>
        )}
        {live.warnings.map((warning) => (
          <Notice key={warning}>{warning}</Notice>
        ))}
        {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
        {status === 'finished' && (
          <ButtonLink size="sm" to={`/replays/${replay.id}`}>
            Show the result
          </ButtonLink>
        )}
      </div>
    </Panel>
  )
}
