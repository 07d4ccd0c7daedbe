import { ListFilter } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import { hasFacet, type Facet } from '~/components/case/facet-url'
import { Button } from '~/components/ui/button'
import { Input } from '~/components/ui/form'
import { formatCount } from '~/components/ui/format'
import { foldText } from '~/domain/fold-text'
import type { FacetCount } from '~/domain/golden-set/case-records'

/** More values than this would be a list nobody reads: the rest is found by typing. */
const shownValues = 60

/** Metadata to filter by: choose a column, then a value. Counts are of the whole revision. */
export function FacetPicker({ facets, chosen, onToggle }: { facets: FacetCount[]; chosen: Facet[]; onToggle: (facet: Facet) => void }) {
  const [column, setColumn] = useState<string | null>(null)
  const [text, setText] = useState('')
  if (facets.length === 0) return null
  const facet = facets.find(({ by }) => by === column) ?? (facets.length === 1 ? facets[0] : undefined)
  const wanted = foldText(text.trim())
  const found = (facet?.values ?? []).filter(({ value }) => wanted === '' || foldText(value).includes(wanted))
  return (
    <Popover.Root
      onOpenChange={() => {
        setColumn(null)
        setText('')
      }}
    >
      <Popover.Trigger asChild>
        <Button icon={ListFilter} variant="secondary">
          Metadata
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="Filter by metadata"
          className="overlay-in z-50 flex max-h-[min(28rem,var(--radix-popover-content-available-height))] w-80 flex-col rounded-md border bg-raised p-2 text-sm shadow-overlay"
        >
          {facet ? (
            <>
              <div className="mb-2 flex items-center gap-2">
                {facets.length > 1 && (
                  <Button size="sm" variant="quiet" onClick={() => setColumn(null)}>
                    ← Columns
                  </Button>
                )}
                <span className="min-w-0 truncate font-semibold">{facet.by}</span>
              </div>
              <Input
                type="search"
                aria-label={`Search the values of ${facet.by}`}
                placeholder="Search values"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
              <ul className="mt-2 min-h-0 overflow-y-auto">
                {found.slice(0, shownValues).map(({ value, count }) => (
                  <li key={value}>
                    <label className="flex cursor-pointer items-center gap-2 rounded-sm px-1.5 py-1 hover:bg-hover">
                      <input
                        type="checkbox"
                        className="accent-(--stone-gold)"
                        checked={hasFacet(chosen, { by: facet.by, value })}
                        onChange={() => onToggle({ by: facet.by, value })}
                      />
                      <span dir="auto" className="min-w-0 grow truncate">
                        {value}
                      </span>
                      <span className="text-xs text-ink-faint">{formatCount(count)}</span>
                    </label>
                  </li>
                ))}
                {found.length > shownValues && (
                  <li className="px-1.5 py-1 text-xs text-ink-faint">{formatCount(found.length - shownValues)} more: type to find them</li>
                )}
                {found.length === 0 && <li className="px-1.5 py-1 text-ink-faint">No such value.</li>}
              </ul>
            </>
          ) : (
            <ul className="min-h-0 overflow-y-auto">
              {facets.map(({ by, values }) => (
                <li key={by}>
                  <button
                    type="button"
                    onClick={() => setColumn(by)}
                    className="flex w-full items-center gap-2 rounded-sm px-1.5 py-1 text-left hover:bg-hover"
                  >
                    <span className="min-w-0 grow truncate">{by}</span>
                    <span className="text-xs text-ink-faint">
                      {formatCount(values.length)} {values.length === 1 ? 'value' : 'values'}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
