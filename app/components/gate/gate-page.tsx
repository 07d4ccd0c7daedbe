import { useFetcher, useSearchParams } from '@remix-run/react'
import { useDeferredValue, useState } from 'react'
import { versionName } from '~/components/ui/badge'
import { Button } from '~/components/ui/button'
import { Field, Input, Select } from '~/components/ui/form'
import { formatPercent, shortHash } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { RelativeTime } from '~/components/ui/time'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'
import { readDraft, toDraft } from './gate-draft'
import { GateFields } from './gate-fields'
import { GatePreviewPanel } from './gate-preview'
import type { GateReplay, GateView } from './types'

/** What a candidate of this policy must meet before it may go out, with what today's replays would say to it. */
export function GatePage({ view }: { view: GateView }) {
  const { policy, gates, replays, suggestion, columns } = view
  const [params, setParams] = useSearchParams()
  const [draft, setDraft] = useState(() => toDraft(gates[0]?.conditions ?? gateConditionsSchema.parse({})))
  const settled = useDeferredValue(draft)
  const reading = readDraft(settled)
  const base = `/policies/${encodeURIComponent(policy.slug)}/gate`
  const known = (id: string | null) => (replays.some((replay) => replay.id === id) ? id : null)
  const baseline = known(params.get('baseline')) ?? suggestion?.baseline ?? ''
  const candidate = known(params.get('candidate')) ?? suggestion?.candidate ?? ''
  const chooseSide = (side: 'baseline' | 'candidate') => (id: string) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current)
        next.set(side, id)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  const hasSides = baseline !== '' && candidate !== ''
  const query = reading.ok ? new URLSearchParams({ baseline, candidate, conditions: JSON.stringify(reading.conditions) }) : null

  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
        ]}
        title="Gate"
        description="What a candidate must meet before it may go out. It fails closed: what cannot be judged does not pass."
      />
      <div className="grid grid-cols-[3fr_2fr] items-start gap-4 max-lg:grid-cols-1">
        <div className="flex flex-col gap-4">
          <GateFields draft={draft} columns={columns} onChange={(change) => setDraft((current) => ({ ...current, ...change }))} />
          <SaveGate action={base} conditions={reading.ok ? JSON.stringify(reading.conditions) : null} isNew={gates.length === 0} />
          <History gates={gates} onRestore={(index) => setDraft(toDraft(gates[index]?.conditions ?? gateConditionsSchema.parse({})))} />
        </div>
        <div className="sticky top-16 flex flex-col gap-4 max-lg:static">
          {replays.length > 0 && (
            <Panel>
              <div className="grid grid-cols-2 gap-3">
                <ReplaySelect label="Baseline" replays={replays} value={baseline} onChange={chooseSide('baseline')} />
                <ReplaySelect label="Candidate" replays={replays} value={candidate} onChange={chooseSide('candidate')} />
              </div>
            </Panel>
          )}
          <GatePreviewPanel
            url={hasSides && query ? `${base}/preview?${query}` : null}
            comparisonHref={hasSides ? `/compare/${baseline}/${candidate}` : null}
            problems={reading.ok ? [] : reading.problems}
          />
        </div>
      </div>
    </Page>
  )
}

function ReplaySelect({
  label,
  replays,
  value,
  onChange,
}: {
  label: string
  replays: GateReplay[]
  value: string
  onChange: (id: string) => void
}) {
  const name = ({ versionNumber, promptHash, goldenSet, goldenRevision, modelName, accuracy }: GateReplay) =>
    `${versionNumber === null ? `draft ${shortHash(promptHash)}` : versionName(versionNumber)} · ${goldenSet}@${goldenRevision} · ${modelName} · ${formatPercent(accuracy)}`
  return (
    <Field label={label}>
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {value === '' && <option value="">Choose a replay</option>}
        {replays.map((replay) => (
          <option key={replay.id} value={replay.id}>
            {name(replay)}
          </option>
        ))}
      </Select>
    </Field>
  )
}

function SaveGate({ action, conditions, isNew }: { action: string; conditions: string | null; isNew: boolean }) {
  const fetcher = useFetcher<{ saved?: number }>()
  const problem = fetcher.state === 'idle' ? readErrorBody(fetcher.data) : null
  const saved = fetcher.data && 'saved' in fetcher.data ? fetcher.data.saved : undefined
  return (
    <fetcher.Form key={saved} method="post" action={action} className="flex flex-col gap-2">
      {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      <input type="hidden" name="conditions" value={conditions ?? ''} />
      <div className="flex items-end gap-2">
        <Field label="Why" className="grow">
          <Input name="message" required maxLength={500} placeholder={isNew ? 'Why these conditions?' : 'Why is it changed?'} />
        </Field>
        <Button type="submit" variant="primary" disabled={conditions === null} pending={fetcher.state !== 'idle'}>
          Save the gate
        </Button>
      </div>
      <p role="status" className="text-sm text-ink-muted">
        {saved !== undefined && fetcher.state === 'idle' && 'The gate was saved.'}
      </p>
    </fetcher.Form>
  )
}

function History({ gates, onRestore }: { gates: GateView['gates']; onRestore: (index: number) => void }) {
  if (gates.length === 0) return null
  return (
    <Panel title="History">
      <ol className="flex flex-col divide-y text-sm">
        {gates.map((gate, index) => (
          <li key={gate.createdAt} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
            <span className="min-w-0 grow">
              <InertText text={gate.message} />
            </span>
            <span className="text-ink-muted">{gate.author}</span>
            <span className="text-ink-faint">
              <RelativeTime at={gate.createdAt} />
            </span>
            <Button size="sm" onClick={() => onRestore(index)}>
              {index === 0 ? 'Undo my changes' : 'Take it into the form'}
            </Button>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
