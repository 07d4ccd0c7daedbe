import { useFetcher } from '@remix-run/react'
import { ChevronLeft, ChevronRight, Pencil, Trash2 } from 'lucide-react'
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { Button, IconButton } from '~/components/ui/button'
import { Field, Input } from '~/components/ui/form'
import { isTypingTarget } from '~/components/ui/kbd'
import { Tabs } from '~/components/ui/menu'
import { ErrorNotice, Notice, readErrorBody } from '~/components/ui/notices'
import { Dialog, Sheet } from '~/components/ui/overlay'
import { useMessenger } from '~/components/ui/toast'
import { useJson } from '~/components/ui/use-json'
import { makeTextVisible } from '~/components/ui/visible-text'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { CaseDetails, CaseHistoryList, Judgements } from './case-details'
import { CaseFormFields } from './case-form'
import type { CaseFormErrors } from './case-form-schema'
import type { CaseDetail } from './types'

export type CaseDrawerMode = { kind: 'view'; caseId: string } | { kind: 'edit'; caseId: string } | { kind: 'add' }

type Props = {
  mode: CaseDrawerMode | null
  /** Where the case is read, and where a change is sent. */
  detailUrl: string | null
  actionUrl: string
  scheme: VerdictScheme
  readOnly: boolean
  onMode: (mode: CaseDrawerMode | null) => void
  /** Null: there is no case on that side. */
  onStep: { back: (() => void) | null; forward: (() => void) | null }
  /** A change was written. */
  onChanged: () => void
}

/** One case in a drawer: to read with how versions judged it and its history, to edit, to delete. */
export function CaseDrawer({ mode, detailUrl, actionUrl, scheme, readOnly, onMode, onStep, onChanged }: Props) {
  const detail = useJson<CaseDetail>(mode?.kind === 'add' ? null : detailUrl)
  const [dirty, setDirty] = useState(false)
  const [askingToLeave, setAskingToLeave] = useState(false)
  const editing = mode?.kind === 'edit' || mode?.kind === 'add'
  const caseId = mode && mode.kind !== 'add' ? mode.caseId : null
  useEffect(() => {
    setDirty(false)
    setAskingToLeave(false)
  }, [mode?.kind, caseId])

  const leave = () => {
    if (editing && dirty) setAskingToLeave(true)
    else onMode(mode?.kind === 'edit' && caseId !== null ? { kind: 'view', caseId } : null)
  }
  const golden = detail.data?.case ?? null
  if (!mode) return null
  const title =
    mode.kind === 'add' ? 'New case' : mode.kind === 'edit' ? `Edit ${makeTextVisible(mode.caseId)}` : makeTextVisible(mode.caseId)

  if (editing && (mode.kind === 'add' || golden))
    return (
      <CaseEditor
        key={caseId ?? 'add'}
        title={title}
        golden={mode.kind === 'add' ? null : golden}
        revision={detail.data?.revision ?? null}
        scheme={scheme}
        actionUrl={actionUrl}
        askingToLeave={askingToLeave}
        onDirty={() => setDirty(true)}
        onLeave={leave}
        onStay={() => setAskingToLeave(false)}
        onDiscard={() => onMode(caseId === null ? null : { kind: 'view', caseId })}
        onSaved={(savedId) => {
          detail.reload()
          onMode({ kind: 'view', caseId: savedId })
          onChanged()
        }}
      />
    )
  return (
    <CaseReader
      title={title}
      detail={detail}
      readOnly={readOnly || editing}
      actionUrl={actionUrl}
      onStep={onStep}
      onEdit={() => caseId !== null && onMode({ kind: 'edit', caseId })}
      onClose={leave}
      onDeleted={() => {
        detail.reload()
        onMode(null)
        onChanged()
      }}
    />
  )
}

function CaseReader({
  title,
  detail,
  readOnly,
  actionUrl,
  onStep,
  onEdit,
  onClose,
  onDeleted,
}: {
  title: string
  detail: ReturnType<typeof useJson<CaseDetail>>
  readOnly: boolean
  actionUrl: string
  onStep: Props['onStep']
  onEdit: () => void
  onClose: () => void
  onDeleted: () => void
}) {
  const [deleting, setDeleting] = useState(false)
  const golden = detail.data?.case ?? null
  const { back, forward } = onStep
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (deleting || isTypingTarget(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      const step = event.key === 'j' ? forward : event.key === 'k' ? back : event.key === 'e' && golden && !readOnly ? onEdit : null
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
            items={[
              ...(golden
                ? [
                    {
                      id: 'case',
                      label: 'Case',
                      content: (
                        <Padded>
                          <CaseDetails key={golden.id} golden={golden} />
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
      {golden && <DeleteDialog open={deleting} caseId={golden.id} actionUrl={actionUrl} onOpenChange={setDeleting} onDeleted={onDeleted} />}
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

type CaseActionAnswer = { saved?: string; errors?: CaseFormErrors } | undefined

function CaseEditor({
  title,
  golden,
  revision,
  scheme,
  actionUrl,
  askingToLeave,
  onDirty,
  onLeave,
  onStay,
  onDiscard,
  onSaved,
}: {
  title: string
  golden: GoldenCase | null
  revision: number | null
  scheme: VerdictScheme
  actionUrl: string
  askingToLeave: boolean
  onDirty: () => void
  onLeave: () => void
  onStay: () => void
  onDiscard: () => void
  onSaved: (caseId: string) => void
}) {
  const fetcher = useFetcher<CaseActionAnswer>()
  const formId = useId()
  const { toast } = useMessenger()
  const answer = fetcher.data
  const errors = (fetcher.state === 'idle' && answer && 'errors' in answer && answer.errors) || {}
  const problem = fetcher.state === 'idle' ? readErrorBody(answer) : null
  const saved = fetcher.state === 'idle' && answer && 'saved' in answer ? answer.saved : undefined
  const done = useRef(onSaved)
  done.current = onSaved
  const isNew = golden === null
  useEffect(() => {
    if (saved === undefined) return
    toast(isNew ? 'The case was added.' : 'The case was changed.')
    done.current(saved)
  }, [saved, isNew, toast])
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onLeave()}
      title={<span dir="auto">{title}</span>}
      footer={
        <>
          {askingToLeave && (
            <>
              <p role="alert" className="mr-auto text-sm font-medium">
                What you changed is not saved.
              </p>
              <Button variant="danger" onClick={onDiscard}>
                Discard it
              </Button>
              <Button variant="primary" onClick={onStay}>
                Keep editing
              </Button>
            </>
          )}
          {/* Hidden and not taken away, so that what was typed stays. */}
          <div className={askingToLeave ? 'hidden' : 'flex w-full items-start gap-2'}>
            <Field label="Why" hideLabel error={errors.message} className="grow">
              <Input
                form={formId}
                name="message"
                required
                maxLength={500}
                placeholder={golden ? 'Why is it changed?' : 'Why is it added?'}
                onChange={onDirty}
              />
            </Field>
            <Button onClick={onLeave}>Cancel</Button>
            <Button form={formId} type="submit" variant="primary" pending={fetcher.state !== 'idle'}>
              Save
            </Button>
          </div>
        </>
      }
    >
      {problem && <ErrorNotice className="mb-4" title={problem.message} advice={problem.advice} />}
      <fetcher.Form id={formId} method="post" action={actionUrl} onChange={onDirty}>
        <input type="hidden" name="intent" value={golden ? 'update' : 'add'} />
        {golden && revision !== null && <input type="hidden" name="expectedRevision" value={revision} />}
        <CaseFormFields golden={golden} scheme={scheme} errors={errors} />
      </fetcher.Form>
    </Sheet>
  )
}

function DeleteDialog({
  open,
  caseId,
  actionUrl,
  onOpenChange,
  onDeleted,
}: {
  open: boolean
  caseId: string
  actionUrl: string
  onOpenChange: (open: boolean) => void
  onDeleted: () => void
}) {
  const fetcher = useFetcher<{ deleted?: string }>()
  const formId = useId()
  const { toast } = useMessenger()
  const problem = fetcher.state === 'idle' ? readErrorBody(fetcher.data) : null
  const deleted = fetcher.state === 'idle' ? fetcher.data?.deleted : undefined
  const done = useRef(onDeleted)
  done.current = onDeleted
  useEffect(() => {
    if (deleted === undefined) return
    toast('The case was deleted. Earlier revisions still have it.')
    done.current()
  }, [deleted, toast])
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Delete this case?"
      description="The next revision will not have it. Earlier revisions and the replays over them keep it."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button form={formId} type="submit" variant="danger" pending={fetcher.state !== 'idle'}>
            Delete
          </Button>
        </>
      }
    >
      {problem && <ErrorNotice className="mb-3" title={problem.message} advice={problem.advice} />}
      <fetcher.Form id={formId} method="post" action={actionUrl}>
        <input type="hidden" name="intent" value="delete" />
        <input type="hidden" name="id" value={caseId} />
        <Field label="Why">
          <Input name="message" required maxLength={500} placeholder="Duplicate of another case" />
        </Field>
      </fetcher.Form>
    </Dialog>
  )
}
