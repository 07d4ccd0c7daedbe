import {
  forwardRef,
  useId,
  type InputHTMLAttributes,
  type ReactElement,
  cloneElement,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { classNames } from './class-names'

const control =
  'w-full min-w-0 rounded-md border border-line-strong bg-surface text-base text-ink disabled:opacity-60 read-only:bg-sunken aria-invalid:border-danger focus-visible:outline-offset-0'

export const Input = forwardRef<HTMLInputElement, InputHTMLAttributes<HTMLInputElement>>(function Input({ className, ...rest }, ref) {
  return <input ref={ref} className={classNames(control, 'h-8 px-2', className)} {...rest} />
})

export const Textarea = forwardRef<HTMLTextAreaElement, TextareaHTMLAttributes<HTMLTextAreaElement>>(function Textarea(
  { className, ...rest },
  ref,
) {
  return <textarea ref={ref} className={classNames(control, 'px-2 py-1.5', className)} {...rest} />
})

/** The browser's own select: complete on every device and before any script has arrived. */
export const Select = forwardRef<HTMLSelectElement, SelectHTMLAttributes<HTMLSelectElement>>(function Select({ className, ...rest }, ref) {
  return <select ref={ref} className={classNames(control, 'h-8 px-1.5', className)} {...rest} />
})

/**
 * A control with its label, a hint and what is wrong with it. The control gets id and aria attributes; `error` is one sentence (or several,
 * of which the first is shown).
 */
export function Field({
  label,
  hint,
  error,
  children,
  className,
  hideLabel = false,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: string | string[] | null
  children: ReactElement
  className?: string
  hideLabel?: boolean
}) {
  const generatedId = useId()
  const props = children.props as { id?: string }
  const id = props.id ?? generatedId
  const message = Array.isArray(error) ? error[0] : error
  const describedBy = [hint && `${id}-hint`, message && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={classNames('min-w-0', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'mb-1 block text-sm font-medium'}>
        {label}
      </label>
      {cloneElement(children, { id, 'aria-describedby': describedBy, 'aria-invalid': message ? true : undefined } as object)}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-muted">
          {hint}
        </p>
      )}
      {message && (
        <p id={`${id}-error`} className="mt-1 text-sm text-danger-ink">
          {message}
        </p>
      )}
    </div>
  )
}
