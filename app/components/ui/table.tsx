import {
  useCallback,
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type TableHTMLAttributes,
  type TdHTMLAttributes,
  type ThHTMLAttributes,
} from 'react'
import { classNames } from './class-names'

/** A table with a name (`label`), scrolling sideways on its own where it must. Rows that carry `data-row` and tabIndex are walked with ↑ ↓ Home End. */
export function Table({
  label,
  children,
  className,
  ...rest
}: TableHTMLAttributes<HTMLTableElement> & { label: string; children: ReactNode }) {
  const onKeyDown = useRowNavigation()
  return (
    <div className="relative overflow-x-auto" onKeyDown={onKeyDown}>
      <table className={classNames('w-full border-collapse text-left text-sm', className)} {...rest}>
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  )
}

export function HeaderCell({ numeric, className, children, ...rest }: ThHTMLAttributes<HTMLTableCellElement> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={classNames(
        'border-b px-3 py-1.5 text-xs font-semibold whitespace-nowrap text-ink-muted',
        numeric && 'text-right',
        className,
      )}
      {...rest}
    >
      {children}
    </th>
  )
}

/** The cell that heads its row. */
export function RowHeader({ className, ...rest }: ThHTMLAttributes<HTMLTableCellElement>) {
  return <th scope="row" className={classNames('px-3 py-2 text-left align-top font-medium', className)} {...rest} />
}

export function Row({ className, ...rest }: HTMLAttributes<HTMLTableRowElement>) {
  return <tr className={classNames('border-b last:border-b-0 hover:bg-hover focus-visible:-outline-offset-2', className)} {...rest} />
}

export function Cell({ numeric, className, ...rest }: TdHTMLAttributes<HTMLTableCellElement> & { numeric?: boolean }) {
  return <td className={classNames('px-3 py-2 align-top', numeric && 'text-right whitespace-nowrap', className)} {...rest} />
}

/**
 * Arrow keys move the focus between the elements with `data-row` inside the element that this handler stands on; Home and End go to the
 * ends, Enter follows the row's first link. Keys pressed inside a field are left alone.
 */
export function useRowNavigation() {
  return useCallback((event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement
    if (target.closest('input, textarea, select, [contenteditable], [role="menu"]') || event.altKey || event.ctrlKey || event.metaKey)
      return
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
    const current = rows.findIndex((row) => row.contains(target))
    if (event.key === 'Enter' && rows[current] === target) {
      const link = target.querySelector<HTMLElement>('a[href], button')
      if (link) {
        event.preventDefault()
        link.click()
      }
      return
    }
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (next === undefined) return
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))]
    if (!row) return
    event.preventDefault()
    row.focus()
  }, [])
}
