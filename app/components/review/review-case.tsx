import { Link, useFetcher } from '@remix-run/react'
import { Check, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { AnswerDetails, ExpectedVerdictView, LabelName } from '~/components/case/verdict-view'
import { CaseInQuestion } from '~/components/labels/case-in-question'
import { useCaseKeys } from '~/components/labels/use-case-keys'
import { VerdictChooser } from '~/components/labels/verdict-chooser'
import { Badge, versionName } from '~/components/ui/badge'
import { Button } from '~/components/ui/button'
import { Field, Textarea } from '~/components/ui/form'
import { formatCount } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { Kbd } from '~/components/ui/kbd'
import { ErrorNotice, Notice, readErrorBody } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { RelativeTime } from '~/components/ui/time'
import { useMessenger } from '~/components/ui/toast'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import type { Decision, ReviewItem } from '~/domain/review/review'
import type { ReplayChoice } from './types'

type Props = {
  entry: ReviewItem
  replay: ReplayChoice
  scheme: VerdictScheme
  author: string
  actionUrl: string
  caseHref: string
  onNext: (() => void) | null
  onDecided: (decision: Decision) => void
}
type Answer = { decision?: Decision; revision?: number } | undefined

/** One verdict of the model with the case it is about: confirm, or overturn with label, rules and the reason. */
export function ReviewCase({ entry, replay, scheme, author, actionUrl, caseHref, onNext, onDecided }: Props) {
  const golden = entry.case
  const { hideContent } = usePreferences()
  const { toast } = useMessenger()
  const fetcher = useFetcher<Answer>()
  const [shown, setShown] = useState<boolean | undefined>(undefined)
  const [overturning, setOverturning] = useState(false)
  const pending = fetcher.state !== 'idle'
  const problem = pending ? null : readErrorBody(fetcher.data)

  const done = useRef({ onDecided, onNext })
  done.current = { onDecided, onNext }
  useEffect(() => {
    const { decision, revision } = fetcher.data ?? {}
    if (!decision) return
    setOverturning(false)
    toast(decision.kind === 'confirm' ? 'Confirmed.' : `Overturned, in revision ${revision ?? ''}.`)
    done.current.onDecided(decision)
    done.current.onNext?.()
  }, [fetcher.data, toast])

  const send = (fields: Record<string, string>) =>
    fetcher.submit({ replayId: replay.id, caseId: golden.id, ...fields }, { method: 'post', action: actionUrl })
  const confirm = () => {
    if (!pending && entry.verdict) send({ intent: 'confirm' })
  }
  useCaseKeys({
    s: () => setShown(!(shown ?? !hideContent)),
    c: overturning ? null : confirm,
    o: entry.verdict ? () => setOverturning(true) : null,
    Escape: overturning ? () => setOverturning(false) : null,
  })

  return (
    <div className="grid grid-cols-[1.3fr_1fr] items-start gap-4 max-lg:grid-cols-1">
      <Panel
        title="Case"
        actions={
          <Link to={caseHref} className="text-link text-sm">
            All about it
          </Link>
        }
      >
        <CaseInQuestion golden={golden} shown={shown} />
        {golden.note && (
          <div className="mt-3 border-t pt-3 text-sm">
            <InertText text={golden.note} />
          </div>
        )}
      </Panel>
      <div className="sticky top-16 flex min-w-0 flex-col gap-4">
        <Panel title={<>What {versionName(replay.versionNumber)} decided</>} flush>
          <div className="p-3">
            <AnswerDetails answer={{ outcome: entry.outcome, ruleOutcome: entry.ruleOutcome, detail: entry.detail, ...entry.verdict }} />
            {entry.epochs > 1 && (
              <p className="mt-2 text-xs text-ink-muted">
                {formatCount(entry.rights)} of {formatCount(entry.epochs)} epochs right
              </p>
            )}
          </div>
          <div className="flex flex-wrap items-center gap-2 border-t px-3 py-2 text-sm">
            <span className="text-ink-muted">Expected</span>
            <ExpectedVerdictView expected={golden.expected} />
          </div>
          {entry.decision && <Decided decision={entry.decision} />}
        </Panel>
        {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
        {!entry.verdict ? (
          <Notice>The model gave no verdict here, so there is nothing to confirm or overturn.</Notice>
        ) : overturning ? (
          <OverturnPanel
            entry={entry}
            scheme={scheme}
            author={author}
            pending={pending}
            onCancel={() => setOverturning(false)}
            onSend={send}
          />
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button icon={Check} variant="primary" pending={pending} onClick={confirm}>
              Confirm <Kbd>c</Kbd>
            </Button>
            <Button icon={Undo2} disabled={pending} onClick={() => setOverturning(true)}>
              Overturn <Kbd>o</Kbd>
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}

function Decided({ decision }: { decision: Decision }) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-t px-3 py-2 text-sm">
      <Badge tone="gold">{decision.kind === 'confirm' ? 'confirmed' : 'overturned'}</Badge>
      {decision.expectedLabel && <LabelName label={decision.expectedLabel} />}
      <span className="text-ink-muted">
        {decision.author} <RelativeTime at={decision.createdAt} />
      </span>
      {decision.note && <InertText text={decision.note} className="w-full" />}
    </div>
  )
}

function OverturnPanel({
  entry,
  scheme,
  author,
  pending,
  onCancel,
  onSend,
}: {
  entry: ReviewItem
  scheme: VerdictScheme
  author: string
  pending: boolean
  onCancel: () => void
  onSend: (fields: Record<string, string>) => void
}) {
  const expected = entry.case.expected
  const [verdict, setVerdict] = useState<ExpectedVerdict>(() => startOf(entry, scheme))
  const [note, setNote] = useState('')
  const [missing, setMissing] = useState<string | null>(null)
  const noteField = useRef<HTMLTextAreaElement>(null)
  // Against a settled verdict one reviewer's word is an annotation, unless they say otherwise.
  const settled = expected?.label != null && expected.label !== verdict.label
  const [relabel, setRelabel] = useState<boolean | null>(null)
  const applies = relabel ?? !settled
  useEffect(() => noteField.current?.focus(), [])

  const send = () => {
    if (pending) return
    if (verdict.label === null) return setMissing('Choose the right label.')
    if (note.trim() === '') {
      noteField.current?.focus()
      return setMissing('Say why: the next reader will ask.')
    }
    onSend({ intent: 'overturn', verdict: JSON.stringify(verdict), note, apply: applies ? 'relabel' : 'annotate' })
  }
  useCaseKeys({
    ...Object.fromEntries(
      scheme.labels.slice(0, 9).map((label, index) => [String(index + 1), () => setVerdict({ ...verdict, label: label.id })]),
    ),
    n: () => noteField.current?.focus(),
    'mod+enter': send,
  })
  return (
    <Panel title="Overturn">
      <div className="flex flex-col gap-3">
        <VerdictChooser scheme={scheme} value={verdict} onChange={setVerdict} disabled={pending} />
        <Field label="Why the model is wrong" hint={`Required. Stands with your name (${author}).`} error={missing}>
          <Textarea
            ref={noteField}
            rows={3}
            dir="auto"
            required
            maxLength={2000}
            value={note}
            disabled={pending}
            onChange={(event) => {
              setNote(event.target.value)
              setMissing(null)
            }}
          />
        </Field>
        <label className="flex items-start gap-2 text-sm">
          <input
            type="checkbox"
            checked={applies}
            onChange={(event) => setRelabel(event.target.checked)}
            className="mt-0.5 size-4 accent-(--stone-gold)"
          />
          <span>
            Make it the expected verdict
            <span className="block text-xs text-ink-muted">
              {settled
                ? `People settled on ${expected.label ?? ''}. Unticked, yours is one annotation, and the case goes to adjudication.`
                : 'Unticked, yours is one annotation.'}
            </span>
          </span>
        </label>
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary" pending={pending} onClick={send}>
            Overturn
          </Button>
          <Button disabled={pending} onClick={onCancel}>
            Cancel
          </Button>
          <span className="text-xs text-ink-muted">
            <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> sends, <Kbd>Esc</Kbd> leaves the field
          </span>
        </div>
      </div>
    </Panel>
  )
}

/** What the reviewer most likely means: the expected verdict where the model missed it, else the other label where there are only two. */
function startOf({ case: golden, verdict }: ReviewItem, scheme: VerdictScheme): ExpectedVerdict {
  const expected = golden.expected
  if (expected?.label != null && expected.label !== verdict?.label) return expected
  const others = scheme.labels.filter(({ id }) => id !== verdict?.label)
  return { label: others.length === 1 ? (others[0]?.id ?? null) : null, rules: {} }
}
