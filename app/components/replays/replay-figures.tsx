import { Link } from '@remix-run/react'
import { ConfusionTable } from '~/components/comparison/confusion-table'
import { toMatrix } from '~/components/comparison/confusion-model'
import { outcomeWords } from '~/components/ui/badge'
import { CountLink, Figure } from '~/components/ui/figure'
import {
  formatCoefficient,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatPercentInterval,
  formatQuantity,
} from '~/components/ui/format'
import { EmptyState } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, RowHeader, Table } from '~/components/ui/table'
import { unscoredReasons } from '~/domain/verdict/verdict'
import { trialsSearch, type TrialFilter } from './trial-filter-url'
import type { ReplayDetailView } from './types'

/** The figures of one replay: rates, confusion, why cases have no score, rules, and what it took. */
export function ReplayFigures({ view }: { view: ReplayDetailView }) {
  const { metrics } = view
  if (!metrics)
    return (
      <Panel>
        <EmptyState title="No answers yet">Figures appear as soon as cases are answered.</EmptyState>
      </Panel>
    )
  const matrix = toMatrix(
    metrics.confusion,
    view.policy.labels.map((label) => label.id),
  )
  const positive = view.policy.labels.find(({ kind }) => kind === 'violating')?.id
  const allowed = view.policy.labels.find(({ kind }) => kind === 'allowed')?.id
  const trials = (filter: TrialFilter) => `${trialsSearch(filter)}#trials`
  return (
    <>
      <Panel>
        <div className="flex flex-wrap gap-x-10 gap-y-3">
          <Figure
            large
            label={`Accuracy, of ${formatCount(metrics.n)} scored`}
            value={formatPercent(metrics.accuracy)}
            interval={formatPercentInterval(metrics.accuracyInterval)}
            to={trials({ outcome: 'wrong' })}
          />
          <Figure label="Precision" value={formatPercent(metrics.precision)} to={trials({ label: positive })} />
          <Figure label="Recall" value={formatPercent(metrics.recall)} to={trials({ expectedLabel: positive })} />
          <Figure label="F1" value={formatPercent(metrics.f1)} />
          <Figure label="Macro-F1" value={formatPercent(metrics.macroF1)} />
          <Figure label="Cohen’s κ" value={formatCoefficient(metrics.kappa)} />
          <Figure label="MCC" value={formatCoefficient(metrics.mcc)} />
          <Figure
            label="Under-enforcement"
            value={formatPercent(metrics.underEnforcement)}
            note="violations it misses"
            to={trials({ expectedLabel: positive, label: allowed })}
          />
          <Figure
            label="Over-enforcement"
            value={formatPercent(metrics.overEnforcement)}
            note="allowed content it flags"
            to={trials({ expectedLabel: allowed, label: positive })}
          />
          <Figure
            label="Right label, wrong rule"
            value={formatCount(metrics.wrongRule)}
            to={metrics.wrongRule > 0 ? trials({ ruleOutcome: 'wrong' }) : undefined}
          />
        </div>
        {view.leaked && (
          <p className="mt-3 text-sm text-ink-muted">
            {formatQuantity(view.leaked.n, 'case')} quoted in the prompt and left out of these figures; with{' '}
            {view.leaked.n === 1 ? 'it' : 'them'} the accuracy is {formatPercent(view.leaked.accuracy)} of {formatCount(view.leaked.scored)}
            .{' '}
            <Link className="text-link" to={{ search: trialsSearch({ leaked: true }), hash: '#trials' }}>
              See {view.leaked.n === 1 ? 'it' : 'them'}
            </Link>
          </p>
        )}
      </Panel>
      <div className="flex flex-wrap items-start gap-4">
        {matrix.rows.length > 0 && (
          <ConfusionTable
            title="Confusion"
            matrix={matrix}
            labels={matrix}
            linkTo={(expectedLabel, label) => ({ search: trialsSearch({ expectedLabel, label }), hash: '#trials' })}
          />
        )}
        <UnscoredPanel view={view} />
        <EffortPanel view={view} />
        {metrics.perRule && metrics.perRule.length > 0 && <RulePanel rules={metrics.perRule} />}
      </div>
    </>
  )
}

function UnscoredPanel({ view }: { view: ReplayDetailView }) {
  return (
    <Panel title="Unscored, by reason" flush className="grow basis-56">
      <Table label="Unscored trials by reason">
        <tbody>
          {unscoredReasons.map((reason) => (
            <Row key={reason}>
              <RowHeader className="py-1.5!">{outcomeWords[reason]}</RowHeader>
              <Cell numeric className="py-1.5!">
                <CountLink count={view.outcomes[reason]} to={{ search: trialsSearch({ outcome: reason }), hash: '#trials' }} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

function EffortPanel({ view }: { view: ReplayDetailView }) {
  const { replay, latencyMs } = view
  const facts: Array<[string, string]> = [
    ['Took', replay.startedAt === null ? 'n/a' : formatDuration(replay.durationMs)],
    ['Calls', formatCount(view.calls)],
    ['From the cache', formatCount(view.cached)],
    ['Latency, median', formatDuration(latencyMs.p50)],
    ['Latency, 95th percentile', formatDuration(latencyMs.p95)],
    ['Cost', formatCost(view.costUsd)],
    ['Tokens in, out', `${formatCount(view.inputTokens)}, ${formatCount(view.outputTokens)}`],
    ['Epochs', formatCount(replay.epochs)],
    ...view.parameters,
  ]
  return (
    <Panel title="Effort and options" className="grow basis-72">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-muted">{name}</dt>
            <dd className="text-right [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function RulePanel({ rules }: { rules: NonNullable<NonNullable<ReplayDetailView['metrics']>['perRule']> }) {
  return (
    <Panel title="Rules" flush className="grow basis-96" footer="Of (case, rule) pairs that people labelled.">
      <Table label="Figures by rule">
        <thead>
          <tr>
            <HeaderCell>Rule</HeaderCell>
            <HeaderCell numeric>n</HeaderCell>
            <HeaderCell numeric>Recall</HeaderCell>
            <HeaderCell numeric>Precision</HeaderCell>
            <HeaderCell numeric>F1</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Row key={rule.rule}>
              <RowHeader className="py-1.5!">{rule.rule}</RowHeader>
              <Cell numeric className="py-1.5!">
                {formatCount(rule.n)}
              </Cell>
              <Cell numeric className="py-1.5!">
                {formatPercent(rule.recall)}
              </Cell>
              <Cell numeric className="py-1.5!">
                {formatPercent(rule.precision)}
              </Cell>
              <Cell numeric className="py-1.5!">
                {formatPercent(rule.f1)}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
