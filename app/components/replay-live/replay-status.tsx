import { Link } from '@remix-run/react'
import { ArrowRight, RotateCcw, Square } from 'lucide-react'
import { unscoredReasons } from '~/domain/verdict/verdict'
import { Badge, outcomeWords, versionName } from '../ui/badge'
import { Button } from '../ui/button'
import { ProgressBar } from '../ui/figure'
import { formatCost, formatCount, formatDuration, formatPercent, formatRate, shortHash } from '../ui/format'
import { ErrorNotice, Notice } from '../ui/notices'
import type { LiveReplay } from './live-messages'
import { countDone, formatCached, isUnderWay, type LiveState } from './live-state'

/** How far the replay is: bar, rate, time left, cost, unscored by reason. Keeps its height from the first moment to the last. */
export function ReplayProgressView({ live, onCancel, stopping }: { live: LiveState; onCancel: () => void; stopping: boolean }) {
  const { done, total } = countDone(live)
  const underWay = isUnderWay(live)
  const cost = live.end?.costUsd ?? live.progress?.costUsd ?? null
  const outcomes = live.progress?.outcomes
  const unscored = outcomes ? unscoredReasons.reduce((sum, reason) => sum + outcomes[reason], 0) : 0
  return (
    <div className="px-3 py-2">
      <div className="flex h-7 items-center gap-2 text-sm">
        <span className="font-medium">
          {formatCount(done)} of {formatCount(total)}
        </span>
        <span className="min-w-0 truncate text-ink-muted">{describeState(live)}</span>
        {underWay && (
          <Button size="sm" variant="quiet" icon={Square} className="ml-auto" onClick={onCancel} pending={stopping}>
            Cancel
          </Button>
        )}
      </div>
      <ProgressBar
        label="Progress of the replay"
        value={done}
        max={total}
        tone={live.end && live.end.status !== 'finished' ? 'unscored' : 'gold'}
      />
      <dl className="mt-1.5 grid grid-cols-3 gap-x-2 gap-y-0.5 text-xs">
        <SmallFigure label="Rate" value={underWay ? formatRate(live.ratePerSecond) : '–'} />
        <SmallFigure
          label={live.end ? 'Took' : 'Time left'}
          value={live.end ? formatDuration(live.end.durationMs) : underWay ? formatDuration(live.etaMs) : '–'}
        />
        <SmallFigure label="Cost" value={formatCost(cost)} />
        <SmallFigure label="Cached" value={live.progress ? formatCached(live.progress) : '0'} />
        <SmallFigure label="In flight" value={live.calls ? `${live.calls.inFlight} of ${live.calls.concurrencyLimit}` : '–'} />
        <SmallFigure label="Unscored" value={formatCount(unscored)} />
      </dl>
      <UnscoredReasons live={live} />
    </div>
  )
}

function SmallFigure({ label, value }: { label: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-faint">{label}</dt>
      <dd className="truncate">{value}</dd>
    </div>
  )
}

function describeState(live: LiveState): string {
  if (live.end)
    return { finished: 'replayed', cancelled: 'cancelled', failed: 'stopped', running: '', paused: '', pending: '' }[live.end.status]
  if (live.connection === 'lost') return 'connection lost, trying again; the replay runs on'
  if (live.paused) return `waiting: ${live.paused.reason}`
  if (live.connection === 'connecting') return 'looking'
  if (live.replay?.status === 'pending') return 'starting'
  return 'replaying'
}

/** What is unscored and why; as long as the baseline is being replayed, how far that is. One line that is always there. */
function UnscoredReasons({ live }: { live: LiveState }) {
  const outcomes = live.progress?.outcomes
  const { baseline } = live
  if (isUnderWay(live) && baseline && (baseline.status === 'running' || baseline.status === 'pending' || baseline.status === 'paused'))
    return (
      <p className="mt-1.5 min-h-5 text-xs text-ink-muted">
        The baseline {versionName(baseline.versionNumber)} is replayed too: {formatCount(baseline.done)} of {formatCount(baseline.total)}.
      </p>
    )
  const reasons = outcomes ? unscoredReasons.filter((reason) => outcomes[reason] > 0) : []
  return (
    <p className="mt-1.5 flex min-h-5 flex-wrap gap-1 text-xs text-ink-muted">
      {outcomes &&
        reasons.length === 0 &&
        countDone(live).done > 0 &&
        (live.end?.status === 'finished' ? 'All scored.' : 'All scored so far.')}
      {reasons.map((reason) => (
        <Badge key={reason} tone="unscored" glyph="◇">
          {formatCount(outcomes?.[reason])} {outcomeWords[reason]}
        </Badge>
      ))}
    </p>
  )
}

/** What the replay says so far or in the end: the sentence, or the two counts, or why there is none. */
export function ReplayVerdict({
  live,
  comparisonAddress,
  onResume,
  resuming,
}: {
  live: LiveState
  comparisonAddress: string | null
  onResume: () => void
  resuming: boolean
}) {
  const resumeButton = (
    <Button size="sm" icon={RotateCcw} onClick={onResume} pending={resuming}>
      Resume
    </Button>
  )
  return (
    <div className="border-y bg-sunken px-3 py-2">
      <FlipCounts live={live} />
      {isUnderWay(live) && <p className="mt-1 min-h-11 text-sm text-ink-muted">The verdict stands here when every case has been judged.</p>}
      {live.end?.verdict && <VerdictSentence sentence={sayDraft(live.end.verdict.sentence, live.replay)} address={comparisonAddress} />}
      {live.end && !live.end.verdict && live.end.status === 'finished' && (
        <p className="text-sm">
          {live.end.noVerdict ?? (
            <>
              {formatPercent(live.end.accuracy)} right.{' '}
              {live.replay && live.replay.versionNumber !== null
                ? `There is nothing to compare with: this is the text of ${versionName(live.replay.versionNumber)} itself.`
                : 'There is no version to compare with yet. Make one of this draft, and the next draft is compared with it.'}
            </>
          )}
        </p>
      )}
      {live.end?.status === 'cancelled' && (
        <Notice>
          <p>This replay was cancelled. What is answered stays; resuming asks only for the rest.</p>
          <div className="mt-2">{resumeButton}</div>
        </Notice>
      )}
      {live.end?.status === 'failed' && (
        <ErrorNotice
          title={`This replay stopped: ${live.end.reason ?? 'no reason was given'}`}
          advice="What is answered stays; resuming asks only for the rest."
          actions={resumeButton}
        />
      )}
      {live.problem && <ErrorNotice title={live.problem.message} advice={live.problem.advice} />}
      {live.warnings.map((warning) => (
        <Notice key={warning} tone="gold" className="mt-2">
          {warning}
        </Notice>
      ))}
    </div>
  )
}

function FlipCounts({ live }: { live: LiveState }) {
  const counts = live.end?.verdict ?? live.flips
  if (live.end && !counts) return null
  return (
    <div className="flex h-9 items-center gap-3">
      <span className="flex items-baseline gap-1 text-regressed-ink">
        <span aria-hidden>▼</span>
        <span className="text-xl font-semibold">{formatCount(counts?.regressed ?? 0)}</span> regressed
      </span>
      <span className="flex items-baseline gap-1 text-fixed-ink">
        <span aria-hidden>▲</span>
        <span className="text-xl font-semibold">{formatCount(counts?.fixed ?? 0)}</span> fixed
      </span>
      <span className="ml-auto text-xs whitespace-nowrap text-ink-muted">
        of {formatCount(counts?.compared ?? 0)}
        <span className="max-2xl:sr-only"> compared</span>
      </span>
    </div>
  )
}

/** Elsewhere a text that is no version goes by its hash; beside the draft it is the draft. */
function sayDraft(sentence: string, replay: LiveReplay | null): string {
  if (!replay || replay.versionNumber !== null) return sentence
  return sentence.replaceAll(`the text ${shortHash(replay.promptHash)}`, 'the draft').replace(/^the draft/, 'The draft')
}

function VerdictSentence({ sentence, address }: { sentence: string; address: string | null }) {
  return (
    <p className="mt-1 min-h-11 text-base font-medium text-balance">
      {address ? (
        <Link to={address} className="text-link">
          {sentence}
          <ArrowRight aria-hidden className="ml-1 inline size-4" />
        </Link>
      ) : (
        sentence
      )}
    </p>
  )
}
