import { Link, useSearchParams } from '@remix-run/react'
import { Badge } from '~/components/ui/badge'
import { formatCount, formatPercent, formatPoints, formatPValue } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, RowHeader, Table } from '~/components/ui/table'
import { flipsSearch } from './links'
import type { ComparisonView } from './types'

const pairCounts = ['regressed', 'fixed', 'stillWrong', 'stillRight', 'unscored', 'unlabelled'] as const

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
      title="Right label, wrong rule: the rules named in the verdicts"
      flush
      footer="Of (case, rule) pairs that people labelled; an unlabelled pair counts for nothing. A case can be right in its label and still regress here."
    >
      <Table label="Rules, with how often each side names them rightly">
        <thead>
          <tr>
            <HeaderCell>Rule</HeaderCell>
            <HeaderCell numeric>n</HeaderCell>
            <HeaderCell numeric>Recall</HeaderCell>
            <HeaderCell numeric>Precision</HeaderCell>
            <HeaderCell numeric>Regressed</HeaderCell>
            <HeaderCell numeric>Fixed</HeaderCell>
            <HeaderCell numeric>Still wrong</HeaderCell>
            <HeaderCell numeric>Still right</HeaderCell>
            <HeaderCell numeric>Unscored</HeaderCell>
            <HeaderCell numeric>Unlabelled</HeaderCell>
            <HeaderCell numeric>Difference</HeaderCell>
            <HeaderCell numeric>p, adjusted</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Row key={rule} data-row tabIndex={-1}>
              <RowHeader>
                <Link className="text-link rounded-sm" preventScrollReset to={{ search: flipsSearch(params, { rule }), hash: '#flips' }}>
                  {rule}
                </Link>
                {view.touchedRules.includes(rule) && (
                  <Badge tone="gold" className="ml-2">
                    edited
                  </Badge>
                )}
              </RowHeader>
              <Cell numeric>{formatCount(after.get(rule)?.n ?? before.get(rule)?.n)}</Cell>
              <Cell numeric>
                {formatPercent(before.get(rule)?.recall)} → {formatPercent(after.get(rule)?.recall)}
              </Cell>
              <Cell numeric>
                {formatPercent(before.get(rule)?.precision)} → {formatPercent(after.get(rule)?.precision)}
              </Cell>
              {pairCounts.map((kind) => (
                <Cell key={kind} numeric>
                  {formatCount(pairs.get(rule)?.[kind])}
                </Cell>
              ))}
              <Cell numeric>{formatPoints(pairs.get(rule)?.difference.estimate)}</Cell>
              <Cell numeric>{formatPValue(pairs.get(rule)?.pAdjusted)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
