import { Link, useActionData, useFetcher } from '@remix-run/react'
import { FlaskConical, GitFork } from 'lucide-react'
import { useRef, useState } from 'react'
import { canCancel, StatusBadge } from '~/components/replays/status'
import { RehearsalBadge, versionName } from '~/components/ui/badge'
import { Button, ButtonLink } from '~/components/ui/button'
import { Field, Input, Select } from '~/components/ui/form'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { EmptyState, ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'
import { useJson } from '~/components/ui/use-json'
import { useLookAgain } from '~/components/ui/use-look-again'
import { describeEstimate, type EstimateFigures } from '~/domain/pricing/describe-estimate'
import { defaultProbeLimit, describeTransform, transformNames } from '~/domain/probes/transforms'
import type { ProbeSelection } from '~/domain/probes/probe-selection'
import { ContrastQueue } from './contrast-queue'
import { describeParents, nameOfVersion } from './run-words'
import type { ProbesView } from './types'

/** How robust the versions of a policy are: start probes, see what was probed, label contrast pairs. */
export function ProbesPage({ view }: { view: ProbesView }) {
  const { policy, runs, waiting, scheme } = view
  useLookAgain(runs.some(({ status }) => canCancel(status)))
  const slug = encodeURIComponent(policy.slug)
  return (
    <Page wide>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${slug}` },
        ]}
        title="Probes"
        description="The cases of a golden set disguised, or wrapped in an injection or in something that only looks like one: does the verdict hold? Probes are kept apart and enter no figure of the golden set."
      />
      <div className="flex flex-col gap-4">
        <StartPanel view={view} />
        <Panel title="Runs" flush>
          {runs.length === 0 ? (
            <EmptyState icon={FlaskConical} title="Nothing was probed yet">
              Choose a version above, or open a case of the golden set and probe that one.
            </EmptyState>
          ) : (
            <RunTable runs={runs} />
          )}
        </Panel>
        <Panel id="contrasts" title={`Contrast pairs to label (${formatCount(waiting.length)})`} flush className="scroll-mt-14">
          {waiting.length === 0 ? (
            <EmptyState icon={GitFork} title="No contrast pair waits">
              Quotation, negation, counter-speech and another target can change a label. Open a case, choose Probes, and propose pairs: what
              a person labels becomes a case of the golden set.
            </EmptyState>
          ) : (
            <ContrastQueue slug={policy.slug} scheme={scheme} pairs={waiting} />
          )}
        </Panel>
      </div>
    </Page>
  )
}

function StartPanel({ view }: { view: ProbesView }) {
  const { versions, goldenSets, model, rehearsal, policy } = view
  // Looking again at runs under way clears what a form was answered; a fetcher keeps it.
  const fetcher = useFetcher()
  const answer = useActionData()
  const problem = readErrorBody(fetcher.data ?? answer)
  const form = useRef<HTMLFormElement>(null)
  const [asked, setAsked] = useState<string | null>(null)
  const estimate = useJson<EstimateFigures>(asked)
  const slug = encodeURIComponent(policy.slug)
  if (versions.length === 0 || goldenSets.length === 0)
    return (
      <Panel>
        <EmptyState
          icon={FlaskConical}
          title={goldenSets.length === 0 ? 'There are no cases to probe' : 'There is no version to probe'}
          actions={
            <ButtonLink variant="primary" to={goldenSets.length === 0 ? `/policies/${slug}/import` : `/policies/${slug}`}>
              {goldenSets.length === 0 ? 'Import cases' : 'Open the policy'}
            </ButtonLink>
          }
        >
          {goldenSets.length === 0 ? 'Probes are made of the cases of a golden set.' : 'Save the draft as a version first.'}
        </EmptyState>
      </Panel>
    )
  return (
    <Panel title="Probe a version">
      {/* What was estimated is no more what the form says once something in it is changed. */}
      <fetcher.Form ref={form} method="post" className="flex flex-col gap-3" onChange={() => setAsked(null)}>
        <input type="hidden" name="intent" value="start" />
        <div className="flex flex-wrap items-end gap-3">
          <Field label="Version" className="w-56">
            <Select
              name="version"
              defaultValue={versions.find(({ labels }) => labels.includes('production'))?.number ?? versions[0]?.number}
            >
              {versions.map(({ number, message, labels }) => (
                <option key={number} value={number}>
                  {[versionName(number), labels.join(', '), message].filter(Boolean).join(' · ').slice(0, 80)}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Golden set" className="w-56">
            <Select name="goldenSet">
              {goldenSets.map(({ name, caseCount }) => (
                <option key={name} value={name}>
                  {name} ({formatQuantity(caseCount, 'case')})
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Cases, drawn at random" className="w-44">
            <Input name="limit" type="number" min={1} max={100_000} defaultValue={defaultProbeLimit} required />
          </Field>
          <Field label="Seed" className="w-24">
            <Input name="seed" type="number" min={0} max={4_294_967_295} defaultValue={1} required />
          </Field>
          <Button type="submit" variant="primary" icon={FlaskConical} pending={fetcher.state !== 'idle'}>
            Probe
          </Button>
          {!rehearsal && (
            <Button
              onClick={() => {
                if (form.current?.reportValidity()) setAsked(estimateAddress(slug, form.current))
              }}
            >
              What would it cost?
            </Button>
          )}
          <span className="pb-1.5 text-sm text-ink-muted">
            asks {model}, up to 16 texts a case{rehearsal && '; costs nothing'}
          </span>
        </div>
        <p aria-live="polite" className="text-sm text-ink-muted empty:hidden">
          {estimate.loading && 'Counting calls and tokens.'}
          {estimate.data && describeEstimate(estimate.data)}
        </p>
        {estimate.problem && <ErrorNotice title={estimate.problem.message} advice={estimate.problem.advice} />}
        <details>
          <summary className="cursor-pointer text-sm text-ink-muted">Transforms</summary>
          <fieldset className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
            <legend className="sr-only">Transforms</legend>
            {transformNames.map((name) => (
              <label key={name} className="flex items-center gap-1.5 text-sm">
                <input type="checkbox" name="transform" value={name} defaultChecked className="size-4 accent-(--stone-gold)" />
                {describeTransform(name, 'attack')}
              </label>
            ))}
          </fieldset>
        </details>
        {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      </fetcher.Form>
    </Panel>
  )
}

function estimateAddress(slug: string, form: HTMLFormElement): string {
  const fields = [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' && name !== 'intent' ? [[name, value]] : []))
  return `/policies/${slug}/probes/estimate?${new URLSearchParams(fields).toString()}`
}

function RunTable({ runs }: { runs: ProbesView['runs'] }) {
  return (
    <Table label="Probe runs, newest first">
      <thead>
        <tr>
          <HeaderCell>Version</HeaderCell>
          <HeaderCell>Status</HeaderCell>
          <HeaderCell>Cases</HeaderCell>
          <HeaderCell>Transforms</HeaderCell>
          <HeaderCell numeric>Texts</HeaderCell>
          <HeaderCell>Model</HeaderCell>
          <HeaderCell className="max-lg:hidden">Started by</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} data-row tabIndex={-1}>
            <Cell>
              <Link to={`/probes/${run.id}`} className="text-link font-medium">
                {nameOfVersion(run)}
              </Link>
              <div className="text-xs text-ink-faint">
                <RelativeTime at={run.createdAt} />
              </div>
            </Cell>
            <Cell>
              <StatusBadge status={run.status} />
            </Cell>
            <Cell>{describeParents(run)}</Cell>
            <Cell>{describeTransforms(run.selection)}</Cell>
            <Cell numeric>
              {run.status === 'finished' ? formatCount(run.total) : `${formatCount(run.done)} of ${formatCount(run.total)}`}
            </Cell>
            <Cell>
              <span className="flex flex-wrap items-center gap-1.5">
                {run.modelName}
                {run.rehearsal && <RehearsalBadge />}
              </span>
            </Cell>
            <Cell className="text-ink-muted max-lg:hidden">{run.author}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

const describeTransforms = ({ transforms }: ProbeSelection) =>
  transforms.length === transformNames.length ? 'all' : transforms.map((name) => describeTransform(name, 'attack')).join(', ')
