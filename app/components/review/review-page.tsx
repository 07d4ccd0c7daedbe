import { useSearchParams } from '@remix-run/react'
import { SealedNotice } from '~/components/case/sealed-notice'
import { ChevronLeft, ChevronRight, ListChecks, Play } from 'lucide-react'
import { useEffect, useState } from 'react'
import { RehearsalBadge, versionName } from '~/components/ui/badge'
import { Button, ButtonLink, IconButton } from '~/components/ui/button'
import { ProgressBar } from '~/components/ui/figure'
import { Field, Select } from '~/components/ui/form'
import { formatCount, formatDateTime } from '~/components/ui/format'
import { EmptyState, ErrorNotice } from '~/components/ui/notices'
import { Page, PageHeader } from '~/components/ui/panel'
import { useListedShortcuts } from '~/components/ui/shortcuts'
import { usePagedRows } from '~/components/ui/use-paged-rows'
import { useCaseKeys } from '~/components/labels/use-case-keys'
import { reviewQueues, type Decision, type ReviewItem } from '~/domain/review/review'
import { ReviewCase } from './review-case'
import { reviewPageSize, reviewQueueWords, type ReplayChoice, type ReviewView } from './types'

const shortcuts = [
  { keys: ['c'], does: 'Confirm the verdict of the model' },
  { keys: ['o'], does: 'Overturn it' },
  { keys: ['j', 'k'], does: 'Next and previous case' },
  { keys: ['s'], does: 'Show or hide the content' },
  { keys: ['1', '…', '9'], does: 'Choose the right label, when overturning' },
  { keys: ['Ctrl', 'Enter'], does: 'Send what overturns it' },
]

const choiceText = (choice: ReplayChoice) =>
  `${versionName(choice.versionNumber)} · ${choice.modelName}${choice.finishedAt === null ? '' : ` · ${formatDateTime(choice.finishedAt)}`}`

/** What a model decided, one case at a time, to be confirmed or overturned by keyboard. */
export function ReviewPage({ view }: { view: ReviewView }) {
  const { policy, replay, baseline, queue } = view
  const [params, setParams] = useSearchParams()
  useListedShortcuts('Review', shortcuts)
  const change = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before)
      next.set(name, value)
      if (name === 'replay') next.delete('baseline')
      return next
    })
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
        ]}
        title="Review"
        description="Confirm what the model decided, or overturn it with the reason: that is how cases get better labels."
      />
      {!replay ? (
        <EmptyState
          icon={Play}
          title="Nothing to review yet"
          actions={
            <ButtonLink variant="primary" to={`/policies/${policy.slug}`}>
              Replay a version
            </ButtonLink>
          }
        >
          A finished replay gives verdicts to look at.
        </EmptyState>
      ) : (
        <>
          <div className="mb-3 flex flex-wrap items-end gap-3">
            <Field label="Verdicts of" className="w-80 max-w-full">
              <Select value={replay.id} onChange={(event) => change('replay', event.target.value)}>
                {view.replays.map((choice) => (
                  <option key={choice.id} value={choice.id}>
                    {choiceText(choice)}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Queue" className="w-64">
              <Select value={queue} onChange={(event) => change('queue', event.target.value)}>
                {reviewQueues.map((kind) => (
                  <option key={kind} value={kind} disabled={kind === 'regressed' && !baseline}>
                    {reviewQueueWords[kind]}
                  </option>
                ))}
              </Select>
            </Field>
            {queue === 'regressed' && baseline && (
              <Field label="Baseline" className="w-80 max-w-full">
                <Select value={baseline.id} onChange={(event) => change('baseline', event.target.value)}>
                  {view.replays
                    .filter(({ id, goldenSet }) => id !== replay.id && goldenSet === replay.goldenSet)
                    .map((choice) => (
                      <option key={choice.id} value={choice.id}>
                        {choiceText(choice)}
                      </option>
                    ))}
                </Select>
              </Field>
            )}
            {replay.rehearsal && (
              <span className="pb-1.5">
                <RehearsalBadge />
              </span>
            )}
          </div>
          <SealedNotice slug={view.policy.slug} goldenSet={replay.goldenSet} className="mb-2" />
          <Queue key={`${replay.id} ${queue} ${baseline?.id ?? ''}`} view={view} replay={replay} place={Number(params.get('at') ?? '')} />
        </>
      )}
    </Page>
  )
}

function Queue({ view, replay, place }: { view: ReviewView; replay: ReplayChoice; place: number }) {
  const { policy, queue, baseline, first } = view
  const source = `/policies/${encodeURIComponent(policy.slug)}/review/queue?${new URLSearchParams({
    replay: replay.id,
    queue,
    ...(baseline ? { baseline: baseline.id } : {}),
  })}`
  const rows = usePagedRows<ReviewItem>(source, reviewPageSize, first)
  const firstOpen = first.rows.findIndex(({ decision }) => decision === null)
  const asked = Number.isInteger(place) && place >= 1 && place <= first.total ? place - 1 : Math.max(0, firstOpen)
  const [index, setIndex] = useState(asked)
  const [decisions, setDecisions] = useState<ReadonlyMap<string, Decision>>(new Map())
  const [, setParams] = useSearchParams()
  const entry = rows.at(index)
  const { want } = rows
  useEffect(() => want(index, index + 3), [index, want])

  const goTo = (next: number) => {
    setIndex(next)
    setParams(
      (before) => {
        const params = new URLSearchParams(before)
        params.set('at', String(next + 1))
        return params
      },
      { replace: true, preventScrollReset: true },
    )
  }
  const forward = index + 1 < rows.total ? () => goTo(index + 1) : null
  const back = index > 0 ? () => goTo(index - 1) : null
  useCaseKeys({ j: forward, k: back })

  if (rows.total === 0)
    return (
      <EmptyState icon={ListChecks} title="Nothing in this queue">
        {queue === 'regressed' ? 'The replay broke nothing that the baseline had right.' : 'No verdict of this replay is like that.'}
      </EmptyState>
    )
  const before = first.rows.filter(({ decision, case: golden }) => decision === null && decisions.has(golden.id)).length
  const decided = Math.min(rows.total, first.decided + Math.max(before, decisions.size))
  return (
    <>
      <nav aria-label="Queue" className="mb-3 flex items-center gap-2 text-sm text-ink-muted">
        <IconButton label="Previous case" shortcut="k" icon={ChevronLeft} disabled={!back} onClick={() => back?.()} />
        <span className="tabular-nums">
          {formatCount(index + 1)} of {formatCount(rows.total)}
        </span>
        <IconButton label="Next case" shortcut="j" icon={ChevronRight} disabled={!forward} onClick={() => forward?.()} />
        <span className="w-40">
          <ProgressBar label="Decided" value={decided} max={rows.total} />
        </span>
        <span>{formatCount(decided)} decided</span>
      </nav>
      {rows.problem && (
        <ErrorNotice
          title="The cases could not be fetched."
          advice={rows.problem}
          actions={
            <Button size="sm" onClick={rows.retry}>
              Try again
            </Button>
          }
        />
      )}
      {entry ? (
        <ReviewCase
          key={entry.case.id}
          entry={{ ...entry, decision: decisions.get(entry.case.id) ?? entry.decision }}
          replay={replay}
          scheme={policy.scheme}
          author={view.author}
          actionUrl={`/policies/${encodeURIComponent(policy.slug)}/review`}
          caseHref={`/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(replay.goldenSet)}?case=${encodeURIComponent(entry.case.id)}`}
          onNext={forward}
          onDecided={(decision) => setDecisions((known) => new Map(known).set(entry.case.id, decision))}
        />
      ) : (
        <div aria-busy className="h-96 rounded-lg border bg-surface" />
      )}
    </>
  )
}
