import { Link, useSearchParams } from '@remix-run/react'
import { ArrowLeftRight, GitCompareArrows, Play, X } from 'lucide-react'
import { useState } from 'react'
import { RehearsalBadge, versionName } from '~/components/ui/badge'
import { Button, ButtonLink, IconButton } from '~/components/ui/button'
import { Select } from '~/components/ui/form'
import { ProgressBar } from '~/components/ui/figure'
import { formatCost, formatCount, formatDuration, formatPercent, formatQuantity, shortHash } from '~/components/ui/format'
import { EmptyState } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'
import { useLookAgain } from '~/components/ui/use-look-again'
import { chooseAnother, findComparison, readChosen, type ChosenComparison } from './replay-order'
import { StatusBadge } from './status'
import type { ReplayListView, ReplayRow } from './types'

/** All replays, newest first; two or more of them lead to their comparison. */
export function ReplayList({ view }: { view: ReplayListView }) {
  const { replays, policies, policySlug } = view
  const [params, setParams] = useSearchParams()
  const [chosen, setChosen] = useState(() => readChosen(params, replays))
  useLookAgain(replays.some(({ status }) => status === 'running' || status === 'pending' || status === 'paused'))
  const names = new Map(policies.map(({ slug, name }) => [slug, name]))
  const rows = chosen.map((id) => replays.find((replay) => replay.id === id)).filter((row): row is ReplayRow => row !== undefined)
  return (
    <Page wide>
      <PageHeader
        title="Replays"
        description="A prompt version over a golden set, with one model. Choose two or more to compare them."
        actions={
          policies.length > 1 && (
            <Select
              aria-label="Policy"
              className="w-auto!"
              value={policySlug ?? ''}
              onChange={(event) => {
                setChosen([])
                setParams(event.target.value ? { policy: event.target.value } : {}, { replace: true })
              }}
            >
              <option value="">All policies</option>
              {policies.map(({ slug, name }) => (
                <option key={slug} value={slug}>
                  {name}
                </option>
              ))}
            </Select>
          )
        }
      />
      <Panel flush>
        {replays.length === 0 ? (
          <EmptyState
            icon={Play}
            title="Nothing was replayed yet"
            actions={
              <ButtonLink variant="primary" to={policySlug ? `/policies/${policySlug}` : '/'}>
                {policySlug ? 'Open the policy' : 'Choose a policy'}
              </ButtonLink>
            }
          >
            Open a policy, change its prompt and press Replay: the run stands here, and so does what it cost.
          </EmptyState>
        ) : (
          <Table label="Replays, newest first">
            <thead>
              <tr>
                <HeaderCell>
                  <span className="sr-only">Choose to compare</span>
                </HeaderCell>
                <HeaderCell>Replay</HeaderCell>
                <HeaderCell>Status</HeaderCell>
                <HeaderCell numeric>Accuracy</HeaderCell>
                <HeaderCell>Golden set</HeaderCell>
                <HeaderCell>Model</HeaderCell>
                <HeaderCell numeric>Took</HeaderCell>
                <HeaderCell numeric>Cost</HeaderCell>
                <HeaderCell className="max-lg:hidden">Started by</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {replays.map((replay) => (
                <ReplayTableRow
                  key={replay.id}
                  replay={replay}
                  policyName={names.get(replay.policySlug) ?? replay.policySlug}
                  chosen={chosen.includes(replay.id)}
                  onChoose={() => setChosen(chooseAnother(chosen, replay.id))}
                />
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      {replays.length >= view.limit && (
        <p className="mt-2 text-xs text-ink-faint">
          The newest {formatQuantity(view.limit, 'replay')}. Choose a policy to see more of its own.
        </p>
      )}
      <CompareBar key={chosen.join()} rows={rows} onClear={() => setChosen([])} />
    </Page>
  )
}

function ReplayTableRow({
  replay,
  policyName,
  chosen,
  onChoose,
}: {
  replay: ReplayRow
  policyName: string
  chosen: boolean
  onChoose: () => void
}) {
  const name = replay.versionNumber === null ? `draft ${shortHash(replay.promptHash)}` : versionName(replay.versionNumber)
  return (
    <Row data-row tabIndex={-1} className={chosen ? 'bg-selected' : undefined}>
      <Cell className="w-8 pr-0">
        <input
          type="checkbox"
          aria-label={`Choose ${policyName} ${name} to compare`}
          checked={chosen}
          onChange={onChoose}
          className="mt-0.5 size-4 accent-(--stone-gold)"
        />
      </Cell>
      <Cell>
        <Link to={`/replays/${replay.id}`} className="text-link font-medium">
          {policyName} {name}
        </Link>
        <div className="text-xs text-ink-faint">
          <RelativeTime at={replay.createdAt} />
        </div>
      </Cell>
      <Cell>
        <div className="flex items-center gap-2">
          <StatusBadge status={replay.status} />
          {replay.status !== 'finished' && (
            <span className="text-xs whitespace-nowrap text-ink-muted">
              {formatCount(replay.done)} of {formatCount(replay.total)}
            </span>
          )}
        </div>
        {replay.status !== 'finished' && (
          <div className="mt-1 max-w-40">
            <ProgressBar
              label={`Progress of ${policyName} ${name}`}
              value={replay.done}
              max={replay.total}
              tone={replay.status === 'running' ? 'gold' : 'unscored'}
            />
          </div>
        )}
      </Cell>
      <Cell numeric className="font-medium">
        {formatPercent(replay.accuracy)}
      </Cell>
      <Cell>
        <Link
          className="text-link"
          to={`/policies/${encodeURIComponent(replay.policySlug)}/golden/${encodeURIComponent(replay.goldenSet)}?revision=${replay.goldenRevision}`}
        >
          {replay.goldenSet}@{replay.goldenRevision}
        </Link>
        <div className="text-xs text-ink-faint">
          {formatCount(replay.total)} {replay.epochs > 1 ? `trials, ${replay.epochs} epochs` : replay.total === 1 ? 'case' : 'cases'}
        </div>
      </Cell>
      <Cell>
        <span className="flex flex-wrap items-center gap-1.5">
          <span className="[overflow-wrap:anywhere]">{replay.modelName}</span>
          {replay.rehearsal && <RehearsalBadge />}
        </span>
      </Cell>
      <Cell numeric>{replay.startedAt === null ? <span className="text-ink-faint">n/a</span> : formatDuration(replay.durationMs)}</Cell>
      <Cell numeric>{formatCost(replay.costUsd)}</Cell>
      <Cell className="text-ink-muted max-lg:hidden">{replay.author}</Cell>
    </Row>
  )
}

/** Stands at the foot of the window as soon as something is chosen, over the page and not in it: nothing moves. */
function CompareBar({ rows, onClear }: { rows: ReplayRow[]; onClear: () => void }) {
  const [swapped, setSwapped] = useState(false)
  if (rows.length === 0) return null
  const found = findComparison(rows, ({ versionNumber, promptHash }) =>
    versionNumber === null ? `draft ${shortHash(promptHash)}` : versionName(versionNumber),
  )
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-20 flex justify-center px-4">
      <div className="overlay-in pointer-events-auto flex flex-wrap items-center gap-3 rounded-lg border bg-raised px-4 py-2 shadow-overlay">
        {'problem' in found ? (
          <span>
            {found.problem} Choose {rows.length === 1 ? 'a second one, or several, to compare it with' : 'another'}.
          </span>
        ) : (
          <ChosenReplays found={found} swapped={swapped} onSwap={() => setSwapped(!swapped)} />
        )}
        <IconButton label="Choose none" icon={X} onClick={onClear} />
      </div>
    </div>
  )
}

function ChosenReplays({
  found: { to, names },
  swapped,
  onSwap,
}: {
  found: Extract<ChosenComparison, { to: string }>
  swapped: boolean
  onSwap: () => void
}) {
  if (names.length > 2)
    return (
      <>
        <span>
          <strong>{names.join(', ')}</strong>, in one table
        </span>
        <ButtonLink size="sm" variant="primary" icon={GitCompareArrows} to={to}>
          Compare {names.length}
        </ButtonLink>
      </>
    )
  const [baseline, candidate] = swapped ? names.toReversed() : names
  const [, , first, second] = to.split('/')
  return (
    <>
      <span>
        Baseline <strong>{baseline}</strong>, candidate <strong>{candidate}</strong>
      </span>
      <Button size="sm" icon={ArrowLeftRight} onClick={onSwap}>
        Swap
      </Button>
      <ButtonLink size="sm" variant="primary" icon={GitCompareArrows} to={swapped ? `/compare/${second}/${first}` : to}>
        Compare
      </ButtonLink>
    </>
  )
}
