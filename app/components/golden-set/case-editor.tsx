import { useFetcher } from '@remix-run/react'
import { useEffect, useId, useRef } from 'react'
import { Button } from '~/components/ui/button'
import { Field, Input } from '~/components/ui/form'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Sheet } from '~/components/ui/overlay'
import { useMessenger } from '~/components/ui/toast'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { CaseFormFields } from './case-form'
import type { CaseFormErrors } from './case-form-schema'

type CaseActionAnswer = { saved?: string; errors?: CaseFormErrors } | undefined

/** The form of one case, new or known, with the question why. */
export function CaseEditor({
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
