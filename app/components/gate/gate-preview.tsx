import { Link } from '@remix-run/react'
import { RehearsalBadge } from '~/components/ui/badge'
import { classNames } from '~/components/ui/class-names'
import { ErrorNotice } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { useJson } from '~/components/ui/use-json'
import type { GateResult } from '~/domain/gate/gate-result'
import type { GatePreviewView } from './types'

const looks: Record<GateResult, { glyph: string; word: string; ink: string }> = {
  pass: { glyph: '✓', word: 'passes', ink: 'text-fixed-ink' },
  fail: { glyph: '▼', word: 'fails', ink: 'text-regressed-ink' },
  inconclusive: { glyph: '?', word: 'cannot tell yet', ink: 'text-unscored-ink' },
}

const harm: GateResult[] = ['fail', 'inconclusive', 'pass']

/** What today's replays would say to the gate, as it stands in the form. */
export function GatePreviewPanel({
  url,
  comparisonHref,
  problems,
}: {
  url: string | null
  comparisonHref: string | null
  problems: string[]
}) {
  const preview = useJson<GatePreviewView>(url)
  return (
    <Panel
      title="What today’s replays would say"
      actions={
        comparisonHref && (
          <Link className="text-link text-sm" to={comparisonHref}>
            Open the comparison
          </Link>
        )
      }
    >
      <div className="min-h-64" aria-live="polite" aria-busy={preview.loading}>
        {problems.length > 0 ? (
          <ErrorNotice title="The gate is not complete." advice={problems.join(' ')} />
        ) : preview.problem ? (
          <ErrorNotice title={preview.problem.message} advice={preview.problem.advice} onRetry={preview.reload} />
        ) : preview.data ? (
          <Evaluation preview={preview.data} />
        ) : (
          <p className="text-ink-muted">
            {url === null ? 'Replay two versions over the same golden set to see here what they would say.' : 'Judging …'}
          </p>
        )}
      </div>
    </Panel>
  )
}

function Evaluation({ preview }: { preview: GatePreviewView }) {
  const { evaluation, sentence, rehearsal, yaml } = preview
  const look = looks[evaluation.result]
  const worstFirst = evaluation.conditions.toSorted((a, b) => harm.indexOf(a.result) - harm.indexOf(b.result))
  return (
    <div className="flex flex-col gap-3">
      <p className={classNames('flex flex-wrap items-center gap-2 text-xl font-semibold tracking-tight', look.ink)}>
        <span>
          <span aria-hidden>{look.glyph} </span>The gate {look.word}
        </span>
        {rehearsal && <RehearsalBadge />}
      </p>
      <p className="text-sm">{sentence}</p>
      <ul className="flex flex-col divide-y text-sm" aria-label="Conditions">
        {worstFirst.map((condition, index) => (
          <li key={`${index}-${condition.name}`} className="flex gap-2 py-1.5">
            <span aria-hidden className={classNames('w-4 shrink-0 text-center', looks[condition.result].ink)}>
              {looks[condition.result].glyph}
            </span>
            <span className="min-w-0 break-words">
              <span className="font-medium">{condition.name}</span> <span className="sr-only">{looks[condition.result].word}: </span>
              <span className="text-ink-muted">{condition.evidence}</span>
              {condition.reason && <span className={classNames('block', looks[condition.result].ink)}>{condition.reason}</span>}
            </span>
          </li>
        ))}
      </ul>
      <details>
        <summary className="text-sm text-ink-muted">As part of a suite file, for git and CI</summary>
        <pre tabIndex={0} aria-label="The gate as YAML" className="mt-2 overflow-x-auto rounded-md border bg-sunken p-3 font-mono text-xs">
          {yaml}
        </pre>
      </details>
    </div>
  )
}
