import { Link, type LinkProps } from '@remix-run/react'
import { LoaderCircle, type LucideIcon } from 'lucide-react'
import { forwardRef, type ButtonHTMLAttributes, type ReactNode } from 'react'
import { classNames } from './class-names'
import { Tooltip } from './tooltip'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'
export type ButtonSize = 'sm' | 'md'

const base =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55'
const variants: Record<ButtonVariant, string> = {
  primary: 'bg-primary text-on-primary enabled:hover:bg-primary-hover [a&]:hover:bg-primary-hover',
  secondary: 'border border-line-strong bg-surface text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
  quiet: 'text-ink-muted enabled:hover:bg-hover enabled:hover:text-ink [a&]:hover:bg-hover [a&]:hover:text-ink',
  danger: 'bg-danger text-on-danger enabled:hover:opacity-90',
}
const sizes: Record<ButtonSize, string> = { sm: 'h-7 px-2 text-sm', md: 'h-8 px-3 text-base' }

function buttonClass(variant: ButtonVariant, size: ButtonSize, className?: string) {
  return classNames(base, variants[variant], sizes[size], className)
}

type Look = { variant?: ButtonVariant; size?: ButtonSize; icon?: LucideIcon; children?: ReactNode }
export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { pending?: boolean }

/** A button; `pending` shows that its work is under way and keeps its width. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant = 'secondary', size = 'md', icon: Icon, pending = false, className, children, type = 'button', disabled, ...rest },
  ref,
) {
  const Shown = pending ? LoaderCircle : Icon
  return (
    <button
      ref={ref}
      type={type}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      className={buttonClass(variant, size, className)}
      {...rest}
    >
      {Shown && <Shown aria-hidden className={classNames('size-4 shrink-0', pending && 'animate-spin')} />}
      {children}
    </button>
  )
})

/** A link that looks like a button, for what has a URL. */
export const ButtonLink = forwardRef<HTMLAnchorElement, LinkProps & Look>(function ButtonLink(
  { variant = 'secondary', size = 'md', icon: Icon, className, children, ...rest },
  ref,
) {
  return (
    <Link ref={ref} className={buttonClass(variant, size, className)} {...rest}>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      {children}
    </Link>
  )
})

export type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  label: string
  icon: LucideIcon
  variant?: ButtonVariant
  shortcut?: string
}

/** A button that is only an icon; its label is its accessible name and its tooltip. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, icon: Icon, variant = 'quiet', className, type = 'button', shortcut, ...rest },
  ref,
) {
  return (
    <Tooltip text={shortcut ? `${label} (${shortcut})` : label}>
      <button ref={ref} type={type} aria-label={label} className={classNames(base, variants[variant], 'size-8', className)} {...rest}>
        <Icon aria-hidden className="size-4" />
      </button>
    </Tooltip>
  )
})
