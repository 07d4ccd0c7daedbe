import { Link, useNavigate, useSearchParams } from '@remix-run/react'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { IntervalBar } from '~/components/charts/interval-bar'
import { intervalDomain, intervalPlotHeightPx } from '~/components/charts/interval-scale'
import type { IntervalRow } from '~/components/charts/interval-plot'
import { Badge } from '~/components/ui/badge'
import { Field, Select } from '~/components/ui/form'
import { formatCount, formatPercent, formatPoints, formatPointsInterval, formatPValue, formatQuantity } from '~/components/ui/format'
import { CountLink } from '~/components/ui/figure'
import { EmptyState } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, RowHeader, Table } from '~/components/ui/table'
import { sliceFilter } from './flip-filter-url'
import { flipsSearch } from './links'
import type { ComparisonView, SliceRow } from './types'

const IntervalPlot = lazy(() => import('~/components/charts/interval-plot'))

/** More rows than this are a wall; the table has them all. */
const plottedRows = 30

/** Where the change helps and where it harms: an interval plot of the whole and of slices, and the table behind it. */
export function SlicesView({ view }: { view: ComparisonView }) {
  const { slices, sliceBy, sliceColumns, sliceTotal, comparison } = view
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const name = (slice: SliceRow) => (sliceBy === null ? `${slice.by}: ${slice.value}` : slice.value)
  const plotted = slices.filter((slice) => slice.difference.estimate !== null).slice(0, plottedRows)
  const rows: IntervalRow[] = [
    { ...comparison.difference, name: 'All cases', detail: describe(comparison.n, comparison.flips.fixed, comparison.flips.regressed) },
    ...plotted.map((slice) => ({
      ...slice.difference,
      name: name(slice),
      detail: describe(slice.n, slice.fixed, slice.regressed),
      onOpen: () => navigate({ search: flipsSearch(params, { flip: ['regressed', 'fixed'], ...sliceFilter(slice.by, slice.value) }) }),
    })),
  ]
  if (sliceColumns.length === 0)
    return (
      <EmptyState title="Nothing to slice by">
        The cases of this golden set have no rules, tags or metadata. Add some to see where a change helps and where it harms.
      </EmptyState>
    )
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-4">
        <Field label="Slice by">
          <Select
            className="w-56!"
            value={sliceBy ?? 'all'}
            onChange={(event) =>
              setParams(
                (current) => {
                  const next = new URLSearchParams(current)
                  next.set('by', event.target.value)
                  return next
                },
                { replace: true, preventScrollReset: true },
              )
            }
          >
            {sliceColumns.map(({ by, count }) => (
              <option key={by} value={by}>
                {by} ({formatCount(count)})
              </option>
            ))}
            <option value="all">everything, most harmful first</option>
          </Select>
        </Field>
        <p className="max-w-prose pb-1 text-sm text-ink-muted">
          Sorted by harm. p is adjusted for looking at {formatQuantity(sliceTotal, 'slice')} and more (Benjamini-Hochberg); a slice whose
          interval crosses 0 shows no difference yet.
        </p>
      </div>
      <Panel title="Difference by slice, with interval">
        <div style={{ minHeight: intervalPlotHeightPx(rows.length) }}>
          <Mounted>
            <Suspense fallback={<p className="text-sm text-ink-muted">Drawing …</p>}>
              <IntervalPlot
                rows={rows}
                margin={comparison.margin}
                label={`Difference in accuracy with interval, overall and for ${formatQuantity(plotted.length, 'slice')}. The table below has the figures.`}
              />
            </Suspense>
          </Mounted>
        </div>
        {plotted.length < slices.length && (
          <p className="mt-2 text-xs text-ink-faint">
            The {plotted.length} most harmful of {formatCount(sliceTotal)}; the table has{' '}
            {slices.length === sliceTotal ? 'all' : formatCount(slices.length)}.
          </p>
        )}
      </Panel>
      <SliceTable view={view} name={name} />
    </div>
  )
}

function SliceTable({ view, name }: { view: ComparisonView; name: (slice: SliceRow) => string }) {
  const { slices, comparison } = view
  const [params] = useSearchParams()
  const domain = intervalDomain(
    slices.map((slice) => slice.difference),
    comparison.margin,
  )
  return (
    <Panel title="Slices" flush>
      <Table label="Slices with the figures of both sides, sorted by harm">
        <thead>
          <tr>
            <HeaderCell>{view.sliceBy ?? 'slice'}</HeaderCell>
            <HeaderCell numeric>n</HeaderCell>
            <HeaderCell numeric>{view.baseline.name}</HeaderCell>
            <HeaderCell numeric>{view.candidate.name}</HeaderCell>
            <HeaderCell numeric>Difference</HeaderCell>
            <HeaderCell className="max-lg:hidden">Interval</HeaderCell>
            <HeaderCell numeric>p, adjusted</HeaderCell>
            <HeaderCell numeric>
              <abbr title="The smallest difference that so many cases could show, with 80% power" className="no-underline">
                Could show
              </abbr>
            </HeaderCell>
            <HeaderCell numeric>Regressed</HeaderCell>
            <HeaderCell numeric>Fixed</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {slices.map((slice) => {
            const filter = sliceFilter(slice.by, slice.value)
            const certain = slice.pAdjusted !== null && slice.pAdjusted < 1 - slice.difference.confidence
            return (
              <Row key={`${slice.by}\n${slice.value}`} data-row tabIndex={-1}>
                <RowHeader className="max-w-64 [overflow-wrap:anywhere]">
                  <Link
                    preventScrollReset
                    dir="auto"
                    className="text-link rounded-sm"
                    to={{ search: flipsSearch(params, { flip: ['regressed', 'fixed'], ...filter }), hash: '#flips' }}
                  >
                    {name(slice)}
                  </Link>
                  {slice.by === 'rule' && view.touchedRules.includes(slice.value) && (
                    <Badge tone="gold" className="ml-2">
                      edited
                    </Badge>
                  )}
                </RowHeader>
                <Cell numeric>{formatCount(slice.n)}</Cell>
                <Cell numeric>{formatPercent(slice.baseline.accuracy)}</Cell>
                <Cell numeric>{formatPercent(slice.candidate.accuracy)}</Cell>
                <Cell numeric>
                  <div
                    className={
                      certain
                        ? (slice.difference.estimate ?? 0) < 0
                          ? 'font-semibold text-regressed-ink'
                          : 'font-semibold text-fixed-ink'
                        : ''
                    }
                  >
                    {certain && <span aria-hidden>{(slice.difference.estimate ?? 0) < 0 ? '▼ ' : '▲ '}</span>}
                    {formatPoints(slice.difference.estimate)}
                  </div>
                  <div className="text-xs text-ink-faint">{formatPointsInterval(slice.difference)}</div>
                </Cell>
                <Cell className="w-44 max-lg:hidden">
                  <IntervalBar {...slice.difference} margin={comparison.margin} domain={domain} className="h-5 w-40" />
                </Cell>
                <Cell numeric>{formatPValue(slice.pAdjusted)}</Cell>
                <Cell numeric>
                  {slice.smallestDetectableShift === null ? 'n/a' : `±${(slice.smallestDetectableShift * 100).toFixed(1)}`}
                </Cell>
                <Cell numeric>
                  <CountLink
                    count={slice.regressed}
                    to={{ search: flipsSearch(params, { flip: ['regressed'], ...filter }), hash: '#flips' }}
                  />
                </Cell>
                <Cell numeric>
                  <CountLink count={slice.fixed} to={{ search: flipsSearch(params, { flip: ['fixed'], ...filter }), hash: '#flips' }} />
                </Cell>
              </Row>
            )
          })}
        </tbody>
      </Table>
    </Panel>
  )
}

/** What cannot be drawn without a window waits for it. */
function Mounted({ children }: { children: ReactNode }) {
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  return mounted ? children : null
}

const describe = (n: number, fixed: number, regressed: number) =>
  `${formatQuantity(n, 'case')}, ${formatCount(fixed)} fixed, ${formatCount(regressed)} regressed`
