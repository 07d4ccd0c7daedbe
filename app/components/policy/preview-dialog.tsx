import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CaseContext } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { renderMessages } from '~/domain/prompt/render'
import { IconButton } from '../ui/button'
import { formatCount } from '../ui/format'
import { HiddenContent } from '../ui/hidden-content'
import { ErrorNotice } from '../ui/notices'
import { Dialog } from '../ui/overlay'
import { makeTextVisible } from '~/domain/visible-text'

export type PreviewAnswer = { total: number; case: { id: string; content: string; context: CaseContext } | null }
type AnswerFormat = NonNullable<Parameters<typeof renderMessages>[0]['answerFormat']>

/** What the model is sent, message by message, for one case of the golden set: rendered by the same function as in a replay. */
export function PreviewDialog({
  open,
  onOpenChange,
  slug,
  goldenSet,
  text,
  scheme,
  answerFormat,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  slug: string
  goldenSet: string | null
  text: string
  scheme: VerdictScheme
  answerFormat: string | undefined
}) {
  const [position, setPosition] = useState(0)
  const [answer, setAnswer] = useState<PreviewAnswer | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!open || !goldenSet) return
    const abort = new AbortController()
    fetch(`/policies/${encodeURIComponent(slug)}/preview?${new URLSearchParams({ golden: goldenSet, position: String(position) })}`, {
      signal: abort.signal,
    })
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status))
        setAnswer((await response.json()) as PreviewAnswer)
        setFailed(false)
      })
      .catch(() => {
        if (!abort.signal.aborted) setFailed(true)
      })
    return () => abort.abort()
  }, [open, slug, goldenSet, position])
  const shownCase = answer?.case
  const messages = shownCase
    ? renderMessages({ promptText: text, scheme, case: shownCase, answerFormat: answerFormat as AnswerFormat | undefined })
    : []
  const total = answer?.total ?? 0
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="max-w-4xl"
      title="What the model sees"
      description="The draft with one case, exactly as a replay sends it."
    >
      <div className="mb-3 flex items-center gap-2 text-sm">
        <IconButton
          label="Previous case"
          icon={ChevronLeft}
          variant="secondary"
          disabled={position <= 0}
          onClick={() => setPosition(position - 1)}
        />
        <IconButton
          label="Next case"
          icon={ChevronRight}
          variant="secondary"
          disabled={position + 1 >= total}
          onClick={() => setPosition(position + 1)}
        />
        <span className="text-ink-muted">
          {goldenSet === null
            ? 'There is no golden set yet.'
            : shownCase
              ? `Case ${formatCount(position + 1)} of ${formatCount(total)}: `
              : total === 0 && answer
                ? 'The golden set is empty.'
                : 'Looking…'}
        </span>
        {shownCase && <code className="truncate text-xs">{makeTextVisible(shownCase.id)}</code>}
      </div>
      {failed && <ErrorNotice title="The case could not be read." advice="Close this and try again." />}
      <ol className="flex flex-col gap-3">
        {messages.map((message, index) => (
          <li key={index} className="rounded-md border">
            <p className="border-b bg-sunken px-3 py-1 text-xs font-semibold text-ink-muted">{message.role}</p>
            <div
              className="max-h-96 overflow-y-auto p-3 font-mono text-xs"
              tabIndex={0}
              role="region"
              aria-label={`${message.role} message ${index + 1}`}
            >
              <HiddenContent text={message.content} shown={message.role === 'system' || undefined} label="message" />
            </div>
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
