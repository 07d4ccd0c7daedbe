import { Link } from '@remix-run/react'
import { ChevronRight } from 'lucide-react'
import { memo } from 'react'
import type { ComparedAnswer } from '~/domain/comparison/comparison'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import { Badge, flipLook, outcomeWords } from '../ui/badge'
import { classNames } from '../ui/class-names'
import { HiddenContent, InertText } from '../ui/hidden-content'
import { useRowNavigation } from '../ui/table'
import { makeTextVisible } from '~/domain/visible-text'
import type { LiveFlip } from './live-messages'

/** The flips so far, worst first. Each opens in place; `caseAddress` leads to the case in the comparison, where there is one. */
export function FlipList({ flips, caseAddress }: { flips: LiveFlip[]; caseAddress?: (flip: LiveFlip) => string }) {
  const onKeyDown = useRowNavigation()
  return (
    <ul onKeyDown={onKeyDown} className="divide-y" aria-label="Flips, worst first">
      {flips.map((flip) => (
        <FlipItem key={flip.id} flip={flip} address={caseAddress?.(flip)} />
      ))}
    </ul>
  )
}

const FlipItem = memo(function FlipItem({ flip, address }: { flip: LiveFlip; address?: string }) {
  const { glyph, word, ink } = flipLook[flip.flip]
  return (
    <li>
      <details className="group">
        <summary data-row className="flex list-none items-start gap-2 px-3 py-2 hover:bg-hover focus-visible:-outline-offset-2">
          <span className={classNames('mt-px w-4 shrink-0 text-center', ink)}>
            <span aria-hidden>{glyph}</span>
            <span className="sr-only">{word}: </span>
          </span>
          <span className="min-w-0 grow">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span className="truncate font-mono text-xs text-ink-muted">{makeTextVisible(flip.id)}</span>
              {flip.mustPass && <Badge tone="gold">must pass</Badge>}
            </span>
            <span className="block text-sm break-words">
              <AnswerWords answer={flip.baseline} /> <span aria-hidden>→</span>
              <span className="sr-only">, now</span>{' '}
              <strong className={ink}>
                <AnswerWords answer={flip.candidate} />
              </strong>
            </span>
          </span>
          <ChevronRight aria-hidden className="mt-1 size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90" />
        </summary>
        <FlipDetails flip={flip} address={address} />
      </details>
      <div className="px-3 pb-2 pl-9 text-sm">
        <HiddenContent text={flip.content} lines={3} />
      </div>
    </li>
  )
})

function FlipDetails({ flip, address }: { flip: LiveFlip; address?: string }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1.5 px-3 pb-3 pl-9 text-sm">
      <dt className="text-ink-muted">Expected</dt>
      <dd>{describeExpected(flip.expected)}</dd>
      <dt className="text-ink-muted">Before</dt>
      <dd>
        <AnswerWords answer={flip.baseline} withRules />
        {flip.baseline?.rationale && <InertText text={flip.baseline.rationale} className="text-ink-muted" />}
      </dd>
      <dt className="text-ink-muted">Draft</dt>
      <dd>
        <AnswerWords answer={flip.candidate} withRules />
        {flip.candidate?.rationale && <InertText text={flip.candidate.rationale} className="text-ink-muted" />}
      </dd>
      {flip.note && (
        <>
          <dt className="text-ink-muted">Note</dt>
          <dd>
            <InertText text={flip.note} />
          </dd>
        </>
      )}
      {flip.context.parents.length > 0 && (
        <>
          <dt className="text-ink-muted">Context</dt>
          <dd className="flex flex-col gap-1">
            {flip.context.parents.map((parent, index) => (
              <HiddenContent key={index} text={parent} lines={3} label="parent message" />
            ))}
          </dd>
        </>
      )}
      {flip.tags.length > 0 && (
        <>
          <dt className="text-ink-muted">Tags</dt>
          <dd className="break-words">{flip.tags.map((text) => makeTextVisible(text)).join(', ')}</dd>
        </>
      )}
      {address && (
        <dd className="col-start-2">
          <Link to={address} className="text-link">
            Open in the comparison
          </Link>
        </dd>
      )}
    </dl>
  )
}

function AnswerWords({ answer, withRules = false }: { answer: ComparedAnswer | null; withRules?: boolean }) {
  if (!answer) return <>no answer yet</>
  if (answer.label === undefined) return <>{outcomeWords[answer.outcome]}</>
  return (
    <>
      {makeTextVisible(answer.label)}
      {withRules && answer.rules && answer.rules.length > 0 && ` (${answer.rules.map((text) => makeTextVisible(text)).join(', ')})`}
    </>
  )
}

function describeExpected(expected: ExpectedVerdict | null): string {
  if (!expected) return 'unlabelled'
  const rules = Object.entries(expected.rules)
    .filter(([, applies]) => applies)
    .map(([rule]) => rule)
  return makeTextVisible(
    `${expected.label ?? 'no label'}${rules.length > 0 ? ` (${rules.join(', ')})` : ''}${expected.severity ? `, ${expected.severity}` : ''}`,
  )
}
