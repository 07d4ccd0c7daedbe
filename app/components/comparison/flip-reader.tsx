import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { CaseContextView } from '~/components/case/case-context'
import { QuotedBadge } from '~/components/case/quoted-sign'
import { AnswerDetails, ExpectedVerdictView } from '~/components/case/verdict-view'
import { casesHref } from '~/components/golden-set/case-filter-url'
import { CaseProbesDisclosure } from '~/components/probes/case-probes'
import { Badge, FlipBadge } from '~/components/ui/badge'
import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import type { ComparedAnswer } from '~/domain/comparison/comparison'
import { ChangedLines } from './changed-lines'
import type { EditsState } from './edit-groups'
import type { ComparisonView, FlipItem } from './types'

/** One case of the comparison: what was posted, what people settled on, what either side said and why, and what was edited between them. */
export function FlipReader({
  flip,
  view,
  shown,
  edits,
}: {
  flip: FlipItem
  view: ComparisonView
  shown: boolean | undefined
  edits: EditsState
}) {
  const { baseline, candidate, policy } = view
  return (
    <article className="flex flex-col gap-4 p-4" aria-label={`Case ${flip.id}`}>
      <h2 className="sr-only">The chosen flip</h2>
      <header className="flex flex-wrap items-center gap-2">
        <FlipBadge kind={flip.flip} />
        {flip.mustPass && <Badge tone="gold">must pass</Badge>}
        {flip.leaked && flip.flip !== 'leaked' && <QuotedBadge />}
        {flip.noise && <Badge title="This case also flips when the same version is replayed again">noise</Badge>}
        <Link
          to={casesHref(policy.slug, candidate.goldenSet, {}, { caseId: flip.id })}
          className="text-link ml-auto min-w-0 truncate font-mono text-xs"
          title="Open the case in its golden set"
        >
          {flip.id}
        </Link>
      </header>
      <section aria-label="Content">
        <HiddenContent key={flip.id} text={flip.content} shown={shown} className="rounded-md border bg-sunken p-3 text-lg" />
        <div className="mt-2">
          <CaseContextView key={flip.id} context={flip.context} shown={shown} />
        </div>
      </section>
      <section className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h3 className="text-xs font-semibold text-ink-muted">Expected</h3>
        <ExpectedVerdictView expected={flip.expected} />
      </section>
      {flip.note && (
        <section>
          <h3 className="mb-1 text-xs font-semibold text-ink-muted">Why, says the note</h3>
          <InertText text={flip.note} />
        </section>
      )}
      <div className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line max-md:grid-cols-1">
        <Side name={baseline.name} answer={flip.baseline} />
        <Side name={candidate.name} answer={flip.candidate} />
      </div>
      <ChangedLines flip={flip} state={edits} />
      {flip.tags.length > 0 && (
        <div className="flex flex-wrap gap-1.5" aria-label="Tags">
          {flip.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </div>
      )}
      <CaseProbesDisclosure
        key={`probes ${flip.id}`}
        slug={policy.slug}
        goldenSet={candidate.goldenSet}
        caseId={flip.id}
        replayId={candidate.replayId}
      />
    </article>
  )
}

function Side({ name, answer }: { name: ReactNode; answer: ComparedAnswer | null }) {
  return (
    <section className="min-w-0 bg-surface p-3">
      <h3 className="mb-1.5 text-xs font-semibold text-ink-muted">{name}</h3>
      {answer ? <AnswerDetails answer={answer} /> : <p className="text-sm text-ink-faint">This side was not asked about the case.</p>}
    </section>
  )
}
