import { Download, Link2, SearchX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { setParameter } from '~/components/case/facet-url'
import { Button } from '~/components/ui/button'
import { FilterChips, FilterToggle } from '~/components/ui/filters'
import { isTypingTarget, Kbd } from '~/components/ui/kbd'
import { Menu } from '~/components/ui/menu'
import { EmptyState, ErrorNotice } from '~/components/ui/notices'
import { useListedShortcuts } from '~/components/ui/shortcuts'
import { useMessenger } from '~/components/ui/toast'
import { useJson } from '~/components/ui/use-json'
import { useNextSearchParams } from '~/components/ui/use-next-search-params'
import { useShownContent } from '~/components/ui/use-toggled'
import { usePagedRows } from '~/components/ui/use-paged-rows'
import { moveTo, RowCount, VirtualTable } from '~/components/ui/virtual-table'
import type { PromptEdits } from '~/domain/comparison/prompt-edit'
import { flipColumns, flipRowHeightPx } from './flip-columns'
import { applyChange, changedKinds, describeFlipFilter, readFlipFilter, writeFlipFilter, type FlipFilter } from './flip-filter-url'
import { EditedRules, FlipFilters } from './flip-filters'
import { EditGroups } from './edit-groups'
import { FlipReader } from './flip-reader'
import type { ComparisonView, FlipItem } from './types'

export const flipsPageSize = 100

const shortcuts = [
  { keys: ['j', 'k'], does: 'Next and previous flip' },
  { keys: ['s'], does: 'Show or hide the content of the flip' },
  { keys: ['/'], does: 'Search' },
]

/** The flips as a list, regressions first, and one of them to read. Filter and choice stand in the URL. */
export function FlipExplorer({ view, base }: { view: ComparisonView; base: string }) {
  const [params, setParams, readNewest] = useNextSearchParams()
  const { toast } = useMessenger()
  const { isShown, toggleShown: toggle } = useShownContent()
  const search = useRef<HTMLInputElement>(null)
  const reader = useRef<HTMLDivElement>(null)
  useListedShortcuts('Flips', shortcuts)

  const filter = readFlipFilter(params)
  const filterSearch = writeFlipFilter(new URLSearchParams(), filter).toString()
  // The page may have been asked for with another filter, on another tab.
  const first = view.firstFilter === filterSearch ? view.first : null
  const rows = usePagedRows<FlipItem>(`${base}/flips${filterSearch ? `?${filterSearch}` : ''}`, flipsPageSize, first)
  const linked = params.get('case')
  const [active, setActive] = useState(() => (linked ? (first?.rows.findIndex((row) => row.id === linked) ?? -1) : 0))
  const activeRow = active >= 0 ? rows.at(active) : undefined
  // A case that a link names may stand far down the list: it is fetched alone.
  const alone = useJson<{ rows: FlipItem[] }>(
    linked && activeRow?.id !== linked && active < 0
      ? `${base}/flips?flip=all&caseId=${encodeURIComponent(linked)}&offset=0&limit=1`
      : null,
  )
  const flip = activeRow ?? (active < 0 ? alone.data?.rows[0] : undefined)
  const samePrompt = view.baseline.promptHash === view.candidate.promptHash
  const edits = useJson<PromptEdits>(samePrompt ? null : `${base}/edits`)
  const grouped = !samePrompt && params.get('group') === 'edit'

  const change = (next: FlipFilter) => {
    setActive(0)
    const newest = readNewest()
    // Who changes one condition right after another changes both: `next` was made of what was drawn.
    const combined = applyChange(readFlipFilter(newest), filter, next)
    setParams(writeFlipFilter(withParameter(newest, 'case', null), combined), { replace: true, preventScrollReset: true })
  }
  const choose = (index: number) => {
    setActive(index)
    reader.current?.scrollTo({ top: 0 })
    const row = rows.at(index)
    if (row) setParams(withParameter(readNewest(), 'case', row.id), { replace: true, preventScrollReset: true })
  }
  const toggleShown = () => flip && toggle(flip.id)

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTypingTarget(event.target)) return
      if (document.querySelector('[role="dialog"], [role="menu"]')) return
      if (event.key === '/') search.current?.focus()
      else if (event.key === 's') toggleShown()
      else if (event.key === 'j' || event.key === 'k') {
        const target = moveTo(event.key, active, rows.total, 1)
        if (target !== null) choose(target)
      } else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })

  const chips = describeFlipFilter(filter, { baseline: view.baseline.name, candidate: view.candidate.name })
  const exportHref = (format: string) => `${base}/export?format=${format}${filterSearch ? `&${filterSearch}` : ''}`
  return (
    <div className="flex flex-col gap-2">
      <FlipFilters view={view} filter={filter} onChange={change} searchRef={search} />
      <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1">
        <RowCount total={rows.total} noun={['case', 'cases']} changing={rows.changing} />
        {!samePrompt && (
          <FilterToggle
            small
            pressed={grouped}
            onChange={(pressed) =>
              setParams((current) => withParameter(current, 'group', pressed ? 'edit' : null), { replace: true, preventScrollReset: true })
            }
          >
            Group by edit
          </FilterToggle>
        )}
        {!grouped && <EditedRules view={view} filter={filter} onChange={change} />}
        <FilterChips chips={chips} onChange={change} onClear={() => change({ flip: filter.flip })} />
        <span className="ml-auto flex items-center gap-2 text-xs text-ink-faint">
          <span className="max-lg:hidden">
            <Kbd>j</Kbd> <Kbd>k</Kbd> step, <Kbd>s</Kbd> show content
          </span>
          <Button
            size="sm"
            icon={Link2}
            onClick={() => {
              navigator.clipboard.writeText(window.location.href).then(
                () => toast('The link to this view was copied.'),
                () => toast('The browser did not allow copying; the address bar has the link.', 'danger'),
              )
            }}
          >
            Copy link
          </Button>
          <Menu
            items={[
              { kind: 'file', label: 'These cases as CSV', href: exportHref('csv') },
              { kind: 'file', label: 'These cases as JSON', href: exportHref('json') },
            ]}
          >
            <Button size="sm" icon={Download}>
              Export
            </Button>
          </Menu>
        </span>
      </div>
      {grouped && <EditGroups state={edits} filter={filter} onChange={change} />}
      {rows.problem && <ErrorNotice title="The flips could not be fetched." advice={rows.problem} onRetry={rows.retry} />}
      <div className="grid h-[max(36rem,calc(100dvh-9rem))] grid-cols-[minmax(20rem,2fr)_3fr] overflow-hidden rounded-lg border bg-surface max-md:h-auto max-md:grid-cols-1">
        <VirtualTable
          label="Flips, the most harmful first"
          rows={rows}
          columns={flipColumns(isShown)}
          grid="grid-cols-1"
          rowHeightPx={flipRowHeightPx}
          active={active}
          onMove={choose}
          onOpen={choose}
          rowKey={(row) => row.id}
          onKey={(key) => {
            if (key !== 's') return false
            toggleShown()
            return true
          }}
          className="border-r max-md:h-80 max-md:border-r-0 max-md:border-b"
          empty={<NoFlips filter={filter} onChange={change} hasChips={chips.length > 0} />}
        />
        <div ref={reader} tabIndex={0} role="region" aria-label="The chosen flip" className="min-h-0 overflow-y-auto outline-offset-[-2px]">
          {flip ? (
            <FlipReader flip={flip} view={view} shown={isShown(flip.id) ? true : undefined} edits={edits} />
          ) : alone.problem ? (
            <ErrorNotice className="m-4" title={alone.problem.message} advice={alone.problem.advice} />
          ) : (
            <p className="p-6 text-ink-muted">{rows.total === 0 ? 'No case to read.' : 'Choose a case to read it here.'}</p>
          )}
        </div>
      </div>
    </div>
  )
}

function NoFlips({ filter, hasChips, onChange }: { filter: FlipFilter; hasChips: boolean; onChange: (filter: FlipFilter) => void }) {
  const onlyChanged = filter.flip?.every((kind) => changedKinds.includes(kind)) ?? false
  return (
    <EmptyState
      icon={SearchX}
      title={onlyChanged && !hasChips ? 'No case changed' : 'No case is like that'}
      actions={<Button onClick={() => onChange({})}>Show every case</Button>}
    >
      {onlyChanged && !hasChips ? 'Both sides are right and wrong about the same cases.' : 'Take a condition away to see more.'}
    </EmptyState>
  )
}

function withParameter(params: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(params)
  setParameter(next, name, value)
  return next
}
