import { Link, useFetcher } from '@remix-run/react'
import { Check, Trash2 } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import { casesHref } from '~/components/golden-set/case-filter-url'
import { useCaseKeys } from '~/components/labels/use-case-keys'
import { VerdictChooser } from '~/components/labels/verdict-chooser'
import { Badge } from '~/components/ui/badge'
import { Button } from '~/components/ui/button'
import { Field, Input, Textarea } from '~/components/ui/form'
import { HiddenContent } from '~/components/ui/hidden-content'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { useMessenger } from '~/components/ui/toast'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { contrastKindWords, type ContrastPair } from '~/domain/probes/contrast-pairs'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'

type Props = { slug: string; scheme: VerdictScheme; pairs: ContrastPair[] }

/** Contrast pairs, each waiting for a person's verdict: nothing is taken from the case it was made from. */
export function ContrastQueue({ slug, scheme, pairs }: Props) {
  const [openId, setOpenId] = useState<string | null>(null)
  return (
    <ul className="divide-y">
      {pairs.map((pair) => (
        <ContrastItem
          key={pair.id}
          slug={slug}
          scheme={scheme}
          pair={pair}
          open={openId === pair.id}
          onOpen={(open) => setOpenId(open ? pair.id : null)}
        />
      ))}
    </ul>
  )
}

type Answer = { labelled?: { caseId: string; revision: number }; dismissed?: true } | undefined

type ItemProps = Omit<Props, 'pairs'> & {
  pair: ContrastPair
  /** One at a time, so that the keys 1 to 9 are its. */
  open: boolean
  onOpen: (open: boolean) => void
}

function ContrastItem({ slug, scheme, pair, open, onOpen }: ItemProps) {
  const [content, setContent] = useState(pair.content)
  const [verdict, setVerdict] = useState<ExpectedVerdict>({ label: null, rules: {} })
  const [note, setNote] = useState('')
  const fetcher = useFetcher<Answer>()
  const { toast } = useMessenger()
  const titleId = useId()
  const pending = fetcher.state !== 'idle'
  const problem = pending ? null : readErrorBody(fetcher.data)
  useEffect(() => {
    if (!fetcher.data || readErrorBody(fetcher.data)) return
    toast(fetcher.data.labelled ? `It is a case of the golden set now, in revision ${fetcher.data.labelled.revision}.` : 'Dismissed.')
  }, [fetcher.data, toast])
  useCaseKeys(
    Object.fromEntries(
      scheme.labels.slice(0, 9).map(({ id }, index) => [String(index + 1), open ? () => setVerdict({ ...verdict, label: id }) : null]),
    ),
  )
  const action = `/policies/${encodeURIComponent(slug)}/probes`
  const send = (intent: 'label' | 'dismiss') =>
    fetcher.submit({ intent, id: pair.id, content, verdict: JSON.stringify(verdict), note }, { method: 'post', action })
  return (
    <li className="flex flex-col gap-2 px-3 py-3" aria-labelledby={titleId}>
      <div className="flex flex-wrap items-center gap-2">
        <Badge>{contrastKindWords[pair.kind]}</Badge>
        <span id={titleId} className="text-sm text-ink-muted">
          of{' '}
          <Link className="text-link font-mono text-xs" to={casesHref(slug, pair.goldenSet, {}, { caseId: pair.parentId })}>
            {pair.parentId}
          </Link>
        </span>
      </div>
      {open ? (
        <div className="flex flex-col gap-3">
          <Field label="Text" hint="Proposed by a rule: reword it until a person could have written it.">
            <Textarea dir="auto" rows={3} maxLength={20_000} value={content} onChange={(event) => setContent(event.target.value)} />
          </Field>
          <VerdictChooser scheme={scheme} value={verdict} onChange={setVerdict} disabled={pending} />
          <Field label="Why">
            <Input
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.target.value)}
              placeholder="Reports the words and does not use them"
            />
          </Field>
          {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
          <div className="flex gap-2">
            <Button
              variant="primary"
              icon={Check}
              pending={pending}
              disabled={verdict.label === null || note.trim() === '' || content.trim() === ''}
              onClick={() => send('label')}
            >
              Add to the golden set
            </Button>
            <Button onClick={() => onOpen(false)}>Close</Button>
          </div>
        </div>
      ) : (
        <>
          <HiddenContent text={pair.content} lines={3} className="rounded-md border bg-sunken p-3" />
          <div className="flex gap-2">
            <Button size="sm" onClick={() => onOpen(true)} aria-describedby={titleId}>
              Label …
            </Button>
            <Button size="sm" variant="quiet" icon={Trash2} pending={pending} onClick={() => send('dismiss')} aria-describedby={titleId}>
              Dismiss
            </Button>
          </div>
          {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
        </>
      )}
    </li>
  )
}
