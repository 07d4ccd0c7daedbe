import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { classNames } from './class-names'
import { formatCount } from './format'
import type { PagedRowsHandle } from './use-paged-rows'

export type VirtualColumn<Row> = {
  key: string
  /** Omitted by every column: the table has no header row. */
  header?: ReactNode
  className?: string
  cell: (row: Row, state: { active: boolean }) => ReactNode
}

type Props<Row> = {
  label: string
  rows: PagedRowsHandle<Row>
  columns: Array<VirtualColumn<Row>>
  /** The `grid-cols-…` classes that header and rows share. */
  grid: string
  rowHeightPx: number
  /** The row that the arrow keys stand on, -1 for none. */
  active: number
  onMove: (index: number) => void
  /** Enter or a click. */
  onOpen: (index: number) => void
  rowKey: (row: Row) => string
  rowClass?: (row: Row) => string | false
  /** Keys that the table does not know, while it has the focus. Return true when the key was used. */
  onKey?: (key: string) => boolean
  className?: string
  empty: ReactNode
}

/**
 * A table of any length of which only the rows on the screen exist. One stop of the Tab key: ↑ ↓ (or k and j), Page Up and Down, Home and
 * End move, Enter opens. Rows that have not arrived yet keep their place.
 */
export function VirtualTable<Row>({
  label,
  rows,
  columns,
  grid,
  rowHeightPx,
  active,
  onMove,
  onOpen,
  rowKey,
  rowClass,
  onKey,
  className,
  empty,
}: Props<Row>) {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 10,
    // What the server draws, before anything can be measured.
    initialRect: { width: 1000, height: 24 * rowHeightPx },
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const { want, changing } = rows
  useEffect(() => want(first, last), [want, first, last])
  useEffect(() => {
    if (active >= 0 && active < rows.total) virtualizer.scrollToIndex(active, { align: 'auto' })
  }, [active, rows.total, virtualizer])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.altKey || event.ctrlKey || event.metaKey) return
    const target = moveTo(event.key, active, rows.total, Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 1))
    if (target !== null) onMove(target)
    else if (event.key === 'Enter' && active >= 0) onOpen(active)
    else if (!onKey?.(event.key)) return
    event.preventDefault()
  }
  const hasHeader = columns.some((column) => column.header !== undefined)

  return (
    <div className={classNames('flex min-h-0 min-w-0 flex-col', className)}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows.total + (hasHeader ? 1 : 0)}
        aria-activedescendant={active >= 0 && active < rows.total ? `${id}-${active}` : undefined}
        aria-busy={changing || undefined}
        onKeyDown={onKeyDown}
        className="min-h-0 grow overflow-auto outline-offset-[-2px] [scrollbar-gutter:stable]"
      >
        {hasHeader && (
          <div role="rowgroup" className="sticky top-0 z-10">
            <div role="row" aria-rowindex={1} className={classNames('grid min-w-full border-b bg-sunken', grid)}>
              {columns.map((column) => (
                <div
                  key={column.key}
                  role="columnheader"
                  className={classNames('truncate px-3 py-1.5 text-xs font-semibold text-ink-muted', column.className)}
                >
                  {column.header}
                </div>
              ))}
            </div>
          </div>
        )}
        {rows.total === 0 ? (
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell">{changing ? <p className="p-6 text-center text-ink-muted">Looking …</p> : empty}</div>
            </div>
          </div>
        ) : (
          <div
            role="rowgroup"
            className={classNames('relative', changing && 'opacity-60 transition-opacity delay-150')}
            style={{ height: virtualizer.getTotalSize() }}
          >
            {items.map((item) => {
              const row = rows.at(item.index)
              return (
                <div
                  key={row ? rowKey(row) : `empty-${item.index}`}
                  id={`${id}-${item.index}`}
                  role="row"
                  aria-rowindex={item.index + (hasHeader ? 2 : 1)}
                  aria-selected={item.index === active}
                  onClick={row && (() => onOpen(item.index))}
                  className={classNames(
                    'absolute inset-x-0 top-0 grid cursor-pointer items-center overflow-hidden border-b text-sm',
                    item.index === active ? 'bg-selected shadow-[inset_3px_0_0_var(--stone-gold)]' : 'hover:bg-hover',
                    grid,
                    row && rowClass?.(row),
                  )}
                  style={{ height: rowHeightPx, transform: `translateY(${item.start}px)` }}
                >
                  {columns.map((column) => (
                    <div key={column.key} role="gridcell" className={classNames('min-w-0 px-3', column.className)}>
                      {row ? column.cell(row, { active: item.index === active }) : <Placeholder />}
                    </div>
                  ))}
                </div>
              )
            })}
          </div>
        )}
      </div>
    </div>
  )
}

function Placeholder() {
  return <span aria-hidden className="block h-3 w-2/3 rounded-sm bg-line opacity-60" />
}

/** "1,204 cases", said when it changes. */
export function RowCount({ total, noun, changing }: { total: number; noun: [singular: string, plural: string]; changing: boolean }) {
  return (
    <p role="status" className={classNames('text-sm whitespace-nowrap text-ink-muted', changing && 'opacity-60')}>
      {formatCount(total)} {noun[total === 1 ? 0 : 1]}
    </p>
  )
}

/** The row that a key leads to, null when the key is none of these. */
export function moveTo(key: string, active: number, total: number, pageRows: number): number | null {
  if (total === 0) return null
  const wanted = {
    ArrowDown: active + 1,
    j: active + 1,
    ArrowUp: active - 1,
    k: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: total - 1,
  }[key]
  return wanted === undefined ? null : Math.max(0, Math.min(total - 1, wanted))
}
