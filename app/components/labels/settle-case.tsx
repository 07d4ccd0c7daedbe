import { useFetcher } from '@remix-run/react'
import { EyeOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ExpectedVerdictView, LabelName, RuleMarks } from '~/components/case/verdict-view'
import { Judgements } from '~/components/golden-set/case-details'
import type { CaseDetail } from '~/components/golden-set/types'
import { Badge } from '~/components/ui/badge'
import { Button } from '~/components/ui/button'
import { Field, Textarea } from '~/components/ui/form'
import { InertText } from '~/components/ui/hidden-content'
import { Kbd } from '~/components/ui/kbd'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { RelativeTime } from '~/components/ui/time'
import { useMessenger } from '~/components/ui/toast'
import { useJson } from '~/components/ui/use-json'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import { CaseInQuestion } from './case-in-question'
import type { CaseToSettle } from './types'
import { useCaseKeys } from './use-case-keys'
import { VerdictChooser } from './verdict-chooser'

type Props = {
  detail: CaseToSettle
  scheme: VerdictScheme
  author: string
  base: string
  onNext: (() => void) | null
  onChanged: (caseId: string) => void
}
type Answer = { adjudicated?: number; annotated?: number } | undefined

/** One case with what people said of it, and the verdict to be settled. What models said is shown once it is. */
export function SettleCase({ detail, scheme, author, base, onNext, onChanged }: Props) {
  const golden = detail.case
  const { hideContent } = usePreferences()
  const [shown, setShown] = useState<boolean | undefined>(undefined)
  const [verdict, setVerdict] = useState<ExpectedVerdict>({ label: null, rules: golden.expected?.rules ?? {} })
  const [note, setNote] = useState('')
  const noteField = useRef<HTMLTextAreaElement>(null)
  const fetcher = useFetcher<Answer>()
  const { toast } = useMessenger()
  const pending = fetcher.state !== 'idle'
  const problem = pending ? null : readErrorBody(fetcher.data)
  const decided = !pending && fetcher.data?.adjudicated !== undefined

  const changed = useRef(onChanged)
  changed.current = onChanged
  useEffect(() => {
    const { adjudicated, annotated } = fetcher.data ?? {}
    if (adjudicated === undefined && annotated === undefined) return
    toast(adjudicated === undefined ? 'Your annotation was recorded.' : `Settled, in revision ${adjudicated}.`)
    changed.current(golden.id)
  }, [fetcher.data, golden.id, toast])

  const send = (intent: 'adjudicate' | 'annotate') => {
    if (pending || decided) return
    if (verdict.label === null) {
      toast('Choose a label first: the keys 1 to 9.')
      return
    }
    if (intent === 'adjudicate' && note.trim() === '') {
      noteField.current?.focus()
      toast('Say in the note why: the next reader will ask.')
      return
    }
    fetcher.submit(
      { intent, caseId: golden.id, verdict: JSON.stringify(verdict), note, expectedRevision: String(detail.revision) },
      { method: 'post', action: `${base}/labels` },
    )
  }
  const choose = Object.fromEntries(
    scheme.labels
      .slice(0, 9)
      .map((label, index) => [String(index + 1), decided ? null : () => setVerdict({ ...verdict, label: label.id })]),
  )
  useCaseKeys({
    ...choose,
    s: () => setShown(!(shown ?? !hideContent)),
    n: () => noteField.current?.focus(),
    a: () => send('annotate'),
    'mod+enter': () => send('adjudicate'),
    Enter: decided ? onNext : null,
  })

  return (
    <div className="grid grid-cols-[1.3fr_1fr] items-start gap-4 max-lg:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="Case">
          <CaseInQuestion golden={golden} shown={shown} />
        </Panel>
        <Panel title={`What people said (${detail.annotations.length})`} flush>
          {detail.annotations.length === 0 && <p className="px-3 py-2 text-sm text-ink-muted">Nobody has annotated this case.</p>}
          <ul className="divide-y text-sm">
            {detail.annotations.map((annotation) => (
              <li key={annotation.annotator} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
                <InertText text={annotation.annotator} className="text-ink-muted" />
                {annotation.label === null ? <span className="text-ink-faint">no label</span> : <LabelName label={annotation.label} />}
                <RuleMarks rules={annotation.rules} />
                {annotation.severity && <Badge>severity: {annotation.severity}</Badge>}
                {annotation.note && <InertText text={annotation.note} className="w-full text-ink-muted" />}
              </li>
            ))}
          </ul>
          <div className="flex flex-wrap items-center gap-2 border-t px-3 py-2 text-sm">
            <span className="text-ink-muted">Expected now</span>
            <ExpectedVerdictView expected={golden.expected} />
          </div>
          {detail.adjudications.map((entry) => (
            <div key={entry.createdAt} className="flex flex-wrap items-center gap-2 border-t px-3 py-2 text-sm">
              <span className="text-ink-muted">
                Settled by {entry.author} <RelativeTime at={entry.createdAt} />
              </span>
              <ExpectedVerdictView expected={entry.expected} />
              <InertText text={entry.note} className="w-full" />
            </div>
          ))}
        </Panel>
        {decided ? (
          <ModelVerdicts base={base} caseId={golden.id} />
        ) : (
          <p className="flex items-center gap-1.5 text-sm text-ink-muted">
            <EyeOff aria-hidden className="size-4" /> What models said is shown once the verdict is settled.
          </p>
        )}
      </div>
      <Panel title="Your verdict" className="sticky top-16">
        <div className="flex flex-col gap-3">
          {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
          <VerdictChooser scheme={scheme} value={verdict} onChange={setVerdict} disabled={pending || decided} />
          <Field label="Why" hint={`Stands in the history, with your name (${author}).`}>
            <Textarea
              ref={noteField}
              rows={3}
              dir="auto"
              maxLength={2000}
              value={note}
              disabled={pending || decided}
              onChange={(event) => setNote(event.target.value)}
            />
          </Field>
          <div className="flex flex-wrap items-center gap-2">
            {decided ? (
              <Button variant="primary" disabled={!onNext} onClick={() => onNext?.()}>
                Next case <Kbd>Enter</Kbd>
              </Button>
            ) : (
              <>
                <Button variant="primary" pending={pending} onClick={() => send('adjudicate')}>
                  Settle the verdict
                </Button>
                <Button disabled={pending} onClick={() => send('annotate')} title="Adds your annotation; the expected verdict stays">
                  Annotate only
                </Button>
              </>
            )}
          </div>
          {!decided && (
            <p className="text-xs text-ink-muted">
              <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> settles, <Kbd>a</Kbd> annotates, <Kbd>j</Kbd> goes on.
            </p>
          )}
        </div>
      </Panel>
    </div>
  )
}

function ModelVerdicts({ base, caseId }: { base: string; caseId: string }) {
  const { data, problem } = useJson<CaseDetail>(`${base}/case?id=${encodeURIComponent(caseId)}`)
  return (
    <Panel title="What models said">
      {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      {data && <Judgements judgements={data.judgements} />}
      {!data && !problem && <p className="text-sm text-ink-muted">Fetching…</p>}
    </Panel>
  )
}
