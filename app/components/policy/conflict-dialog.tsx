import { useState } from 'react'
import { PromptDiff } from '../editor/prompt-diff'
import { Button } from '../ui/button'
import { Dialog } from '../ui/overlay'
import { RelativeTime } from '../ui/time'
import type { SavedDraft } from './draft-state'

/** The draft was saved in another tab since this one read it: both texts side by side, and the reader decides. Nothing was overwritten. */
export function ConflictDialog({
  theirs,
  yours,
  plain,
  onResolve,
}: {
  theirs: SavedDraft | null
  yours: string
  plain: boolean
  onResolve: (text: string) => void
}) {
  const [later, setLater] = useState<number | null>(null)
  const open = theirs !== null && later !== theirs.revision
  return (
    <>
      <Dialog
        open={open}
        onOpenChange={(next) => !next && setLater(theirs?.revision ?? null)}
        width="max-w-6xl"
        title="The draft was changed in another tab"
        description={theirs ? <ConflictDescription theirs={theirs} /> : undefined}
        footer={theirs && <ConflictChoices theirs={theirs} yours={yours} onResolve={onResolve} />}
      >
        {theirs && <ConflictTexts key={theirs.revision} theirs={theirs} yours={yours} plain={plain} />}
      </Dialog>
      {theirs && !open && (
        <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-danger bg-danger-soft px-3 py-1.5 text-sm">
          <span className="mr-auto font-medium text-danger-ink">Not saved: the draft was changed in another tab.</span>
          <Button size="sm" onClick={() => setLater(null)}>
            Show both texts
          </Button>
        </div>
      )}
    </>
  )
}

function ConflictDescription({ theirs }: { theirs: SavedDraft }) {
  return (
    <>
      It was saved there <RelativeTime at={theirs.updatedAt} />. Your text has not been saved and nothing was overwritten. Choose which text
      the draft shall be.
    </>
  )
}

function ConflictTexts({ theirs, yours, plain }: { theirs: SavedDraft; yours: string; plain: boolean }) {
  return (
    <PromptDiff
      className="h-[60dvh] rounded-md border"
      plain={plain}
      original={{ label: 'The other tab’s text (saved)', text: theirs.text }}
      modified={{ label: 'Your text (in this tab)', text: yours }}
    />
  )
}

function ConflictChoices({ theirs, yours, onResolve }: { theirs: SavedDraft; yours: string; onResolve: (text: string) => void }) {
  const [copied, setCopied] = useState(false)
  return (
    <>
      <Button
        variant="quiet"
        className="mr-auto"
        onClick={() => {
          void navigator.clipboard.writeText(yours).then(() => setCopied(true))
        }}
      >
        {copied ? 'Copied' : 'Copy your text'}
      </Button>
      <Button onClick={() => onResolve(theirs.text)}>Take the other tab’s text</Button>
      <Button variant="primary" onClick={() => onResolve(yours)}>
        Keep your text
      </Button>
    </>
  )
}
