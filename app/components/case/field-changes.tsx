import type { ReactNode } from 'react'
import { InertText } from '~/components/ui/hidden-content'
import { diffCase, type FieldChange } from '~/domain/golden-set/case-diff'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { diffTexts } from '~/domain/golden-set/text-diff'

/** What a change did to a case, field by field: before and after, texts word by word. Without `shown` other people's words are blurred. */
export function FieldChanges({ before, after, shown }: { before: GoldenCase | null; after: GoldenCase | null; shown: boolean }) {
  const all = diffCase(before, after)
  // Of a case that came or went, what it says and how it is judged is enough.
  const changes = before && after ? all : all.filter(({ field }) => ['content', 'label'].includes(field) || field.startsWith('rule '))
  if (changes.length === 0) return <p className="text-sm text-ink-muted">Nothing that is shown differs.</p>
  return (
    <dl className="grid grid-cols-[11rem_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm max-sm:grid-cols-1">
      {changes.map((change) => (
        <div key={change.field} className="contents">
          <dt className="text-ink-muted [overflow-wrap:anywhere]">
            <InertText text={change.field} />
          </dt>
          <dd className="min-w-0">
            <OneChange change={change} shown={shown} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function OneChange({ change: { before, after, text }, shown }: { change: FieldChange; shown: boolean }) {
  if (!text)
    return (
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        {before !== null && <Removed>{<InertText text={before} className="inline!" />}</Removed>}
        {before !== null && after !== null && <span aria-hidden>→</span>}
        {after !== null && <Added>{<InertText text={after} className="inline!" />}</Added>}
      </span>
    )
  const parts = diffTexts(before ?? '', after ?? '')
  const words = (
    <p dir="auto" className="break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
      {parts.map((part, index) => {
        const piece = <InertText key={index} text={part.text} className="inline!" />
        if (part.kind === 'same') return piece
        return part.kind === 'removed' ? <Removed key={index}>{piece}</Removed> : <Added key={index}>{piece}</Added>
      })}
    </p>
  )
  if (shown) return words
  return (
    <div className="overflow-hidden">
      <span className="sr-only">text hidden</span>
      <div aria-hidden className="content-blurred line-clamp-3">
        {words}
      </div>
    </div>
  )
}

const Removed = ({ children }: { children: ReactNode }) => (
  <del className="rounded-xs bg-regressed-soft text-regressed-ink decoration-1">
    <span className="sr-only">removed: </span>
    {children}
  </del>
)

const Added = ({ children }: { children: ReactNode }) => (
  <ins className="rounded-xs bg-fixed-soft text-fixed-ink decoration-1">
    <span className="sr-only">added: </span>
    {children}
  </ins>
)
