import { Link, useFetcher } from '@remix-run/react'
import { useState } from 'react'
import { ContentLine } from '~/components/case/content-line'
import { LabelName } from '~/components/case/verdict-view'
import { Badge } from '~/components/ui/badge'
import { Button, ButtonLink } from '~/components/ui/button'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { usePreferences } from '~/components/ui/preferences'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { adjudicatedKinds, urgentKinds, type Finding, type FindingCase, type HealthReport } from '~/domain/golden-set/health'
import { describeFinding } from './findings'

export const findingPageSize = 50

type Props = {
  report: HealthReport
  /** The golden set's page. */
  base: string
  open: { kind: Finding['kind']; total: number; rows: FindingCase[] } | null
  revisionQuery: string
}

/** Every finding with cases: what it means, what to do, its cases on demand. The others in one line. */
export function FindingList({ report, base, open, revisionQuery }: Props) {
  const some = report.findings.filter(({ cases }) => cases > 0)
  const none = report.findings.filter(({ cases }) => cases === 0)
  return (
    <div className="flex flex-col gap-3">
      {some.map((finding) => (
        <FindingPanel
          key={finding.kind}
          finding={finding}
          report={report}
          base={base}
          open={open?.kind === finding.kind ? open : null}
          revisionQuery={revisionQuery}
        />
      ))}
      {none.length > 0 && (
        <p className="text-sm text-ink-muted">
          Nothing found: {none.map(({ kind }) => describeFinding(kind, report).title.toLowerCase()).join(', ')}.
        </p>
      )}
    </div>
  )
}

function FindingPanel({ finding, report, base, open, revisionQuery }: Omit<Props, 'open'> & { finding: Finding; open: Props['open'] }) {
  const { title, means, todo } = describeFinding(finding.kind, report)
  const adjudicable = adjudicatedKinds.has(finding.kind) || finding.kind === 'unlabelled'
  const here = `${base}/health`
  return (
    <Panel
      title={
        <span id={finding.kind} className="flex flex-wrap items-center gap-x-2">
          {title}
          <Badge tone={urgentKinds.has(finding.kind) ? 'gold' : 'neutral'}>
            {formatQuantity(finding.cases, 'case')}
            {finding.groups !== null && ` in ${formatQuantity(finding.groups, 'group')}`}
          </Badge>
          {finding.settled > 0 && <span className="text-xs font-normal text-ink-muted">{formatCount(finding.settled)} settled</span>}
        </span>
      }
      actions={
        <>
          {adjudicable && (
            <ButtonLink size="sm" to={`${base}/labels?finding=${finding.kind}${revisionQuery.replace('?', '&')}`}>
              {finding.kind === 'unlabelled' ? 'Label them' : 'Adjudicate'}
            </ButtonLink>
          )}
          {finding.kind === 'always-right' && <SmokeSet here={here} base={base} />}
          <ButtonLink
            size="sm"
            preventScrollReset
            replace
            to={open ? `${here}${revisionQuery}` : `${here}?finding=${finding.kind}${revisionQuery.replace('?', '&')}`}
            aria-expanded={open !== null}
          >
            {open ? 'Hide cases' : 'Show cases'}
          </ButtonLink>
        </>
      }
      flush
    >
      <div className="flex flex-col gap-0.5 px-3 py-2 text-sm">
        <p>{means}</p>
        <p className="text-ink-muted">{todo}</p>
      </div>
      {open && <FindingCases key={finding.kind} first={open} base={base} revisionQuery={revisionQuery} label={title} />}
    </Panel>
  )
}

/** What no version gets wrong warns of a version that is broken: one click tags it, another takes it away as a file. */
function SmokeSet({ here, base }: { here: string; base: string }) {
  const fetcher = useFetcher<{ problem?: { message: string; advice: string | null } }>()
  const problem = fetcher.data?.problem
  return (
    <>
      {problem && <ErrorNotice title={problem.message} advice={problem.advice} />}
      <fetcher.Form method="post" action={here}>
        <input type="hidden" name="intent" value="tag" />
        <input type="hidden" name="kind" value="always-right" />
        <input type="hidden" name="tag" value="smoke" />
        <Button size="sm" type="submit" pending={fetcher.state !== 'idle'}>
          Tag them “smoke”
        </Button>
      </fetcher.Form>
      <a className="text-link text-sm" href={`${base}/export?format=jsonl&finding=always-right`}>
        Export
      </a>
    </>
  )
}

/** The cases of a finding, each a link to the case itself; more on demand. */
function FindingCases({
  first,
  base,
  revisionQuery,
  label,
}: {
  first: NonNullable<Props['open']>
  base: string
  revisionQuery: string
  label: string
}) {
  const { hideContent } = usePreferences()
  const [more, setMore] = useState<FindingCase[]>([])
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const rows = [...first.rows, ...more]
  const adjudicable = adjudicatedKinds.has(first.kind)
  const grouped = rows.some(({ group }) => group !== null)
  const explained = rows.some(({ detail, settled }) => detail !== '' || settled)
  const load = async () => {
    setPending(true)
    setProblem(null)
    try {
      const query = new URLSearchParams(revisionQuery.slice(1))
      query.set('kind', first.kind)
      query.set('offset', String(rows.length))
      query.set('limit', String(findingPageSize))
      const response = await fetch(`${base}/health/cases?${query}`, { headers: { Accept: 'application/json' } })
      const body: unknown = await response.json()
      if (!response.ok) throw new Error(readErrorBody(body)?.message ?? `The server answered ${response.status}.`)
      setMore((known) => [...known, ...(body as { rows: FindingCase[] }).rows])
    } catch (error) {
      setProblem(error instanceof TypeError ? 'The server cannot be reached.' : error instanceof Error ? error.message : String(error))
    } finally {
      setPending(false)
    }
  }
  return (
    <div className="border-t">
      <Table label={`Cases: ${label}`}>
        <thead>
          <tr>
            {grouped && <HeaderCell>Group</HeaderCell>}
            <HeaderCell>Case</HeaderCell>
            <HeaderCell className="w-1/2">Content</HeaderCell>
            <HeaderCell>Expected</HeaderCell>
            {explained && <HeaderCell>Why it is here</HeaderCell>}
            {adjudicable && (
              <HeaderCell>
                <span className="sr-only">Adjudicate</span>
              </HeaderCell>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Row key={`${row.group ?? ''} ${row.caseId}`} data-row tabIndex={index === 0 ? 0 : -1}>
              {grouped && <Cell className="text-ink-muted">{row.group !== rows[index - 1]?.group ? row.group : ''}</Cell>}
              <Cell>
                <Link className="text-link" to={`${base}?case=${encodeURIComponent(row.caseId)}`}>
                  <InertText text={row.caseId} className="max-w-40 truncate! font-mono text-xs whitespace-nowrap!" />
                </Link>
              </Cell>
              <Cell className="max-w-0">
                <ContentLine text={row.content} shown={!hideContent} />
              </Cell>
              <Cell>{row.label === null ? <span className="text-ink-faint">unlabelled</span> : <LabelName label={row.label} />}</Cell>
              {explained && (
                <Cell className="text-ink-muted">
                  {row.detail}
                  {row.settled && <Badge className="ml-1">settled</Badge>}
                </Cell>
              )}
              {adjudicable && (
                <Cell>
                  <Link
                    className="text-link"
                    to={`${base}/labels?${new URLSearchParams({ finding: first.kind, case: row.caseId })}${revisionQuery.replace('?', '&')}`}
                  >
                    Settle
                  </Link>
                </Cell>
              )}
            </Row>
          ))}
        </tbody>
      </Table>
      {problem && <ErrorNotice className="m-3" title="The cases could not be fetched." advice={problem} />}
      {rows.length < first.total && (
        <div className="flex items-center gap-3 border-t px-3 py-2 text-sm text-ink-muted">
          {formatCount(rows.length)} of {formatCount(first.total)}
          <Button size="sm" pending={pending} onClick={() => void load()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}
