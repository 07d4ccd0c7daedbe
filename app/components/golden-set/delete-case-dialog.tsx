import { useFetcher } from '@remix-run/react'
import { useEffect, useId, useRef } from 'react'
import { Button } from '~/components/ui/button'
import { Field, Input } from '~/components/ui/form'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Dialog } from '~/components/ui/overlay'
import { useMessenger } from '~/components/ui/toast'

/** Asks why a case is deleted, and deletes it. */
export function DeleteCaseDialog({
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
