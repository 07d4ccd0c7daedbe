import { HiddenContent, InertText } from '~/components/ui/hidden-content'
import type { CaseContext } from '~/domain/golden-set/golden-case'

/** What surrounded the content: parent messages oldest first, then surface, author and locale. Nothing when there is none. */
export function CaseContextView({ context, shown }: { context: CaseContext; shown?: boolean }) {
  const facts = [
    ['Surface', context.surface],
    ['Author', context.author],
    ['Locale', context.locale],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]))
  if (context.parents.length === 0 && facts.length === 0) return null
  return (
    <div className="flex flex-col gap-2">
      {context.parents.length > 0 && (
        <ol className="flex flex-col gap-1.5" aria-label="Messages before it, oldest first">
          {context.parents.map((parent, index) => (
            <li key={index} className="border-l-2 pl-3 text-sm text-ink-muted">
              <HiddenContent
                text={parent}
                shown={shown}
                label={context.parents.length === 1 ? 'message before' : `message ${index + 1} before`}
              />
            </li>
          ))}
        </ol>
      )}
      {facts.length > 0 && (
        <dl className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {facts.map(([name, value]) => (
            <div key={name} className="flex min-w-0 gap-1.5">
              <dt className="text-ink-muted">{name}</dt>
              <dd className="min-w-0">
                <InertText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
