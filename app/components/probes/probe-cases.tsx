import { useSearchParams } from '@remix-run/react'
import { SearchX } from 'lucide-react'
import { useState } from 'react'
import { ContentLine } from '~/components/case/content-line'
import { LabelName } from '~/components/case/verdict-view'
import { casesHref } from '~/components/golden-set/case-filter-url'
import { Button, ButtonLink } from '~/components/ui/button'
import { FilterChips, FilterSelect } from '~/components/ui/filters'
import { InertText } from '~/components/ui/hidden-content'
import { EmptyState, ErrorNotice } from '~/components/ui/notices'
import { Sheet } from '~/components/ui/overlay'
import { Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { usePagedRows } from '~/components/ui/use-paged-rows'
import { RowCount, VirtualTable, type VirtualColumn } from '~/components/ui/virtual-table'
import { makeTextVisible } from '~/domain/visible-text'
import { describeTransform, type TransformName } from '~/domain/probes/transforms'
import { probeResults, type ProbedCase, type ProbeFilter, type ProbeResult } from '~/domain/probes/probe-records'
import { describeProbeFilter, readProbeFilter, resultWords, writeProbeFilter } from './probe-filter-url'
import { ProbeBadge, ProbedCaseView } from './probed-case-view'
import type { ProbeRunView } from './types'

const pageSize = 50
const grid =
  'grid-cols-[minmax(6rem,9rem)_minmax(9rem,13rem)_minmax(12rem,1fr)_8rem_8rem_10rem] max-lg:grid-cols-[6rem_9rem_minmax(10rem,1fr)_7rem_7rem]'

/** Every probe of a run; each opens beside the case it was made from. */
export function ProbeCases({ view }: { view: ProbeRunView }) {
  const { report, policy } = view
  const [params, setParams] = useSearchParams()
  const { hideContent } = usePreferences()
  const [active, setActive] = useState(-1)
  const [opened, setOpened] = useState<ProbedCase | null>(null)
  const filter = readProbeFilter(params)
  const search = writeProbeFilter(new URLSearchParams(), filter).toString()
  const version = report.status === 'finished' ? 'v=end' : `v=${report.status}`
  const rows = usePagedRows<ProbedCase>(`/probes/${report.id}/cases?${version}${search ? `&${search}` : ''}`, pageSize, null)
  const change = (next: ProbeFilter) => {
    setActive(-1)
    setParams((current) => writeProbeFilter(current, next), { replace: true, preventScrollReset: true })
  }
  const transforms = [...new Set(report.robustness.transforms.map(({ transform }) => transform))]
  return (
    <Panel id="cases" title="Probes" flush className="scroll-mt-14">
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
        <FilterSelect
          label="Result"
          any="Any result"
          value={filter.result ?? ''}
          options={probeResults.map((result) => ({ value: result, label: resultWords[result] }))}
          onChange={(result) => change({ ...filter, result: (result || undefined) as ProbeResult | undefined, leftOut: undefined })}
        />
        <FilterSelect
          label="Transform"
          any="Any transform"
          value={filter.transform ?? ''}
          options={transforms.map((transform) => ({ value: transform, label: describeTransform(transform, 'attack') }))}
          onChange={(transform) => change({ ...filter, transform: (transform || undefined) as TransformName | undefined, kind: undefined })}
        />
        <RowCount total={rows.total} noun={['probe', 'probes']} changing={rows.changing} />
        <FilterChips chips={describeProbeFilter(filter)} onChange={change} onClear={() => change({})} />
      </div>
      {rows.problem && (
        <ErrorNotice
          className="m-3"
          title="The probes could not be fetched."
          advice={rows.problem}
          actions={
            <Button size="sm" onClick={rows.retry}>
              Try again
            </Button>
          }
        />
      )}
      <VirtualTable
        label="Probes"
        rows={rows}
        columns={columns(!hideContent)}
        grid={grid}
        rowHeightPx={40}
        active={active}
        onMove={setActive}
        onOpen={(index) => {
          setActive(index)
          setOpened(rows.at(index) ?? null)
        }}
        rowKey={({ id }) => id}
        className="h-[32rem]"
        empty={<EmptyState icon={SearchX} title="No probe is like that" />}
      />
      <Sheet
        open={opened !== null}
        onOpenChange={(open) => !open && setOpened(null)}
        width="max-w-4xl"
        title={<span dir="auto">{opened ? makeTextVisible(opened.parentId) : ''}</span>}
        footer={
          opened && (
            <ButtonLink to={casesHref(policy.slug, report.goldenSet, {}, { caseId: opened.parentId })}>Open in the golden set</ButtonLink>
          )
        }
      >
        {opened && <ProbedCaseView key={opened.id} probe={opened} />}
      </Sheet>
    </Panel>
  )
}

const noVerdict = <span className="text-ink-faint">n/a</span>

function columns(isShown: boolean): Array<VirtualColumn<ProbedCase>> {
  return [
    {
      key: 'case',
      header: 'Case',
      cell: (probe) => <InertText text={probe.parentId} className="truncate! whitespace-nowrap! font-mono text-xs" />,
    },
    {
      key: 'transform',
      header: 'Transform',
      cell: (probe) => <span className="block truncate">{describeTransform(probe.transform, probe.kind)}</span>,
    },
    { key: 'content', header: 'Text', cell: (probe) => <ContentLine text={probe.content} shown={isShown} /> },
    {
      key: 'before',
      header: 'Unchanged',
      cell: ({ before }) => (before?.verdict ? <LabelName label={before.verdict.label} /> : noVerdict),
    },
    { key: 'after', header: 'Probe', cell: ({ after }) => (after?.verdict ? <LabelName label={after.verdict.label} /> : noVerdict) },
    { key: 'result', header: 'Result', className: 'max-lg:hidden', cell: (probe) => <ProbeBadge probe={probe} /> },
  ]
}
