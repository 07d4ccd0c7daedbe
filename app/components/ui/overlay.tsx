import { X } from 'lucide-react'
import { Dialog as RadixDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

type OverlayProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  /** Read out with the title; one sentence. */
  description?: ReactNode
  children: ReactNode
  footer?: ReactNode
  /** A width class, such as `max-w-3xl`. */
  width?: string
}

/** A question or a small form over the page. Focus is kept inside and returns where it was; Escape closes. */
export function Dialog({ width = 'max-w-lg', ...props }: OverlayProps) {
  return (
    <Overlay
      {...props}
      className={classNames(
        'overlay-in top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border',
        width,
      )}
    />
  )
}

/** A drawer at the right edge: one thing in detail while the list stays where it is. */
export function Sheet({ width = 'max-w-2xl', ...props }: OverlayProps) {
  return <Overlay {...props} className={classNames('sheet-in inset-y-0 right-0 w-full border-l', width)} />
}

function Overlay({ open, onOpenChange, title, description, children, footer, className }: OverlayProps & { className: string }) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="overlay-in fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          className={classNames('fixed z-50 flex flex-col bg-raised shadow-overlay outline-none', className)}
          onOpenAutoFocus={focusContent}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="flex items-start gap-3 border-b py-2 pr-2 pl-4">
            <div className="min-w-0 grow py-1">
              <RadixDialog.Title className="text-lg font-semibold break-words">{title}</RadixDialog.Title>
              {description && <RadixDialog.Description className="text-sm text-ink-muted">{description}</RadixDialog.Description>}
            </div>
            <RadixDialog.Close
              aria-label="Close"
              className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </RadixDialog.Close>
          </header>
          <div className="min-h-0 grow overflow-y-auto p-4">{children}</div>
          {footer && <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3">{footer}</footer>}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** The window itself gets the focus, so that it is read from its title on and no button is pressed by accident. A field that asked for it keeps it. */
function focusContent(event: Event) {
  const content = event.currentTarget
  if (!(content instanceof HTMLElement)) return
  event.preventDefault()
  if (!content.contains(document.activeElement)) content.focus()
}
