import { Link } from '@remix-run/react'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

/** A bordered region with an optional title bar. With `flush` the children reach the border (tables, lists). */
export function Panel({
  id,
  title,
  headingLevel: Heading = 'h2',
  actions,
  flush = false,
  className,
  children,
  footer,
}: {
  /** What a link to this part names. */
  id?: string
  title?: ReactNode
  headingLevel?: 'h2' | 'h3'
  actions?: ReactNode
  flush?: boolean
  className?: string
  children: ReactNode
  footer?: ReactNode
}) {
  return (
    <section id={id} className={classNames('flex min-w-0 flex-col rounded-lg border bg-surface', flush && 'overflow-clip', className)}>
      {(title || actions) && (
        <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1">
          {title && <Heading className="mr-auto text-sm font-semibold">{title}</Heading>}
          {actions}
        </header>
      )}
      <div className={classNames('min-h-0 min-w-0 grow', !flush && 'p-3')}>{children}</div>
      {footer && <footer className="border-t px-3 py-2 text-sm text-ink-muted">{footer}</footer>}
    </section>
  )
}

export type Crumb = { label: string; to?: string }

const noBreadcrumbs: Crumb[] = []

/** Where this page stands, what it is, and what can be done here. One per page; holds the only h1. */
export function PageHeader({
  breadcrumbs = noBreadcrumbs,
  title,
  description,
  actions,
}: {
  breadcrumbs?: Crumb[]
  title: ReactNode
  description?: ReactNode
  actions?: ReactNode
}) {
  return (
    <header className="mb-4 flex flex-wrap items-end gap-x-6 gap-y-2">
      <div className="min-w-0 grow basis-80">
        {breadcrumbs.length > 0 && (
          <nav aria-label="Breadcrumbs">
            <ol className="mb-0.5 flex flex-wrap items-center gap-1 text-sm text-ink-muted">
              {breadcrumbs.map((crumb, index) => (
                <li key={`${index}-${crumb.label}`} className="flex items-center gap-1">
                  {crumb.to ? (
                    <Link className="rounded-sm hover:text-ink hover:underline" to={crumb.to}>
                      {crumb.label}
                    </Link>
                  ) : (
                    crumb.label
                  )}
                  <ChevronRight aria-hidden className="size-3.5" />
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {description && <p className="mt-0.5 max-w-prose text-ink-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

/** The page's content area: the target of the skip link. `wide` uses the whole window. */
export function Page({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className={classNames('mx-auto flex w-full grow flex-col px-4 py-4 outline-none', wide ? 'max-w-[120rem]' : 'max-w-[76rem]')}
    >
      {children}
    </main>
  )
}
