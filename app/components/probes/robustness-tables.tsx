import { Link } from '@remix-run/react'
import { formatCount, formatPercent, formatPercentInterval } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { describeTransform, type TransformName } from '~/domain/probes/transforms'
import type { ProbeFilter, ProbeRunRecord } from '~/domain/probes/probe-records'
import type { Robustness, RobustnessShare, TransformFigures } from '~/domain/probes/robustness'
import { probesHref } from './probe-filter-url'
import { CountOf, LeftOut } from './share-view'

/** How each transform fares: what moved, in which direction, and for injections and look-alikes whether they worked. */
export function TransformTable({ robustness, notAsked }: { robustness: Robustness; notAsked: ProbeRunRecord['notAsked'] }) {
  const skipped = Object.entries(notAsked) as Array<[TransformName, number]>
  return (
    <Panel
      title="By transform"
      flush
      footer={
        skipped.length > 0 &&
        `Does not apply: ${skipped.map(([name, cases]) => `${describeTransform(name, 'attack')} to ${formatCount(cases)}`).join(', ')} cases.`
      }
    >
      <Table label="Robustness by transform">
        <thead>
          <tr>
            <HeaderCell>Transform</HeaderCell>
            <HeaderCell numeric>Moved</HeaderCell>
            <HeaderCell>95% CI</HeaderCell>
            <HeaderCell>Probes</HeaderCell>
            <HeaderCell numeric>From violating</HeaderCell>
            <HeaderCell numeric>To violating</HeaderCell>
            <HeaderCell>Succeeded or flagged</HeaderCell>
            <HeaderCell>Left out</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {robustness.transforms.map((figures) => (
            <TransformRow key={`${figures.kind} ${figures.transform}`} figures={figures} />
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

function TransformRow({ figures }: { figures: TransformFigures }) {
  const { kind, transform, moved, fromViolating, toViolating, attackSuccess, falseAlarms } = figures
  const of: ProbeFilter = { kind, transform }
  const own = attackSuccess ?? falseAlarms
  const ownResult = attackSuccess ? 'attackSuccess' : 'falseAlarms'
  return (
    <Row data-row tabIndex={-1}>
      <Cell>{describeTransform(transform, kind)}</Cell>
      <Cell numeric className="font-medium">
        {formatPercent(moved.share)}
      </Cell>
      <Cell className="whitespace-nowrap text-ink-muted">{formatPercentInterval(moved)}</Cell>
      <Cell className="whitespace-nowrap">
        <CountOf share={moved} counted={{ ...of, result: 'moved' }} all={{ ...of, result: 'judged' }} />
      </Cell>
      <Cell numeric>
        <CountLink count={fromViolating} filter={{ ...of, result: 'fromViolating' }} />
      </Cell>
      <Cell numeric>
        <CountLink count={toViolating} filter={{ ...of, result: 'toViolating' }} />
      </Cell>
      <Cell className="whitespace-nowrap">
        {own && <ShareCell share={own} counted={{ ...of, result: ownResult }} all={{ ...of, result: 'tried' }} />}
      </Cell>
      <Cell>
        <LeftOut share={own ?? moved} filter={of} />
      </Cell>
    </Row>
  )
}

const CountLink = ({ count, filter }: { count: number; filter: ProbeFilter }) =>
  count === 0 ? (
    <span className="text-ink-faint">0</span>
  ) : (
    <Link className="text-link" to={probesHref(filter)}>
      {formatCount(count)}
    </Link>
  )

function ShareCell(props: { share: RobustnessShare; counted: ProbeFilter; all: ProbeFilter }) {
  if (props.share.n === 0) return <span className="text-ink-faint">n/a</span>
  return (
    <>
      <span className="font-medium">{formatPercent(props.share.share)}</span> <CountOf {...props} />
      <span className="block text-xs text-ink-faint">95% CI {formatPercentInterval(props.share)}</span>
    </>
  )
}

/** How the cases of each rule (or another slice) fare. */
export function SliceTable({ slices }: { slices: Robustness['slices'] }) {
  if (slices.length === 0) return null
  return (
    <Panel title="By rule" flush footer="Intervals allow for the probes of one case sharing its luck.">
      <Table label="Robustness by rule">
        <thead>
          <tr>
            <HeaderCell>Rule</HeaderCell>
            <HeaderCell>Disguised texts that moved</HeaderCell>
            <HeaderCell>Injections that succeeded</HeaderCell>
            <HeaderCell>Look-alikes flagged</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {slices.map(({ by, value, moved, attackSuccess, falseAlarms }) => {
            const facet = { by, value }
            return (
              <Row key={`${by} ${value}`} data-row tabIndex={-1}>
                <Cell className="font-medium">{value}</Cell>
                <Cell>
                  <ShareCell
                    share={moved}
                    counted={{ facet, kind: 'variant', result: 'moved' }}
                    all={{ facet, kind: 'variant', result: 'judged' }}
                  />
                </Cell>
                <Cell>
                  <ShareCell
                    share={attackSuccess}
                    counted={{ facet, kind: 'attack', result: 'attackSuccess' }}
                    all={{ facet, kind: 'attack', result: 'tried' }}
                  />
                </Cell>
                <Cell>
                  <ShareCell
                    share={falseAlarms}
                    counted={{ facet, kind: 'lookAlike', result: 'falseAlarms' }}
                    all={{ facet, kind: 'lookAlike', result: 'tried' }}
                  />
                </Cell>
              </Row>
            )
          })}
        </tbody>
      </Table>
    </Panel>
  )
}
