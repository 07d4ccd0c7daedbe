import { Play } from 'lucide-react'
import { useEffect, useId, useRef, type ReactNode } from 'react'
import { RehearsalBadge } from '../ui/badge'
import { Button, ButtonLink } from '../ui/button'
import { Select } from '../ui/form'
import { formatQuantity } from '../ui/format'
import { Kbd, useModifierName } from '../ui/kbd'
import { EmptyState, ErrorNotice, Notice } from '../ui/notices'
import { Panel } from '../ui/panel'
import { useMessenger } from '../ui/toast'
import { FlipList } from './flip-list'
import { countDone, isUnderWay, type LiveState } from './live-state'
import { ReplayProgressView, ReplayVerdict } from './replay-status'

export type GoldenSetChoice = { name: string; head: number; caseCount: number }
export type BaselineChoice = { number: number; labels: string[] }
export type ModelChoice = { id: string; label: string }

export type LiveReplayPanelProps = {
  slug: string
  live: LiveState
  goldenSets: GoldenSetChoice[]
  goldenSet: string | null
  baselines: BaselineChoice[]
  baseline: number | null
  models: ModelChoice[]
  model: string
  rehearsal: boolean
  /** The draft is not what this replay read. */
  stale: boolean
  starting: boolean
  stopping: boolean
  resuming: boolean
  problem: { message: string; advice: string | null } | null
  comparisonAddress: string | null
  onGoldenSet: (name: string) => void
  onBaseline: (number: number) => void
  onModel: (id: string) => void
  onStart: () => void
  onCancel: () => void
  onResume: () => void
}

/** The replay of the draft against its baseline: what over, one button, and what comes of it. */
export function LiveReplayPanel(props: LiveReplayPanelProps) {
  const { slug, live, goldenSet, goldenSets, rehearsal, stale, problem, comparisonAddress } = props
  const modifier = useModifierName()
  const underWay = isUnderWay(live)
  useAnnouncements(live)
  if (goldenSets.length === 0)
    return (
      <Panel title="Replay" className="min-h-0">
        <EmptyState
          title="No golden set yet"
          actions={
            <ButtonLink variant="primary" to={`/policies/${slug}/import`}>
              Import cases
            </ButtonLink>
          }
        >
          A replay asks a model about cases that people have labelled. Bring some in: JSON Lines, JSON or CSV.
        </EmptyState>
      </Panel>
    )
  return (
    <Panel title="Replay the draft" actions={rehearsal && <RehearsalBadge />} flush className="min-h-0 xl:overflow-hidden">
      <div className="flex h-full min-h-0 flex-col">
        <div className="grid grid-cols-[max-content_minmax(0,1fr)] items-center gap-x-3 gap-y-1.5 p-3 text-sm">
          <ChoiceRow label="Golden set" value={goldenSet ?? ''} onChange={props.onGoldenSet}>
            {goldenSets.map((set) => (
              <option key={set.name} value={set.name}>
                {set.name} ({formatQuantity(set.caseCount, 'case')})
              </option>
            ))}
          </ChoiceRow>
          <ChoiceRow
            label="Against"
            value={props.baseline === null ? '' : String(props.baseline)}
            onChange={(value) => props.onBaseline(Number(value))}
            disabled={props.baselines.length === 0}
          >
            {props.baselines.length === 0 && <option value="">no version yet</option>}
            {props.baselines.map((version) => (
              <option key={version.number} value={version.number}>
                v{version.number}
                {version.labels.length > 0 && ` (${version.labels.join(', ')})`}
              </option>
            ))}
          </ChoiceRow>
          <ChoiceRow label="Model" value={props.model} onChange={props.onModel}>
            {props.models.map((model) => (
              <option key={model.id} value={model.id}>
                {model.label}
              </option>
            ))}
            <option value="other">Another model…</option>
          </ChoiceRow>
          <Button
            variant="primary"
            icon={Play}
            className="col-span-2"
            onClick={props.onStart}
            pending={props.starting}
            disabled={underWay && !stale}
          >
            {live.end?.status === 'finished' && !stale ? 'Replay again' : 'Replay the draft'}
            <span className="ml-1 inline-flex gap-0.5" aria-hidden>
              <Kbd>{modifier}</Kbd>
              <Kbd>Enter</Kbd>
            </span>
          </Button>
          {rehearsal && (
            <p className="col-span-2 text-xs text-ink-muted">Rehearsal matches the words of your rules; it is no model of judgement.</p>
          )}
        </div>
        {problem && <ErrorNotice className="mx-3 mb-3" title={problem.message} advice={problem.advice} />}
        <div className="min-h-0 grow border-t xl:overflow-y-auto">
          {live.connection === 'none' ? (
            <EmptyState title="See what your change does">
              {props.baselines.length === 0 ? 'Write the draft' : 'Change the draft'}, then press <Kbd>{modifier}</Kbd> <Kbd>Enter</Kbd>.
              What it fixes and what it breaks appears here as it happens, worst first.
            </EmptyState>
          ) : (
            <>
              {stale && (
                <Notice className="m-2" tone="gold">
                  {underWay
                    ? 'This is the replay of an earlier text; the draft has changed since.'
                    : 'The draft has changed since this replay. Replay again to see what it does now.'}
                </Notice>
              )}
              <ReplayProgressView live={live} onCancel={props.onCancel} stopping={props.stopping} />
              <ReplayVerdict live={live} comparisonAddress={comparisonAddress} onResume={props.onResume} resuming={props.resuming} />
              <Flips live={live} comparisonAddress={comparisonAddress} />
            </>
          )}
        </div>
      </div>
    </Panel>
  )
}

/** A choice on one line: its name, and the select. */
function ChoiceRow({
  label,
  value,
  onChange,
  disabled,
  children,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  disabled?: boolean
  children: ReactNode
}) {
  const id = useId()
  return (
    <>
      <label htmlFor={id} className="text-ink-muted">
        {label}
      </label>
      <Select id={id} className="h-7! text-sm!" value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
        {children}
      </Select>
    </>
  )
}

function Flips({ live, comparisonAddress }: { live: LiveState; comparisonAddress: string | null }) {
  const rows = live.flips?.rows ?? []
  const total = (live.flips?.fixed ?? 0) + (live.flips?.regressed ?? 0)
  if (rows.length === 0)
    return (
      <p className="px-3 py-6 text-center text-sm text-ink-muted">
        {isUnderWay(live) ? 'No case has flipped so far.' : live.end?.verdict ? 'No case flipped.' : ''}
      </p>
    )
  const finished = live.end?.verdict ? comparisonAddress : null
  return (
    <>
      <FlipList flips={rows} caseAddress={finished ? (flip) => `${finished}?case=${encodeURIComponent(flip.id)}` : undefined} />
      {total > rows.length && (
        <p className="px-3 py-2 text-sm text-ink-muted">
          The worst {rows.length} of {formatQuantity(total, 'flip')}.
        </p>
      )}
    </>
  )
}

/** Says aloud how it goes: at a quarter, half, three quarters, and in the end. */
function useAnnouncements(live: LiveState) {
  const { announce } = useMessenger()
  const { done, total } = countDone(live)
  const quarter = isUnderWay(live) && total > 0 ? Math.floor((4 * done) / total) : 0
  const counts = live.flips ? `${live.flips.fixed} fixed, ${live.flips.regressed} regressed` : ''
  const latestCounts = useRef(counts)
  latestCounts.current = counts
  const wasUnderWay = useRef(false)
  useEffect(() => {
    if (quarter > 0 && quarter < 4) announce(`Replay at ${quarter * 25} percent. ${latestCounts.current}`)
  }, [quarter, announce])
  useEffect(() => {
    if (isUnderWay(live)) wasUnderWay.current = true
    if (!live.end || !wasUnderWay.current) return
    wasUnderWay.current = false
    announce(live.end.verdict?.sentence ?? `The replay is ${live.end.status}. ${latestCounts.current}`)
  }, [live, announce])
}
