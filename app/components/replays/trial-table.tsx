import { useSearchParams } from '@remix-run/react'
import { SearchX } from 'lucide-react'
import { useState } from 'react'
import { ContentLine } from '~/components/case/content-line'
import { AnswerDetails, LabelName } from '~/components/case/verdict-view'
import { CaseDetails } from '~/components/golden-set/case-details'
import { casesHref } from '~/components/golden-set/case-filter-url'
import type { CaseDetail } from '~/components/golden-set/types'
import { QuotedSign } from '~/components/case/quoted-sign'
import { CaseProbesDisclosure } from '~/components/probes/case-probes'
import { OutcomeBadge, outcomeWords } from '~/components/ui/badge'
import { ButtonLink } from '~/components/ui/button'
import { FilterChips, FilterSelect } from '~/components/ui/filters'
import { InertText } from '~/components/ui/hidden-content'
import { EmptyState, ErrorNotice } from '~/components/ui/notices'
import { Sheet } from '~/components/ui/overlay'
import { Panel } from '~/components/ui/panel'
import { useJson } from '~/components/ui/use-json'
import { useShownContent } from '~/components/ui/use-toggled'
import { usePagedRows } from '~/components/ui/use-paged-rows'
import { makeTextVisible } from '~/domain/visible-text'
import { RowCount, VirtualTable, type VirtualColumn } from '~/components/ui/virtual-table'
import { outcomes, type Outcome } from '~/domain/verdict/verdict'
import { RawAnswer } from './raw-answer'
import { readTrialFilter, writeTrialFilter, type TrialFilter } from './trial-filter-url'
import type { ReplayDetailView, TrialItem } from './types'

const trialsPageSize = 50
const grid =
  'grid-cols-[minmax(6rem,10rem)_9.5rem_minmax(12rem,1fr)_8rem_8rem_minmax(10rem,1fr)] max-lg:grid-cols-[6rem_9.5rem_minmax(10rem,1fr)_7rem_7rem]'

/** Every trial of a replay, by outcome; each opens with its case and the model's reasons. */
export function TrialTable({ view }: { view: ReplayDetailView }) {
  const { replay, policy } = view
  const [params, setParams] = useSearchParams()
  const { isShown, toggleShown } = useShownContent()
  const [active, setActive] = useState(-1)
  const [opened, setOpened] = useState<TrialItem | null>(null)
  const filter = readTrialFilter(params)
  const search = writeTrialFilter(new URLSearchParams(), filter).toString()
  // What is counted grows while the replay runs; the list is fetched anew when it ended.
  const version = replay.status === 'finished' ? 'v=end' : `v=${replay.status}`
  const rows = usePagedRows<TrialItem>(`/replays/${replay.id}/trials?${version}${search ? `&${search}` : ''}`, trialsPageSize, null)
  const change = (next: TrialFilter) => {
    setActive(-1)
    setParams((current) => writeTrialFilter(current, next), { replace: true, preventScrollReset: true })
  }
  const open = (index: number) => {
    setActive(index)
    setOpened(rows.at(index) ?? null)
  }
  return (
    <div id="trials" className="scroll-mt-14">
      <Panel title="Trials" flush>
        <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
          <FilterSelect
            label="Outcome"
            any="Any outcome"
            value={filter.outcome ?? ''}
            options={outcomes
              .filter((outcome) => view.outcomes[outcome] > 0)
              .map((outcome) => ({ value: outcome, label: outcomeWords[outcome], count: view.outcomes[outcome] }))}
            onChange={(outcome) => change({ ...filter, outcome: (outcome || undefined) as Outcome | undefined })}
          />
          <RowCount total={rows.total} noun={['trial', 'trials']} changing={rows.changing} />
          <FilterChips chips={describeTrialFilter(filter)} onChange={change} onClear={() => change({})} />
        </div>
        {rows.problem && (
          <ErrorNotice className="m-3" title="The trials could not be fetched." advice={rows.problem} onRetry={rows.retry} />
        )}
        <VirtualTable
          label="Trials"
          rows={rows}
          columns={columns((trial) => isShown(keyOf(trial)))}
          grid={grid}
          rowHeightPx={40}
          active={active}
          onMove={setActive}
          onOpen={open}
          rowKey={keyOf}
          onKey={(key) => {
            const row = active >= 0 ? rows.at(active) : undefined
            if (key !== 's' || !row) return false
            toggleShown(keyOf(row))
            return true
          }}
          className="h-[32rem]"
          empty={<EmptyState icon={SearchX} title={view.metrics ? 'No trial is like that' : 'No trial yet'} />}
        />
      </Panel>
      <TrialSheet trial={opened} view={view} slug={policy.slug} onClose={() => setOpened(null)} />
    </div>
  )
}

function TrialSheet({
  trial,
  view,
  slug,
  onClose,
}: {
  trial: TrialItem | null
  view: ReplayDetailView
  slug: string
  onClose: () => void
}) {
  const { goldenSet, goldenRevision } = view.replay
  const path = `/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(goldenSet)}`
  const detail = useJson<CaseDetail>(
    trial ? `${path}/case?${new URLSearchParams({ id: trial.caseId, revision: String(goldenRevision) })}` : null,
  )
  if (!trial) return null
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={<span dir="auto">{makeTextVisible(trial.caseId)}</span>}
      footer={<ButtonLink to={casesHref(slug, goldenSet, {}, { caseId: trial.caseId })}>Open in the golden set</ButtonLink>}
    >
      <section className="mb-5">
        <h3 className="mb-1.5 text-xs font-semibold text-ink-muted">The model’s answer{trial.epoch > 1 ? `, epoch ${trial.epoch}` : ''}</h3>
        <AnswerDetails answer={{ outcome: trial.outcome, ruleOutcome: trial.ruleOutcome, detail: trial.detail, ...trial.verdict }} />
      </section>
      <RawAnswer key={`${trial.caseId} ${trial.epoch}`} replayId={view.replay.id} caseId={trial.caseId} epoch={trial.epoch} />
      {detail.problem && <ErrorNotice title={detail.problem.message} advice={detail.problem.advice} />}
      {detail.loading && <p className="text-ink-muted">Fetching the case …</p>}
      {detail.data?.case && (
        <div className="flex flex-col gap-5">
          <CaseDetails key={trial.caseId} golden={detail.data.case} quotedIn={detail.data.quotedIn} />
          <CaseProbesDisclosure
            key={`probes ${trial.caseId}`}
            slug={slug}
            goldenSet={goldenSet}
            caseId={trial.caseId}
            replayId={view.replay.id}
          />
        </div>
      )}
    </Sheet>
  )
}

function columns(isShown: (trial: TrialItem) => boolean): Array<VirtualColumn<TrialItem>> {
  return [
    {
      key: 'case',
      header: 'Case',
      cell: (trial) => (
        <span className="flex min-w-0 items-center gap-1">
          {trial.leaked && <QuotedSign />}
          <InertText text={trial.caseId} className="truncate! whitespace-nowrap! font-mono text-xs" />
        </span>
      ),
    },
    { key: 'outcome', header: 'Outcome', cell: (trial) => <OutcomeBadge outcome={trial.outcome} ruleOutcome={trial.ruleOutcome} /> },
    { key: 'content', header: 'Content', cell: (trial) => <ContentLine text={trial.content} shown={isShown(trial)} /> },
    {
      key: 'expected',
      header: 'Expected',
      cell: (trial) =>
        trial.expected?.label ? <LabelName label={trial.expected.label} /> : <span className="text-ink-faint">unlabelled</span>,
    },
    {
      key: 'answered',
      header: 'Answered',
      cell: (trial) => (trial.verdict ? <LabelName label={trial.verdict.label} /> : <span className="text-ink-faint">n/a</span>),
    },
    {
      key: 'why',
      header: 'Why',
      className: 'max-lg:hidden',
      cell: (trial) => (
        <InertText
          text={(trial.verdict?.rationale ?? trial.detail ?? '').slice(0, 300)}
          className="truncate! whitespace-nowrap! text-ink-muted"
        />
      ),
    },
  ]
}

const keyOf = (trial: TrialItem) => `${trial.caseId}\n${trial.epoch}`

function describeTrialFilter(filter: TrialFilter): Array<{ key: string; text: string; without: TrialFilter }> {
  const chips: Array<{ key: string; text: string; without: TrialFilter }> = []
  if (filter.outcome) chips.push({ key: 'outcome', text: outcomeWords[filter.outcome], without: { ...filter, outcome: undefined } })
  if (filter.ruleOutcome) chips.push({ key: 'rule', text: 'right label, wrong rule', without: { ...filter, ruleOutcome: undefined } })
  if (filter.expectedLabel)
    chips.push({ key: 'expected', text: `expected: ${filter.expectedLabel}`, without: { ...filter, expectedLabel: undefined } })
  if (filter.leaked) chips.push({ key: 'leaked', text: 'quoted in the prompt', without: { ...filter, leaked: undefined } })
  if (filter.label) chips.push({ key: 'answered', text: `answered: ${filter.label}`, without: { ...filter, label: undefined } })
  return chips
}
