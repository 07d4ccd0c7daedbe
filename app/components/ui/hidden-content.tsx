import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { classNames } from './class-names'
import { usePreferences } from './preferences'
import { splitVisibleText } from '~/domain/visible-text'

/** Other people's text as inert text: never HTML, its direction its own, what would hide or reorder made visible. */
export function InertText({ text, className }: { text: string; className?: string }) {
  return (
    <span dir="auto" className={classNames('block break-words whitespace-pre-wrap [overflow-wrap:anywhere] overflow-clip', className)}>
      {splitVisibleText(text).map((piece, index) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <span key={index} className="character-mark" title={piece.name}>
            {piece.short}
          </span>
        ),
      )}
    </span>
  )
}

/**
 * The content of a case. It is blurred, and kept from assistive technology, until the reader asks for this one, or turned hiding off for
 * all (a remembered preference). `lines` clamps it; `shown` overrides the preference, for a view that has its own switch.
 */
export function HiddenContent({
  text,
  lines,
  label = 'content',
  shown,
  className,
}: {
  text: string
  lines?: number
  label?: string
  shown?: boolean
  className?: string
}) {
  const { hideContent } = usePreferences()
  const [asked, setAsked] = useState(false)
  const visible = shown ?? (asked || !hideContent)
  const clamp = lines
    ? { display: '-webkit-box', WebkitBoxOrient: 'vertical' as const, WebkitLineClamp: lines, overflow: 'hidden' }
    : undefined
  if (visible)
    return (
      <div className={classNames('group/content relative min-w-0', className)}>
        <div style={clamp}>
          <InertText text={text} />
        </div>
        {asked && shown === undefined && hideContent && (
          <button
            type="button"
            onClick={() => setAsked(false)}
            className="mt-1 inline-flex items-center gap-1 rounded-sm text-xs text-ink-muted hover:text-ink"
          >
            <EyeOff aria-hidden className="size-3.5" /> Hide {label}
          </button>
        )}
      </div>
    )
  return (
    <div className={classNames('relative min-h-6 min-w-0 overflow-hidden', className)}>
      <div aria-hidden className="content-blurred" style={clamp ?? { maxHeight: '6rem', overflow: 'hidden' }}>
        <InertText text={text} />
      </div>
      <button
        type="button"
        disabled={shown === false}
        onClick={(event) => {
          event.stopPropagation()
          setAsked(true)
        }}
        className="absolute inset-0 flex items-center justify-start rounded-sm focus-visible:-outline-offset-2"
      >
        <span className="inline-flex items-center gap-1 rounded-sm border bg-raised px-1.5 text-xs font-medium text-ink">
          <Eye aria-hidden className="size-3.5" /> Show {label}
        </span>
      </button>
    </div>
  )
}
