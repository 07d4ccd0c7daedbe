import { Link, useSearchParams } from '@remix-run/react'
import { Badge } from '~/components/ui/badge'
import { formatCount, formatPercent, formatPoints, notAvailable } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

/** Rule by rule: how often either side finds a rule that people say applies. Nothing when no rule is labelled. */
export function RulesTable({ view }: { view: ComparisonView }) {
  const [params] = useSearchParams()
  const before = new Map(view.comparison.baseline.perRule?.map((rule) => [rule.rule, rule]))
  const after = new Map(view.comparison.candidate.perRule?.map((rule) => [rule.rule, rule]))
  const pairs = new Map(view.comparison.rulePairs?.perRule.map((rule) => [rule.rule, rule]))
  const rules = [...new Set([...before.keys(), ...after.keys()])]
  if (rules.length === 0) return null
  return (
    <Panel
      title="Rules named in the verdicts"
      flush
      footer="Of (case, rule) pairs that people labelled; an unlabelled pair counts for nothing."
    >
      <Table label="Rules, with how often each side names them rightly">
        <thead>
          <tr>
            <HeaderCell>Rule</HeaderCell>
            <HeaderCell numeric>n</HeaderCell>
            <HeaderCell numeric>Recall</HeaderCell>
            <HeaderCell numeric>Precision</HeaderCell>
            <HeaderCell numeric>Difference</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Row key={rule} data-row tabIndex={-1}>
              <th scope="row" className="px-3 py-2 text-left font-medium">
                <Link className="text-link rounded-sm" preventScrollReset to={{ search: flipsSearch(params, { rule }), hash: '#flips' }}>
                  {rule}
                </Link>
                {view.touchedRules.includes(rule) && (
                  <Badge tone="gold" className="ml-2">
                    edited
                  </Badge>
                )}
              </th>
              <Cell numeric>{formatCount(after.get(rule)?.n ?? before.get(rule)?.n)}</Cell>
              <Cell numeric>
                {formatPercent(before.get(rule)?.recall)} → {formatPercent(after.get(rule)?.recall)}
              </Cell>
              <Cell numeric>
                {formatPercent(before.get(rule)?.precision)} → {formatPercent(after.get(rule)?.precision)}
              </Cell>
              <Cell numeric>{formatDifference(pairs.get(rule)?.difference.estimate)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

const formatDifference = (estimate: number | null | undefined) => (estimate == null ? notAvailable : formatPoints(estimate))
