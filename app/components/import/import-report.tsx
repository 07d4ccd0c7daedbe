import { ErrorNotice, Notice } from '~/components/ui/notices'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { Panel } from '~/components/ui/panel'
import { Figure } from '~/components/ui/figure'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import type { ImportProblem } from '~/domain/golden-set/problems'
import { sayForForm } from './form-words'
import type { ImportAnswer } from './types'

/** What the check found: what would change, or what has to be repaired first. */
export function ImportReportView({ answer }: { answer: ImportAnswer }) {
  if (answer.status === 'refused')
    return (
      <div className="flex flex-col gap-3">
        <ErrorNotice
          title={answer.message}
          advice={
            answer.canSkip
              ? 'Repair the file and choose it again, or leave the rows with problems out.'
              : 'Repair the file, or how it is read, and check again.'
          }
        />
        <ProblemTable problems={answer.problems} count={answer.problemCount} />
      </div>
    )
  const { report } = answer
  const labels = Object.entries(report.labels)
  return (
    <Panel title={answer.status === 'checked' ? 'What the import will do' : 'What the import did'}>
      <div className="flex flex-wrap gap-x-10 gap-y-3">
        <Figure label="Cases in the file" value={formatCount(report.total)} />
        <Figure label="Added" value={formatCount(report.added)} />
        <Figure label="Changed" value={formatCount(report.changed)} />
        <Figure label="Relabelled" value={formatCount(report.relabelled)} />
        <Figure label="Unchanged" value={formatCount(report.unchanged)} />
        <Figure label="Removed" value={formatCount(report.removed)} />
        {report.skipped > 0 && <Figure label="Rows left out" value={formatCount(report.skipped)} />}
      </div>
      <p className="mt-3 text-sm text-ink-muted">
        {labels.map(([label, count]) => `${label}: ${formatCount(count)}`).join(' · ')}
        {report.unlabelled > 0 && `${labels.length > 0 ? ' · ' : ''}unlabelled: ${formatCount(report.unlabelled)}`}
      </p>
      {report.notes.map((note) => (
        <Notice key={note} className="mt-2">
          {sayForForm(note)}
        </Notice>
      ))}
      {report.problems.length > 0 && (
        <div className="mt-3">
          <ProblemTable problems={report.problems} count={report.problemCount} />
        </div>
      )}
    </Panel>
  )
}

/** `place`: what the problems call where in a line they are. */
export function ProblemTable({
  problems,
  count,
  of = 'the file',
  place = 'Column',
}: {
  problems: ImportProblem[]
  count: number
  of?: string
  place?: string
}) {
  return (
    <Panel title={formatQuantity(count, 'problem')} flush footer={problems.length < count ? `The first ${problems.length}.` : undefined}>
      <Table label={`Problems of ${of}`}>
        <thead>
          <tr>
            <HeaderCell numeric>Line</HeaderCell>
            <HeaderCell>{place}</HeaderCell>
            <HeaderCell>Value</HeaderCell>
            <HeaderCell>What is wrong</HeaderCell>
            <HeaderCell>What to do</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem, index) => (
            <Row key={index}>
              <Cell numeric>{problem.line === null ? 'file' : formatCount(problem.line)}</Cell>
              <Cell className="max-w-40">{problem.column && <InertText text={problem.column} />}</Cell>
              <Cell className="max-w-56 text-ink-muted">{problem.value !== null && <InertText text={problem.value} />}</Cell>
              <Cell>{problem.message}</Cell>
              <Cell className="text-ink-muted">{sayForForm(problem.advice)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
