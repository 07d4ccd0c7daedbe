import { classNames } from '~/components/ui/class-names'
import { InertText } from '~/components/ui/hidden-content'
import { makeTextVisible } from '~/domain/visible-text'

/** How much of a text a row of a table can show; the rest costs only time. */
const shownCharacters = 400

/** The content of a case in a row: clamped, and blurred unless `shown`. There is no button here: the view's own switch shows it. */
export function ContentLine({ text, shown, lines = 1, className }: { text: string; shown: boolean; lines?: 1 | 2; className?: string }) {
  const cut = text.length > shownCharacters ? `${text.slice(0, shownCharacters).replace(/[\uD800-\uDBFF]$/, '')}…` : text
  const clamp = lines === 1 ? 'line-clamp-1' : 'line-clamp-2'
  if (shown)
    return (
      <div className={classNames(clamp, 'min-w-0', className)}>
        <InertText text={cut} className="inline!" />
      </div>
    )
  return (
    <div className={classNames('min-w-0 overflow-hidden', className)}>
      <span className="sr-only">content hidden</span>
      <div aria-hidden className={classNames('content-blurred', clamp)} dir="auto">
        {makeTextVisible(cut)}
      </div>
    </div>
  )
}
