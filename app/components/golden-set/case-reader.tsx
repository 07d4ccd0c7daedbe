import { ChevronLeft, ChevronRight, FlaskConical, Pencil, Trash2 } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { CaseProbesView } from '~/components/probes/case-probes'
import { Button, IconButton } from '~/components/ui/button'
import { isTypingTarget } from '~/components/ui/kbd'
import { Tabs } from '~/components/ui/menu'
import { ErrorNotice, Notice } from '~/components/ui/notices'
import { Sheet } from '~/components/ui/overlay'
import type { useJson } from '~/components/ui/use-json'
import { CaseDetails, CaseHistoryList, Judgements } from './case-details'
import { DeleteCaseDialog } from './delete-case-dialog'
import type { CaseDetail } from './types'

/** Which golden set the case belongs to. */
export type CasePlace = { slug: string; goldenSet: string }

/** Null: there is no case on that side. */
export type CaseSteps = { back: (() => void) | null; forward: (() => void) | null }

/** One case to read, with how versions judged it and its history. */
export function CaseReader({
  title,
  detail,
  readOnly,
  actionUrl,
  place,
  onStep,
  onEdit,
  onClose,
  onDeleted,
}: {
  title: string
  detail: ReturnType<typeof useJson<CaseDetail>>
  readOnly: boolean
  actionUrl: string
  place: CasePlace
  onStep: CaseSteps
  onEdit: () => void
  onClose: () => void
  onDeleted: () => void
}) {
  const [deleting, setDeleting] = useState(false)
  const [tab, setTab] = useState<string | null>(null)
  // Grows with every press of the button: the tab is shown and the case is probed at once.
  const [asked, setAsked] = useState(0)
  const golden = detail.data?.case ?? null
  const { back, forward } = onStep
  const caseId = golden?.id ?? null
  useEffect(() => setAsked(0), [caseId])
  const probe = () => {
    setTab('probes')
    setAsked(asked + 1)
  }
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (deleting || isTypingTarget(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      const step =
        event.key === 'j'
          ? forward
          : event.key === 'k'
            ? back
            : event.key === 'e' && golden && !readOnly
              ? onEdit
              : event.key === 'p' && golden
                ? probe
                : null
      if (!step) return
      event.preventDefault()
      step()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={<span dir="auto">{title}</span>}
      footer={
        <>
          <span className="mr-auto flex gap-1">
            <IconButton label="Previous case" shortcut="k" icon={ChevronLeft} disabled={!back} onClick={() => back?.()} />
            <IconButton label="Next case" shortcut="j" icon={ChevronRight} disabled={!forward} onClick={() => forward?.()} />
          </span>
          {golden && (
            <Button icon={FlaskConical} onClick={probe}>
              Probe
            </Button>
          )}
          {golden && !readOnly && (
            <>
              <Button icon={Trash2} variant="quiet" onClick={() => setDeleting(true)}>
                Delete
              </Button>
              <Button icon={Pencil} onClick={onEdit}>
                Edit
              </Button>
            </>
          )}
        </>
      }
    >
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
      {detail.loading && <LoadingCase />}
      {detail.data && (
        <>
          {!golden && <Notice className="mb-4">This case is not in this revision. Its history is below.</Notice>}
          <Tabs
            label="About this case"
            value={tab !== null && (golden || tab !== 'probes') ? tab : golden ? 'case' : 'verdicts'}
            onChange={setTab}
            items={[
              ...(golden
                ? [
                    {
                      id: 'case',
                      label: 'Case',
                      content: (
                        <Padded>
                          <CaseDetails key={golden.id} golden={golden} quotedIn={detail.data.quotedIn} />
                        </Padded>
                      ),
                    },
                  ]
                : []),
              {
                id: 'verdicts',
                label: `Verdicts (${detail.data.judgements.length})`,
                content: (
                  <Padded>
                    <Judgements judgements={detail.data.judgements} />
                  </Padded>
                ),
              },
              ...(golden
                ? [
                    {
                      id: 'probes',
                      label: 'Probes',
                      content: (
                        <Padded>
                          <CaseProbesView key={golden.id} {...place} caseId={golden.id} asked={asked} />
                        </Padded>
                      ),
                    },
                  ]
                : []),
              {
                id: 'history',
                label: `History (${detail.data.history.length})`,
                content: (
                  <Padded>
                    <CaseHistoryList history={detail.data.history} />
                  </Padded>
                ),
              },
            ]}
          />
        </>
      )}
      {golden && (
        <DeleteCaseDialog open={deleting} caseId={golden.id} actionUrl={actionUrl} onOpenChange={setDeleting} onDeleted={onDeleted} />
      )}
    </Sheet>
  )
}

const Padded = ({ children }: { children: ReactNode }) => <div className="pt-4">{children}</div>

function LoadingCase() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <span className="sr-only">Loading the case</span>
      {['h-8', 'h-24', 'h-6', 'h-16'].map((height) => (
        <div key={height} aria-hidden className={`${height} rounded-md bg-sunken`} />
      ))}
    </div>
  )
}
