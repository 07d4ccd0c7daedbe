import { CaseContextView } from '~/components/case/case-context'
import { Badge } from '~/components/ui/badge'
import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** The case that is asked about: what was posted and what surrounded it. Nothing about its verdict. */
export function CaseInQuestion({ golden, shown }: { golden: GoldenCase; shown: boolean | undefined }) {
  const { context } = golden
  const hasContext = context.parents.length > 0 || Boolean(context.surface ?? context.author ?? context.locale)
  return (
    <div className="flex flex-col gap-3">
      {hasContext && <CaseContextView context={context} shown={shown} />}
      <HiddenContent
        key={golden.id}
        text={golden.content}
        shown={shown}
        className="max-h-[50vh] overflow-y-auto rounded-md border bg-sunken p-3 text-lg"
      />
      <div className="flex flex-wrap items-center gap-1.5 text-xs text-ink-muted">
        <InertText text={golden.id} className="font-mono" />
        {golden.mustPass && <Badge tone="gold">must pass</Badge>}
        {golden.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </div>
    </div>
  )
}
