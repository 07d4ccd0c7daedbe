import { Form, Link, useSearchParams } from '@remix-run/react'
import { ArrowLeftRight, Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { FieldChanges } from '~/components/case/field-changes'
import { Badge } from '~/components/ui/badge'
import { Button, ButtonLink } from '~/components/ui/button'
import { Field, Select } from '~/components/ui/form'
import { formatCount, formatDateTime, formatQuantity } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { EmptyState, Notice } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'
import { caseChangeKinds, type CaseChange, type CaseChangeKind, type RevisionDiff } from '~/domain/golden-set/case-diff'
import type { GoldenRevision } from '~/domain/golden-set/case-records'

export type RevisionsView = {
  policy: { slug: string; name: string }
  goldenSet: { name: string; head: number }
  /** Newest first. */
  revisions: GoldenRevision[]
  /** Null: there are not two revisions. */
  diff: RevisionDiff | null
  kind: CaseChangeKind | null
  offset: number
  sealed: number
}

export const changesPageSize = 50

const marks: Record<CaseChangeKind, string> = { added: '+', changed: '≠', relabelled: '⇄', removed: '−' }

/** All revisions of a golden set, who made them and why, and what differs between any two. */
export function RevisionsPage({ view }: { view: RevisionsView }) {
  const { policy, goldenSet, revisions, diff } = view
  const base = `/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(goldenSet.name)}`
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
          { label: goldenSet.name, to: base },
        ]}
        title="Revisions"
        description="Every change of the set made one. A replay pins the revision that it was made on."
      />
      <div className="flex flex-col gap-4">
        {diff && <Comparison view={view} diff={diff} base={base} />}
        <RevisionTable revisions={revisions} base={base} head={goldenSet.head} />
      </div>
    </Page>
  )
}

function Comparison({ view, diff, base }: { view: RevisionsView; diff: RevisionDiff; base: string }) {
  const { hideContent } = usePreferences()
  const [shown, setShown] = useState(!hideContent)
  const { revisions, kind, offset, sealed } = view
  const all = caseChangeKinds.reduce((sum, name) => sum + diff.counts[name], 0)
  const hrefOf = (changes: { kind?: CaseChangeKind | null; offset?: number; from?: number; to?: number }) => {
    const params = new URLSearchParams({ from: String(changes.from ?? diff.from), to: String(changes.to ?? diff.to) })
    const chosen = changes.kind === undefined ? kind : changes.kind
    if (chosen) params.set('kind', chosen)
    if (changes.offset) params.set('offset', String(changes.offset))
    return `${base}/revisions?${params}`
  }
  const select = (name: 'from' | 'to', label: string) => (
    <Field label={label}>
      <Select name={name} key={diff[name]} defaultValue={String(diff[name])} className="w-auto!">
        {revisions.map(({ number, createdAt, author }) => (
          <option key={number} value={number}>
            {number} · {formatDateTime(createdAt)} · {author}
          </option>
        ))}
      </Select>
    </Field>
  )
  return (
    <Panel
      flush
      title="What differs"
      actions={
        <Button size="sm" icon={shown ? EyeOff : Eye} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide content' : 'Show content'}
        </Button>
      }
    >
      <div className="flex flex-wrap items-end gap-3 border-b px-3 py-3">
        <Form method="get" action={`${base}/revisions`} className="flex flex-wrap items-end gap-3">
          {select('from', 'From revision')}
          {select('to', 'to revision')}
          <Button type="submit">Compare</Button>
        </Form>
        <ButtonLink icon={ArrowLeftRight} to={hrefOf({ from: diff.to, to: diff.from, offset: 0 })}>
          The other way
        </ButtonLink>
      </div>
      <nav aria-label="Kinds of change" className="flex flex-wrap gap-x-4 gap-y-1 border-b px-3 py-2 text-sm">
        <KindLink to={hrefOf({ kind: null, offset: 0 })} current={kind === null} text={`${formatQuantity(all, 'case')} in all`} />
        {caseChangeKinds.map((name) => (
          <KindLink
            key={name}
            to={hrefOf({ kind: name, offset: 0 })}
            current={kind === name}
            text={`${marks[name]} ${formatCount(diff.counts[name])} ${name}`}
          />
        ))}
      </nav>
      {sealed > 0 && <Notice className="m-3">Cases of the sealed holdout are not listed here.</Notice>}
      {diff.rows.length === 0 ? (
        <EmptyState title="Nothing differs">Both revisions have the same cases{kind ? ` as far as “${kind}” goes` : ''}.</EmptyState>
      ) : (
        <ol className="divide-y">
          {diff.rows.map((change) => (
            <ChangedCase key={change.caseId} change={change} base={base} revision={change.after ? diff.to : diff.from} shown={shown} />
          ))}
        </ol>
      )}
      {diff.total > diff.rows.length && (
        <div className="flex items-center gap-3 border-t px-3 py-2 text-sm text-ink-muted">
          {formatCount(offset + 1)} to {formatCount(offset + diff.rows.length)} of {formatCount(diff.total)}
          {offset > 0 && (
            <ButtonLink size="sm" to={hrefOf({ offset: Math.max(0, offset - changesPageSize) })}>
              Before
            </ButtonLink>
          )}
          {offset + diff.rows.length < diff.total && (
            <ButtonLink size="sm" to={hrefOf({ offset: offset + changesPageSize })}>
              Next
            </ButtonLink>
          )}
        </div>
      )}
    </Panel>
  )
}

function KindLink({ to, current, text }: { to: string; current: boolean; text: string }) {
  return (
    <Link to={to} preventScrollReset aria-current={current ? 'true' : undefined} className={current ? 'font-semibold' : 'text-link'}>
      {text}
    </Link>
  )
}

function ChangedCase({ change, base, revision, shown }: { change: CaseChange; base: string; revision: number; shown: boolean }) {
  const { caseId, kind, before, after } = change
  return (
    <li className="px-3 py-3">
      <div className="mb-1.5 flex flex-wrap items-center gap-2">
        <Badge>
          {marks[kind]} {kind}
        </Badge>
        <Link className="text-link" to={`${base}?${new URLSearchParams({ revision: String(revision), case: caseId })}`}>
          <InertText text={caseId} className="font-mono text-xs" />
        </Link>
      </div>
      <FieldChanges before={before} after={after} shown={shown} />
    </li>
  )
}

function RevisionTable({ revisions, base, head }: { revisions: GoldenRevision[]; base: string; head: number }) {
  const [params] = useSearchParams()
  return (
    <Panel flush title={formatQuantity(revisions.length, 'revision')}>
      <Table label="Revisions">
        <thead>
          <tr>
            <HeaderCell numeric>Revision</HeaderCell>
            <HeaderCell>When</HeaderCell>
            <HeaderCell>Who</HeaderCell>
            <HeaderCell className="w-1/3">Why</HeaderCell>
            <HeaderCell numeric>Cases</HeaderCell>
            <HeaderCell>What</HeaderCell>
            <HeaderCell>
              <span className="sr-only">Compare</span>
            </HeaderCell>
          </tr>
        </thead>
        <tbody>
          {revisions.map((revision, index) => (
            <Row key={revision.number} data-row tabIndex={index === 0 ? 0 : -1}>
              <Cell numeric>
                <Link className="text-link font-medium" to={revision.number === head ? base : `${base}?revision=${revision.number}`}>
                  {revision.number}
                </Link>
              </Cell>
              <Cell>
                <RelativeTime at={revision.createdAt} />
              </Cell>
              <Cell>
                <InertText text={revision.author} />
              </Cell>
              <Cell>
                <InertText text={revision.message} />
              </Cell>
              <Cell numeric>{formatCount(revision.caseCount)}</Cell>
              <Cell className="text-ink-muted">{describeCounts(revision)}</Cell>
              <Cell>
                {revision.number > 1 && (
                  <Link
                    className="text-link whitespace-nowrap"
                    aria-current={
                      params.get('from') === String(revision.number - 1) && params.get('to') === String(revision.number)
                        ? 'true'
                        : undefined
                    }
                    to={`${base}/revisions?from=${revision.number - 1}&to=${revision.number}`}
                  >
                    What it did
                  </Link>
                )}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

/** "3 added, 1 relabelled". */
export function describeCounts(revision: GoldenRevision): string {
  return caseChangeKinds
    .filter((kind) => revision[kind] > 0)
    .map((kind) => `${formatCount(revision[kind])} ${kind}`)
    .join(', ')
}
