import { useNavigate, useRevalidator, useSearchParams } from '@remix-run/react'
import { ChevronLeft, ChevronRight, ListChecks } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, ButtonLink, IconButton } from '~/components/ui/button'
import { Select } from '~/components/ui/form'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { EmptyState, ErrorNotice } from '~/components/ui/notices'
import { Page, PageHeader } from '~/components/ui/panel'
import { useListedShortcuts } from '~/components/ui/shortcuts'
import { useJson } from '~/components/ui/use-json'
import { queueTitle } from './queue-title'
import { SettleCase } from './settle-case'
import type { CaseToSettle, LabelsView, QueueEntry } from './types'
import { useCaseKeys } from './use-case-keys'

const shortcuts = [
  { keys: ['j', 'k'], does: 'Next and previous case' },
  { keys: ['1', '…', '9'], does: 'Choose the label' },
  { keys: ['s'], does: 'Show or hide the content' },
  { keys: ['n'], does: 'Write the note' },
  { keys: ['Ctrl', 'Enter'], does: 'Settle the verdict' },
  { keys: ['a'], does: 'Record it as your own annotation only' },
]

/** Settles contested verdicts one case at a time, by keyboard, blind to what models said until decided. */
export function LabelsPage({ view }: { view: LabelsView }) {
  const { policy, goldenSet, queue, queues } = view
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const base = `/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(goldenSet.name)}`
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set())
  useListedShortcuts('Adjudication', shortcuts)

  const entries = queue?.entries ?? []
  const isOpen = (entry: QueueEntry) => !entry.settled && !settled.has(entry.caseId)
  const asked = entries.findIndex(({ caseId }) => caseId === params.get('case'))
  const firstOpen = entries.findIndex((entry) => !entry.settled)
  const index = asked >= 0 ? asked : Math.max(0, firstOpen)
  const current = entries[index]
  const detail = useJson<CaseToSettle>(current ? `${base}/labels/case?id=${encodeURIComponent(current.caseId)}` : null)

  const goTo = (place: number) => {
    const entry = entries[place]
    if (!entry) return
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        next.set('case', entry.caseId)
        next.set('revision', String(view.revision))
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  }
  const forward = index + 1 < entries.length ? () => goTo(index + 1) : null
  const back = index > 0 ? () => goTo(index - 1) : null
  useCaseKeys({ j: forward, k: back })

  const left = entries.filter(isOpen).length
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
          { label: goldenSet.name, to: base },
          { label: 'Health', to: `${base}/health` },
        ]}
        title="Adjudication"
        description={
          queue ? (
            <>
              {queue.total > entries.length && `The first ${formatCount(entries.length)} of `}
              {formatQuantity(queue.total, 'case')}, {formatCount(left)} to settle
            </>
          ) : undefined
        }
        actions={
          queues.length > 0 && (
            <Select
              aria-label="Queue"
              className="w-auto!"
              value={queue?.kind}
              onChange={(event) => navigate(`${base}/labels?finding=${event.target.value}`)}
            >
              {queues.map(({ kind, cases, settled: done }) => (
                <option key={kind} value={kind}>
                  {queueTitle(kind)} ({formatCount(cases - done)})
                </option>
              ))}
            </Select>
          )
        }
      />
      {queue === null ? (
        <WaitForQueue />
      ) : !current ? (
        <EmptyState
          icon={ListChecks}
          title="Nothing to settle"
          actions={<ButtonLink to={`${base}/health`}>Back to the health of the set</ButtonLink>}
        >
          No case of this set is contested in this way.
        </EmptyState>
      ) : (
        <>
          <nav aria-label="Queue" className="mb-3 flex items-center gap-2 text-sm text-ink-muted">
            <IconButton label="Previous case" shortcut="k" icon={ChevronLeft} disabled={!back} onClick={() => back?.()} />
            <span className="tabular-nums">
              {formatCount(index + 1)} of {formatCount(entries.length)}
            </span>
            <IconButton label="Next case" shortcut="j" icon={ChevronRight} disabled={!forward} onClick={() => forward?.()} />
            <span className="min-w-0 truncate">{current.detail}</span>
          </nav>
          {detail.problem && (
            <ErrorNotice
              title={detail.problem.message}
              advice={detail.problem.advice}
              actions={
                <Button size="sm" onClick={detail.reload}>
                  Try again
                </Button>
              }
            />
          )}
          {detail.loading && <div aria-busy className="h-96 rounded-lg border bg-surface" />}
          {detail.data && (
            <SettleCase
              key={detail.data.case.id}
              detail={detail.data}
              scheme={policy.scheme}
              author={view.author}
              base={base}
              onNext={forward}
              onChanged={(caseId) => {
                setSettled((known) => new Set(known).add(caseId))
                detail.reload()
              }}
            />
          )}
        </>
      )}
    </Page>
  )
}

const pollMs = 700

function WaitForQueue() {
  const { revalidate } = useRevalidator()
  useEffect(() => {
    const timer = setInterval(revalidate, pollMs)
    return () => clearInterval(timer)
  }, [revalidate])
  return <output className="block py-12 text-center text-ink-muted">Looking for contested cases…</output>
}
