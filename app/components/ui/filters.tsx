import { Search, X } from 'lucide-react'
import { forwardRef, useEffect, useImperativeHandle, useRef, useState, type ReactNode } from 'react'
import { Button } from './button'
import { classNames } from './class-names'
import { Input, Select } from './form'

const settleMs = 200

/** A search field that reports once the typing pauses, and at once on Enter. Follows `value` when it changes from outside. */
export const SearchField = forwardRef<
  HTMLInputElement,
  { label: string; value: string; onSearch: (text: string) => void; placeholder?: string; className?: string }
>(function SearchField({ label, value, onSearch, placeholder, className }, ref) {
  const [text, setText] = useState(value)
  const reported = useRef(value)
  const latest = useRef(onSearch)
  latest.current = onSearch
  const input = useRef<HTMLInputElement>(null)
  useImperativeHandle(ref, () => input.current as HTMLInputElement)

  useEffect(() => {
    if (value === reported.current) return
    reported.current = value
    setText(value)
  }, [value])
  const report = (next: string) => {
    if (next === reported.current) return
    reported.current = next
    latest.current(next)
  }
  useEffect(() => {
    if (text === reported.current) return
    const timer = setTimeout(() => report(text), settleMs)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <div className={classNames('relative', className)}>
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2 size-4 text-ink-faint" />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault()
            report(text)
          }
        }}
        className="pl-7!"
      />
    </div>
  )
})

/** The conditions of a filter, each with a button that takes it away. */
export function FilterChips<Filter>({
  chips,
  onChange,
  onClear,
}: {
  chips: Array<{ key: string; text: string; without: Filter }>
  onChange: (filter: Filter) => void
  onClear: () => void
}) {
  if (chips.length === 0) return null
  return (
    <ul aria-label="Conditions of the filter" className="flex flex-wrap items-center gap-1.5">
      {chips.map((chip) => (
        <li key={chip.key}>
          <button
            type="button"
            onClick={() => onChange(chip.without)}
            className="inline-flex max-w-80 items-center gap-1 rounded-sm border border-gold bg-gold-soft py-0.5 pr-1 pl-2 text-xs font-medium text-gold-ink hover:bg-hover"
          >
            <span dir="auto" className="truncate">
              {chip.text}
            </span>
            <X aria-hidden className="size-3.5 shrink-0" />
            <span className="sr-only">: take this condition away</span>
          </button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="quiet" onClick={onClear}>
          Clear all
        </Button>
      </li>
    </ul>
  )
}

export type FilterOption = { value: string; label: string; count?: number }

/** A choice among the values of one condition; the first entry takes the condition away. */
export function FilterSelect({
  label,
  any,
  value,
  options,
  onChange,
  className,
}: {
  label: string
  /** The words of "no condition", such as "any label". */
  any: string
  value: string
  options: FilterOption[]
  onChange: (value: string) => void
  className?: string
}) {
  const known = value === '' || options.some((option) => option.value === value)
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classNames('w-auto! max-w-48', value !== '' && 'border-gold! bg-gold-soft!', className)}
    >
      <option value="">{any}</option>
      {!known && <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
          {option.count === undefined ? '' : ` (${option.count.toLocaleString('en-US')})`}
        </option>
      ))}
    </Select>
  )
}

/** A condition that is on or off. */
export function FilterToggle({
  pressed,
  onChange,
  children,
  small = false,
}: {
  pressed: boolean
  small?: boolean
  onChange: (pressed: boolean) => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={() => onChange(!pressed)}
      className={classNames(
        'inline-flex items-center gap-1 rounded-md border font-medium whitespace-nowrap',
        small ? 'h-6 px-1.5 text-xs' : 'h-8 px-2.5 text-sm',
        pressed ? 'border-gold bg-gold-soft text-gold-ink' : 'border-line-strong bg-surface text-ink-muted hover:bg-hover hover:text-ink',
      )}
    >
      {children}
    </button>
  )
}
