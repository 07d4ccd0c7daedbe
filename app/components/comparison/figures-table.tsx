import { Link, useSearchParams } from '@remix-run/react'
import { trialsSearch } from '~/components/replays/trial-filter-url'
import { CountLink, Difference, type FigureDifference } from '~/components/ui/figure'
import {
  formatCoefficient,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatPercentInterval,
  formatPoints,
  notAvailable,
} from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, RowHeader, Table } from '~/components/ui/table'
import { outcomeWords } from '~/components/ui/badge'
import { unscoredReasons } from '~/domain/verdict/verdict'
import { differenceOf } from './key-figures'
import type { FlipFilter } from './flip-filter-url'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

type Line = {
  name: string
  hint?: string
  before: string
  after: string
  difference: FigureDifference | null
  /** Where the cases of each side's figure stand. */
  to?: { baseline: To; candidate: To }
}
type To = string | { search: string; hash: string }

const points = (value: number) => `${formatPoints(value)} points`
const coefficient = (value: number) => (value > 0 ? `+${formatCoefficient(value)}` : formatCoefficient(value))

/** Every figure of both sides with its difference. */
export function FiguresTable({ view }: { view: ComparisonView }) {
  const { comparison } = view
  const [params] = useSearchParams()
  const { baseline: before, candidate: after } = comparison
  const positive = view.policy.labels.find(({ kind }) => kind === 'violating')?.id
  const allowed = view.policy.labels.find(({ kind }) => kind === 'allowed')?.id
  const cases = (baseline: FlipFilter, candidate: FlipFilter) => ({
    to: {
      baseline: { search: flipsSearch(params, baseline), hash: '#flips' },
      candidate: { search: flipsSearch(params, candidate), hash: '#flips' },
    },
  })
  const answered = (expectedLabel: string | undefined, label: string | undefined) =>
    cases({ expectedLabel, baselineLabel: label }, { expectedLabel, candidateLabel: label })
  const trials = (replayId: string) => `/replays/${replayId}${trialsSearch({ ruleOutcome: 'wrong' })}#trials`
  const share = (name: string, key: 'accuracy' | 'precision' | 'recall' | 'f1' | 'macroF1', hint?: string): Line => ({
    name,
    hint,
    before: formatPercent(before[key]),
    after: formatPercent(after[key]),
    difference: differenceOf(before[key], after[key], 'up', points),
  })
  const lines: Line[] = [
    {
      ...share('Accuracy', 'accuracy'),
      ...cases({ baselineOutcome: 'wrong' }, { candidateOutcome: 'wrong' }),
      before: `${formatPercent(before.accuracy)} (${formatPercentInterval(before.accuracyInterval)})`,
      after: `${formatPercent(after.accuracy)} (${formatPercentInterval(after.accuracyInterval)})`,
    },
    { ...share('Precision', 'precision', 'of what it flags, how much violates'), ...answered(undefined, positive) },
    { ...share('Recall', 'recall', 'of what violates, how much it flags'), ...answered(positive, positive) },
    share('F1', 'f1'),
    share('Macro-F1', 'macroF1', 'mean over the labels'),
    {
      name: 'Cohen’s κ',
      before: formatCoefficient(before.kappa),
      after: formatCoefficient(after.kappa),
      difference: differenceOf(before.kappa, after.kappa, 'up', coefficient),
    },
    {
      name: 'Matthews correlation',
      before: formatCoefficient(before.mcc),
      after: formatCoefficient(after.mcc),
      difference: differenceOf(before.mcc, after.mcc, 'up', coefficient),
    },
    {
      name: 'Under-enforcement',
      ...answered(positive, allowed),
      hint: 'violations it misses',
      before: formatPercent(before.underEnforcement),
      after: formatPercent(after.underEnforcement),
      difference: differenceOf(before.underEnforcement, after.underEnforcement, 'down', points),
    },
    {
      name: 'Over-enforcement',
      ...answered(allowed, positive),
      hint: 'allowed content it flags',
      before: formatPercent(before.overEnforcement),
      after: formatPercent(after.overEnforcement),
      difference: differenceOf(before.overEnforcement, after.overEnforcement, 'down', points),
    },
    {
      name: 'Right label, wrong rule',
      to: { baseline: trials(view.baseline.replayId), candidate: trials(view.candidate.replayId) },
      before: formatCount(before.wrongRule),
      after: formatCount(after.wrongRule),
      difference: differenceOf(before.wrongRule, after.wrongRule, 'down', (value) => (value > 0 ? `+${value}` : formatCount(value))),
    },
    ...extraLines(view),
    { name: 'Cost', before: formatCost(before.costUsd), after: formatCost(after.costUsd), difference: null },
    { name: 'Latency, median', before: formatDuration(before.latencyMs.p50), after: formatDuration(after.latencyMs.p50), difference: null },
    {
      name: 'Latency, 95th percentile',
      before: formatDuration(before.latencyMs.p95),
      after: formatDuration(after.latencyMs.p95),
      difference: null,
    },
  ]
  return (
    <Panel title="Figures" flush>
      <Table label="Figures of both sides">
        <thead>
          <tr>
            <HeaderCell>Figure</HeaderCell>
            <HeaderCell numeric>{view.baseline.name}</HeaderCell>
            <HeaderCell numeric>{view.candidate.name}</HeaderCell>
            <HeaderCell numeric>Difference</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.name}>
              <RowHeader>
                {line.name}
                {line.hint && <span className="ml-2 text-xs font-normal text-ink-faint">{line.hint}</span>}
              </RowHeader>
              <Cell numeric>
                <LinkedFigure text={line.before} to={line.to?.baseline} />
              </Cell>
              <Cell numeric>
                <LinkedFigure text={line.after} to={line.to?.candidate} />
              </Cell>
              <Cell numeric>{line.difference ? <Difference {...line.difference} /> : <span className="text-ink-faint">n/a</span>}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

function LinkedFigure({ text, to }: { text: string; to: To | undefined }) {
  if (!to || text === notAvailable || text === '0') return <>{text}</>
  return (
    <Link preventScrollReset className="text-link rounded-sm" to={to}>
      {text}
    </Link>
  )
}

/** A figure that a policy has only when it states how much violates in production. */
function extraLines({ comparison: { precisionAtPrevalence: precision } }: ComparisonView): Line[] {
  const lines: Line[] = []
  if (precision)
    lines.push({
      name: 'Precision in production',
      hint: `at ${formatPercent(precision.prevalence)} violating`,
      before: formatPercent(precision.baseline),
      after: formatPercent(precision.candidate),
      difference: differenceOf(precision.baseline, precision.candidate, 'up', points),
    })
  return lines
}

/** Why cases have no score, on both sides; every count leads to its cases. */
export function UnscoredTable({ view }: { view: ComparisonView }) {
  const [params] = useSearchParams()
  const { baseline, candidate } = view.comparison
  return (
    <Panel title="Unscored, by reason" flush footer="A case without a score is never counted as right or wrong.">
      <Table label="Unscored cases of both sides by reason">
        <thead>
          <tr>
            <HeaderCell>Reason</HeaderCell>
            <HeaderCell numeric>{view.baseline.name}</HeaderCell>
            <HeaderCell numeric>{view.candidate.name}</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {unscoredReasons.map((reason) => (
            <Row key={reason}>
              <RowHeader>{outcomeWords[reason]}</RowHeader>
              <Cell numeric>
                <CountLink
                  count={baseline.unscored[reason]}
                  to={{ search: flipsSearch(params, { baselineOutcome: reason }), hash: '#flips' }}
                />
              </Cell>
              <Cell numeric>
                <CountLink
                  count={candidate.unscored[reason]}
                  to={{ search: flipsSearch(params, { candidateOutcome: reason }), hash: '#flips' }}
                />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
