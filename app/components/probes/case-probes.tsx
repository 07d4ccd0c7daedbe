import { Link, useFetcher } from '@remix-run/react'
import { FlaskConical, GitFork } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { LabelName } from '~/components/case/verdict-view'
import { canCancel, StatusBadge } from '~/components/replays/status'
import { Badge, RehearsalBadge } from '~/components/ui/badge'
import { Button } from '~/components/ui/button'
import { ProgressBar } from '~/components/ui/figure'
import { formatCount } from '~/components/ui/format'
import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { useJson } from '~/components/ui/use-json'
import { contrastKindWords } from '~/domain/probes/contrast-pairs'
import { describeTransform } from '~/domain/probes/transforms'
import type { ProbedCase } from '~/domain/probes/probe-records'
import { ProbeBadge } from './probed-case-view'
import { nameOfVersion } from './run-words'
import type { CaseProbes } from './types'

const lookAgainMs = 700

type Props = {
  slug: string
  goldenSet: string
  caseId: string
  /** Of this replay's prompt and model; else of the version in production. */
  replayId?: string
  /** Grows when the case is to be probed at once; 0: only when the button is pressed. */
  asked?: number
}

/** One case disguised and wrapped, and what the model says of each text: one click. */
export function CaseProbesView({ slug, goldenSet, caseId, replayId, asked = 0 }: Props) {
  const url = `/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(goldenSet)}/probes`
  const query = new URLSearchParams({ id: caseId, ...(replayId === undefined ? {} : { replay: replayId }) })
  const { data, problem, loading, reload } = useJson<CaseProbes>(`${url}?${query}`)
  const fetcher = useFetcher()
  const started = fetcher.data
  const run = data?.run ?? null
  const isUnderWay = run !== null && canCancel(run.status)
  const failed = fetcher.state === 'idle' ? readErrorBody(started) : null
  useEffect(() => {
    if (started !== undefined) reload()
  }, [started, reload])
  useEffect(() => {
    if (!isUnderWay) return
    const timer = setTimeout(reload, lookAgainMs)
    return () => clearTimeout(timer)
  }, [isUnderWay, data, reload])
  const send = (intent: 'probe' | 'propose') =>
    fetcher.submit(
      { intent, id: caseId, again: String(run?.status === 'finished'), ...(replayId === undefined ? {} : { replay: replayId }) },
      { method: 'post', action: url },
    )
  const answered = useRef(0)
  useEffect(() => {
    // What was probed already is shown first; asking again is the other button.
    if (asked <= answered.current || !data) return
    answered.current = asked
    if (data.run === null) send('probe')
  })
  const moved = data?.rows.filter(hasMoved).length ?? 0
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant={run ? 'secondary' : 'primary'}
          icon={FlaskConical}
          pending={fetcher.state !== 'idle' || isUnderWay}
          onClick={() => send('probe')}
        >
          {run ? 'Probe it again' : 'Probe this case'}
        </Button>
        {run && (
          <span className="flex flex-wrap items-center gap-2 text-sm text-ink-muted" aria-live="polite">
            {run.status !== 'finished' && <StatusBadge status={run.status} />}
            <span>
              {formatCount(moved)} of {formatCount(data?.rows.length ?? 0)} moved, {nameOfVersion(run)} with {run.modelName}
            </span>
            {run.rehearsal && <RehearsalBadge />}
            <Link className="text-link" to={`/probes/${run.id}?parent=${encodeURIComponent(caseId)}#cases`}>
              Details
            </Link>
          </span>
        )}
      </div>
      {isUnderWay && <ProgressBar label="Progress of the probes" value={run.done} max={run.total} />}
      {run?.status === 'failed' && run.statusReason && (
        <ErrorNotice title={run.statusReason} advice="Remove the cause, then probe it again." />
      )}
      {(failed ?? problem) && <ErrorNotice title={(failed ?? problem)?.message} advice={(failed ?? problem)?.advice} />}
      {loading && <p className="text-ink-muted">Looking for earlier probes …</p>}
      {!loading && !run && !problem && (
        <p className="text-sm text-ink-muted">
          Disguises the text (digits for letters, look-alike letters, hidden characters …) and wraps it in an injection or in something that
          only looks like one. What the model says is no part of the golden set.
        </p>
      )}
      {data && data.rows.length > 0 && <ProbeList rows={data.rows} />}
      {data && <Contrasts slug={slug} pairs={data.pairs} pending={fetcher.state !== 'idle'} onPropose={() => send('propose')} />}
    </div>
  )
}

/** The same, fetched when it is opened: for a view that is about something else. */
export function CaseProbesDisclosure(props: Omit<Props, 'asked'>) {
  const [open, setOpen] = useState(false)
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="rounded-md border px-3 py-2">
      <summary className="cursor-pointer text-sm font-medium">Probe this case</summary>
      {open && (
        <div className="pt-3">
          <CaseProbesView {...props} />
        </div>
      )}
    </details>
  )
}

const hasMoved = ({ before, after }: ProbedCase) =>
  Boolean(before?.verdict && after?.verdict && before.verdict.label !== after.verdict.label)

function ProbeList({ rows }: { rows: ProbedCase[] }) {
  const [opened, setOpened] = useState<string | null>(null)
  const before = rows[0]?.before?.verdict
  return (
    <section>
      <h3 className="mb-1.5 flex flex-wrap items-center gap-1.5 text-xs font-semibold text-ink-muted">
        {before ? (
          <>
            The unchanged text is judged <LabelName label={before.label} />
          </>
        ) : (
          'The unchanged text has no verdict'
        )}
      </h3>
      <ul className="divide-y rounded-md border text-sm">
        {rows.map((probe) => (
          <li key={probe.id}>
            <button
              type="button"
              aria-expanded={opened === probe.id}
              onClick={() => setOpened(opened === probe.id ? null : probe.id)}
              className="flex w-full flex-wrap items-center gap-2 px-3 py-1.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
            >
              <span className="mr-auto">{describeTransform(probe.transform, probe.kind)}</span>
              {probe.after?.verdict && <LabelName label={probe.after.verdict.label} />}
              <ProbeBadge probe={probe} />
            </button>
            {opened === probe.id && (
              <div className="flex flex-col gap-2 px-3 pb-3">
                <HiddenContent text={probe.content} className="rounded-md border bg-sunken p-3" />
                {probe.after?.verdict?.rationale && <InertText text={probe.after.verdict.rationale} className="text-ink-muted" />}
                {probe.after?.detail && <InertText text={probe.after.detail} className="text-ink-muted" />}
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Contrasts({
  slug,
  pairs,
  pending,
  onPropose,
}: {
  slug: string
  pairs: CaseProbes['pairs']
  pending: boolean
  onPropose: () => void
}) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-xs font-semibold text-ink-muted">Contrast pairs</h3>
      {pairs.length === 0 ? (
        <p className="text-sm text-ink-muted">
          Quoting, negating, answering or redirecting a text may change its label: that is for a person to say.
        </p>
      ) : (
        <ul className="flex flex-col gap-1 text-sm">
          {pairs.map((pair) => (
            <li key={pair.id} className="flex items-center gap-2">
              <Badge tone={pair.status === 'waiting' ? 'gold' : 'neutral'}>{pair.status}</Badge>
              {contrastKindWords[pair.kind]}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {pairs.length === 0 && (
          <Button size="sm" icon={GitFork} pending={pending} onClick={onPropose}>
            Propose contrast pairs
          </Button>
        )}
        {pairs.some(({ status }) => status === 'waiting') && (
          <Link className="text-link text-sm" to={`/policies/${encodeURIComponent(slug)}/probes#contrasts`}>
            Label them
          </Link>
        )}
      </div>
    </section>
  )
}
