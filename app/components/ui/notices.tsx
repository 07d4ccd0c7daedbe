import { CircleAlert, Info, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button'
import { classNames } from './class-names'

/** Nothing is here yet: what would be, and how to get it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon?: LucideIcon
  title: string
  children?: ReactNode
  actions?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      {Icon && <Icon aria-hidden className="mb-3 size-8 text-gold" strokeWidth={1.5} />}
      <p className="text-lg font-semibold">{title}</p>
      {children && <div className="mt-1 max-w-prose text-ink-muted">{children}</div>}
      {actions && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}

/** What happened and what to do next. Announced at once. */
export function ErrorNotice({
  title,
  advice,
  actions,
  onRetry,
  className,
}: {
  title: ReactNode
  advice?: ReactNode
  actions?: ReactNode
  /** Offers to try again. */
  onRetry?: () => void
  className?: string
}) {
  return (
    <div role="alert" className={classNames('flex gap-2 rounded-md border border-danger bg-danger-soft px-3 py-2 text-sm', className)}>
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-ink" />
      <div className="min-w-0 grow">
        <p className="font-medium break-words text-danger-ink">{title}</p>
        {advice && <p className="mt-0.5 break-words text-ink">{advice}</p>}
        {(actions || onRetry) && (
          <div className="mt-2 flex flex-wrap gap-2">
            {onRetry && (
              <Button size="sm" onClick={onRetry}>
                Try again
              </Button>
            )}
            {actions}
          </div>
        )}
      </div>
    </div>
  )
}

/** Something to know, without urgency. */
export function Notice({ children, tone = 'neutral', className }: { children: ReactNode; tone?: 'neutral' | 'gold'; className?: string }) {
  return (
    <div
      className={classNames(
        'flex gap-2 rounded-md border px-3 py-2 text-sm',
        tone === 'gold' ? 'border-gold bg-gold-soft' : 'bg-sunken',
        className,
      )}
    >
      <Info aria-hidden className={classNames('mt-0.5 size-4 shrink-0', tone === 'gold' ? 'text-gold-ink' : 'text-ink-muted')} />
      <div className="min-w-0 grow break-words">{children}</div>
    </div>
  )
}

/** What went wrong, as every failed request says it. */
export type ErrorBody = { code: string; message: string; advice: string | null }

/** The body of a failed request, when it is one of ours. */
export function readErrorBody(data: unknown): ErrorBody | null {
  if (typeof data !== 'object' || data === null) return null
  const body = data as Partial<ErrorBody>
  return typeof body.message === 'string' && typeof body.code === 'string'
    ? { code: body.code, message: body.message, advice: body.advice ?? null }
    : null
}

/** Stands wherever figures of the bundled classifier do. */
export function RehearsalNotice() {
  return (
    <Notice tone="gold">
      Rehearsal: these answers are lexical. They come from matching the words of the prompt’s rules, and are not a model’s judgement.
    </Notice>
  )
}
