import { useState, type FormEvent } from 'react'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/form'
import { ErrorNotice, Notice } from '../ui/notices'
import { Dialog } from '../ui/overlay'

/** Asks for the message of a new version. `sameAs` is the version whose text the draft is; then there is nothing to make. */
export function MakeVersionDialog({
  open,
  onOpenChange,
  nextNumber,
  sameAs,
  touched,
  pending,
  problem,
  onMake,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  nextNumber: number
  sameAs: number | null
  touched: string[]
  pending: boolean
  problem: { message: string; advice: string | null } | null
  onMake: (choice: { message: string; makeCandidate: boolean }) => void
}) {
  const [message, setMessage] = useState('')
  const [makeCandidate, setMakeCandidate] = useState(true)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    onMake({ message: message.trim(), makeCandidate })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={sameAs === null ? `Make v${nextNumber}` : 'Nothing to make'}
      description={sameAs === null ? 'A version never changes. Its replays, labels and comparisons point at this very text.' : undefined}
    >
      {sameAs !== null ? (
        <Notice>The draft is the text of v{sameAs}, word for word. Change something first.</Notice>
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label="What changed, and why" hint={touched.length > 0 ? `Rules that differ: ${touched.join(', ')}` : undefined}>
            <Input
              value={message}
              onChange={(event) => setMessage(event.target.value)}
              required
              maxLength={500}
              autoFocus
              placeholder="H2: quoting to condemn is no attack"
            />
          </Field>
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={makeCandidate}
              onChange={(event) => setMakeCandidate(event.target.checked)}
              className="size-4 accent-gold"
            />
            Make it the candidate
          </label>
          {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button type="submit" variant="primary" pending={pending} disabled={message.trim() === ''}>
              Make v{nextNumber}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
