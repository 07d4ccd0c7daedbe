import { Link } from '@remix-run/react'
import { casesHref } from '~/components/golden-set/case-filter-url'
import { Badge } from '~/components/ui/badge'
import { formatCount, formatPercent, formatPoints } from '~/components/ui/format'
import { Notice } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { Tabs } from '~/components/ui/menu'
import type { BalanceReport, BalanceRow } from '~/domain/golden-set/health-balance'

export type Place = { slug: string; goldenSet: string }

const titles: Record<BalanceRow['by'], string> = { rule: 'Rules', label: 'Labels', locale: 'Locales', tag: 'Tags', surface: 'Surfaces' }

/** What the set can show: cases on both sides of each rule, label, locale and tag, and the shift they can detect. */
export function BalancePanel({ balance, place }: { balance: BalanceReport; place: Place }) {
  const groups = (Object.keys(titles) as Array<BalanceRow['by']>)
    .map((by) => ({ by, rows: balance.rows.filter((row) => row.by === by) }))
    .filter(({ rows }) => rows.length > 0)
  const { unexercised, oneSided } = balance.rules
  return (
    <Panel
      flush
      id="balance"
      title="Balance"
      footer={`The smallest shift is the difference in accuracy that so many cases show with power 0.8 at α 0.05 (McNemar), where versions differ on ${formatPercent(balance.discordance)} of the cases (${balance.discordanceMeasured ? 'as the last two replayed versions do' : 'assumed: two versions were not replayed yet'}). n/a: too few to show any.`}
    >
      {(unexercised.length > 0 || oneSided.length > 0) && (
        <div className="flex flex-col gap-2 p-3">
          {unexercised.length > 0 && (
            <Notice tone="gold">
              No case breaks {unexercised.length === 1 ? 'this rule' : 'these rules'}, so nothing is known about{' '}
              {unexercised.length === 1 ? 'it' : 'them'}: <RuleNames ids={unexercised} />
            </Notice>
          )}
          {oneSided.length > 0 && (
            <Notice>
              No case says that {oneSided.length === 1 ? 'this rule does' : 'these rules do'} not apply, so answering with{' '}
              {oneSided.length === 1 ? 'it' : 'them'} too often goes unnoticed: <RuleNames ids={oneSided} />
            </Notice>
          )}
        </div>
      )}
      <Tabs
        label="Balance by"
        items={groups.map(({ by, rows }) => ({ id: by, label: titles[by], content: <BalanceTable by={by} rows={rows} place={place} /> }))}
      />
    </Panel>
  )
}

function RuleNames({ ids }: { ids: string[] }) {
  return (
    <span className="inline-flex flex-wrap gap-1 align-middle">
      {ids.map((id) => (
        <Badge key={id}>{id}</Badge>
      ))}
    </span>
  )
}

function BalanceTable({ by, rows, place }: { by: BalanceRow['by']; rows: BalanceRow[]; place: Place }) {
  const sides = by === 'rule' ? (['Applies', 'Does not apply'] as const) : (['Violating', 'Not violating'] as const)
  return (
    <Table label={`Balance of ${titles[by].toLowerCase()}`}>
      <thead>
        <tr>
          <HeaderCell>{titles[by]}</HeaderCell>
          <HeaderCell numeric>Cases</HeaderCell>
          <HeaderCell numeric>{sides[0]}</HeaderCell>
          <HeaderCell numeric>{sides[1]}</HeaderCell>
          {by !== 'rule' && <HeaderCell numeric>Unlabelled</HeaderCell>}
          <HeaderCell>Both sides</HeaderCell>
          <HeaderCell numeric>Smallest shift</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Row key={row.value} data-row tabIndex={index === 0 ? 0 : -1}>
            <Cell>
              <Link
                className="text-link"
                to={casesHref(place.slug, place.goldenSet, by === 'label' ? { label: row.value } : { facets: [{ by, value: row.value }] })}
              >
                {row.value}
              </Link>
            </Cell>
            <Cell numeric>{formatCount(row.cases)}</Cell>
            <Cell numeric>{formatCount(row.violating)}</Cell>
            <Cell numeric>{formatCount(row.notViolating)}</Cell>
            {by !== 'rule' && <Cell numeric>{formatCount(row.undecided)}</Cell>}
            <Cell>
              {by === 'label' ? (
                <span className="text-ink-faint">a label is one side</span>
              ) : row.violating > 0 && row.notViolating > 0 ? (
                'yes'
              ) : (
                <span className="font-medium">no</span>
              )}
            </Cell>
            <Cell numeric>
              {row.detectableShift === null ? (
                <span className="text-ink-faint">n/a</span>
              ) : (
                `${formatPoints(row.detectableShift).slice(1)} points`
              )}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}
