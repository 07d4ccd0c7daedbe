import { useState } from 'react'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/form'
import { ErrorNotice } from '../ui/notices'
import { Dialog } from '../ui/overlay'
import type { VersionItem, VersionLabel } from './policy-view'

export type LabelMove = { label: VersionLabel; to: VersionItem; from: VersionItem | null }

/** Asks before a label moves: it decides what others take for the text in force. */
export function MoveLabelDialog({
  move,
  onClose,
  pending,
  problem,
  onConfirm,
}: {
  move: LabelMove | null
  onClose: () => void
  pending: boolean
  problem: { message: string; advice: string | null } | null
  onConfirm: (move: LabelMove, note: string) => void
}) {
  const [note, setNote] = useState('')
  return (
    <Dialog
      open={move !== null}
      onOpenChange={(open) => !open && onClose()}
      title={move ? `Make v${move.to.number} ${move.label}?` : ''}
      description={move ? describeMove(move) : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => move && onConfirm(move, note.trim())}>
            {move ? `Move the label to v${move.to.number}` : ''}
          </Button>
        </>
      }
    >
      <Field label="Note" hint="Kept in the history of the label. May stay empty.">
        <Input value={note} onChange={(event) => setNote(event.target.value)} maxLength={500} />
      </Field>
      {problem && <ErrorNotice className="mt-3" title={problem.message} advice={problem.advice} />}
    </Dialog>
  )
}

function describeMove({ label, from, to }: LabelMove): string {
  const place = from ? `It stands at v${from.number} now.` : 'No version has it now.'
  const meaning =
    label === 'production' ? 'New drafts are compared with the production version.' : 'The candidate is what the next decision is about.'
  const evidence = to.accuracy ? '' : ` v${to.number} has not been replayed yet.`
  return `${place} ${meaning}${evidence}`
}
