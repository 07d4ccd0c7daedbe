import { useNavigate, useSearchParams } from '@remix-run/react'
import { FileUp, HeartPulse, History, Plus, SearchX } from 'lucide-react'
import { useRef, useState, useEffect } from 'react'
import { Button, ButtonLink } from '~/components/ui/button'
import { FilterChips } from '~/components/ui/filters'
import { Select } from '~/components/ui/form'
import { formatQuantity } from '~/components/ui/format'
import { isTypingTarget } from '~/components/ui/kbd'
import { EmptyState, ErrorNotice, Notice } from '~/components/ui/notices'
import { Page, PageHeader } from '~/components/ui/panel'
import type { Page as RowPage } from '~/components/ui/paged-rows'
import { useListedShortcuts } from '~/components/ui/shortcuts'
import { useShownContent } from '~/components/ui/use-toggled'
import { usePagedRows } from '~/components/ui/use-paged-rows'
import { RowCount, VirtualTable } from '~/components/ui/virtual-table'
import type { CaseRow, FacetCount, GoldenRevision } from '~/domain/golden-set/case-records'
import type { HealthSummary } from '~/domain/golden-set/health'
import type { SealedCases } from '~/domain/golden-set/holdout'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { caseColumns, caseGrid, caseRowHeightPx } from './case-columns'
import { CaseDrawer, type CaseDrawerMode } from './case-drawer'
import { describeCaseFilter, readCaseFilter, writeCaseFilter, type CaseFilter } from './case-filter-url'
import { CaseFilters } from './case-filters'
import { ExportMenu } from './export-menu'
import { HealthStrip } from './health-strip'
import { HoldoutSign } from './holdout-sign'
import { RevisionSheet } from './revision-list'

export type GoldenSetView = {
  policy: { slug: string; name: string; scheme: VerdictScheme }
  goldenSet: { name: string; head: number; caseCount: number }
  otherSets: string[]
  /** The revision that is shown. */
  revision: number
  revisions: GoldenRevision[]
  facets: FacetCount[]
  first: RowPage<CaseRow>
  /** Of the newest revision; null: not known yet. */
  health: HealthSummary | null
  /** Null: no case is sealed. */
  holdout: SealedCases | null
}

export const casesPageSize = 100

const shortcuts = [
  { keys: ['/'], does: 'Search' },
  { keys: ['j', 'k'], does: 'Next and previous case' },
  { keys: ['s'], does: 'Show or hide the content of the row' },
  { keys: ['e'], does: 'Edit the open case' },
]

/** A golden set: its cases to search and filter, each in a drawer; its revisions. All that is chosen stands in the URL. */
export function GoldenSetPage({ view }: { view: GoldenSetView }) {
  const { policy, goldenSet, revision, revisions } = view
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const { isShown, toggleShown } = useShownContent()
  const [active, setActive] = useState(-1)
  const [showRevisions, setShowRevisions] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  useListedShortcuts('Golden set', shortcuts)

  const filter = readCaseFilter(params)
  const base = `/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(goldenSet.name)}`
  const listParams = writeCaseFilter(
    new URLSearchParams(revision === goldenSet.head ? {} : { revision: String(revision) }),
    filter,
  ).toString()
  const rows = usePagedRows<CaseRow>(`${base}/cases${listParams ? `?${listParams}` : ''}`, casesPageSize, view.first)
  const readOnly = revision !== goldenSet.head

  const changeFilter = (next: CaseFilter) => {
    setActive(-1)
    setParams((current) => writeCaseFilter(current, next), { replace: true, preventScrollReset: true })
  }
  const mode = readMode(params)
  const changeMode = (next: CaseDrawerMode | null, replace = false) =>
    setParams((current) => writeMode(current, next), { replace, preventScrollReset: true })
  const openRow = (index: number, replace = false) => {
    const row = rows.at(index)
    setActive(index)
    if (row) changeMode({ kind: 'view', caseId: row.id }, replace)
  }
  const stepTo = (index: number) => (rows.at(index) ? () => openRow(index, true) : null)
  const activeRow = active >= 0 ? rows.at(active) : undefined
  const listed = mode && mode.kind !== 'add' && activeRow?.id === mode.caseId

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTypingTarget(event.target) || document.querySelector('[role="dialog"]')) return
      event.preventDefault()
      search.current?.focus()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])

  const chips = describeCaseFilter(filter)
  const empty = goldenSet.head === 0 || (view.revisions.length === 0 && view.first.total === 0)
  const detailParams = new URLSearchParams({
    id: mode && mode.kind !== 'add' ? mode.caseId : '',
    ...(readOnly ? { revision: String(revision) } : {}),
  })

  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[{ label: 'Policies', to: '/' }, { label: policy.name, to: `/policies/${policy.slug}` }, { label: 'Golden set' }]}
        title={goldenSet.name}
        description={
          <>
            {formatQuantity(goldenSet.caseCount, 'case')} with the verdict that people settled on, revision {goldenSet.head}
          </>
        }
        actions={
          <>
            {view.otherSets.length > 0 && (
              <Select
                aria-label="Golden set"
                value={goldenSet.name}
                className="w-auto!"
                onChange={(event) =>
                  navigate(`/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(event.target.value)}`)
                }
              >
                {[goldenSet.name, ...view.otherSets].map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </Select>
            )}
            <Button icon={History} onClick={() => setShowRevisions(true)} disabled={revisions.length === 0}>
              Revision {revision}
            </Button>
            {goldenSet.head > 0 && (
              <ButtonLink icon={HeartPulse} to={readOnly ? `${base}/health?revision=${revision}` : `${base}/health`}>
                Health
              </ButtonLink>
            )}
            <ExportMenu base={base} revision={revision} />
            <ButtonLink icon={FileUp} to={`/policies/${policy.slug}/import?golden=${encodeURIComponent(goldenSet.name)}`}>
              Import
            </ButtonLink>
            <Button icon={Plus} variant="primary" disabled={readOnly} onClick={() => changeMode({ kind: 'add' })}>
              Add a case
            </Button>
          </>
        }
      />
      {!empty && !readOnly && <HealthStrip base={base} summary={view.health} />}
      {readOnly && (
        <Notice tone="gold" className="mb-3">
          This is revision {revision}, as it was; it cannot be changed.{' '}
          <button type="button" className="text-link font-medium" onClick={() => setParams((current) => without(current, 'revision'))}>
            Go to the newest revision
          </button>
        </Notice>
      )}
      {empty ? (
        <EmptyState
          icon={FileUp}
          title="No cases yet"
          actions={
            <>
              <ButtonLink
                variant="primary"
                icon={FileUp}
                to={`/policies/${policy.slug}/import?golden=${encodeURIComponent(goldenSet.name)}`}
              >
                Import a file
              </ButtonLink>
              <Button icon={Plus} onClick={() => changeMode({ kind: 'add' })}>
                Add a case by hand
              </Button>
            </>
          }
        >
          A golden set holds the edge cases that every prompt version is rubbed against, each with the verdict that people settled on. Bring
          them in as CSV, JSON or JSON Lines.
        </EmptyState>
      ) : (
        <>
          <CaseFilters filter={filter} scheme={policy.scheme} facets={view.facets} onChange={changeFilter} searchRef={search} />
          <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 py-1">
            <RowCount total={rows.total} noun={['case', 'cases']} changing={rows.changing} />
            {view.holdout && <HoldoutSign base={base} {...view.holdout} />}
            <FilterChips chips={chips} onChange={changeFilter} onClear={() => changeFilter({})} />
          </div>
          {rows.problem && (
            <ErrorNotice className="mb-2" title="The cases could not be fetched." advice={rows.problem} onRetry={rows.retry} />
          )}
          <VirtualTable
            label={`Cases of ${goldenSet.name}`}
            rows={rows}
            columns={caseColumns(isShown)}
            grid={caseGrid}
            rowHeightPx={caseRowHeightPx}
            active={active}
            onMove={setActive}
            onOpen={openRow}
            rowKey={(row) => row.id}
            onKey={(key) => {
              if (key !== 's' || !activeRow) return false
              toggleShown(activeRow.id)
              return true
            }}
            className="h-[calc(100dvh-15.5rem)] min-h-80 max-lg:h-[calc(100dvh-20.5rem)] overflow-hidden rounded-lg border bg-surface"
            empty={
              <EmptyState
                icon={SearchX}
                title="No case is like that"
                actions={<Button onClick={() => changeFilter({})}>Clear the filter</Button>}
              >
                {view.holdout && view.holdout.openUntil === null
                  ? 'Take a condition away, or search for other words. Cases of the sealed holdout are never listed.'
                  : 'Take a condition away, or search for other words.'}
              </EmptyState>
            }
          />
        </>
      )}
      <CaseDrawer
        mode={mode}
        detailUrl={mode && mode.kind !== 'add' ? `${base}/case?${detailParams}` : null}
        actionUrl={base}
        place={{ slug: policy.slug, goldenSet: goldenSet.name }}
        scheme={policy.scheme}
        readOnly={readOnly}
        onMode={(next) => changeMode(next, mode !== null && next !== null)}
        onStep={{ back: listed ? stepTo(active - 1) : null, forward: listed ? stepTo(active + 1) : null }}
        onChanged={rows.reload}
      />
      <RevisionSheet
        open={showRevisions}
        onOpenChange={setShowRevisions}
        revisions={revisions}
        shown={revision}
        base={base}
        hrefOf={(number) => (number === goldenSet.head ? base : `${base}?revision=${number}`)}
      />
    </Page>
  )
}

function readMode(params: URLSearchParams): CaseDrawerMode | null {
  const caseId = params.get('case')
  if (params.get('add') === '1') return { kind: 'add' }
  if (!caseId) return null
  return { kind: params.get('edit') === '1' ? 'edit' : 'view', caseId }
}

function writeMode(params: URLSearchParams, mode: CaseDrawerMode | null): URLSearchParams {
  const next = without(without(without(params, 'case'), 'edit'), 'add')
  if (mode?.kind === 'add') next.set('add', '1')
  else if (mode) next.set('case', mode.caseId)
  if (mode?.kind === 'edit') next.set('edit', '1')
  return next
}

function without(params: URLSearchParams, name: string): URLSearchParams {
  const next = new URLSearchParams(params)
  next.delete(name)
  return next
}
