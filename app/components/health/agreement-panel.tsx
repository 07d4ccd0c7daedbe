import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { casesHref } from '~/components/golden-set/case-filter-url'
import { RehearsalBadge, versionName } from '~/components/ui/badge'
import { Figure } from '~/components/ui/figure'
import { formatCoefficient, formatCount, formatPercent, formatPercentInterval, formatQuantity } from '~/components/ui/format'
import { EmptyState } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import type { AgreementReport, AgreementRow, HumanCeiling } from '~/domain/golden-set/agreement'
import type { JudgedVersion } from '~/domain/golden-set/health'
import type { EstimateWithInterval } from '~/domain/golden-set/agreement-patterns'
import type { Place } from './balance-panel'

/** How far people agree, and how the versions stand beside what one person can do. */
export function AgreementPanel({ agreement, versions, place }: { agreement: AgreementReport; versions: JudgedVersion[]; place: Place }) {
  const { rows, humanCeiling, annotators, annotatedCases } = agreement
  const slices = rows.filter((row) => !isMain(row))
  if (rows.length === 0)
    return (
      <Panel title="Agreement of people">
        <EmptyState title="Nobody shares a case yet">
          Agreement needs cases that two people labelled independently. Import a file with annotations, or let a second person label some
          cases.
        </EmptyState>
      </Panel>
    )
  return (
    <Panel
      flush
      title="Agreement of people"
      footer={`α is Krippendorff's, nominal, gaps allowed; 95% bootstrap intervals over cases (2,000 resamples, seed ${agreement.seed}). Fleiss' κ needs the same number of answers on every case, Cohen's κ exactly two people. Where nearly all answers are one label, α and κ are near 0 whatever people agree on: AC1 is the one to read there. n/a: the answers do not vary, or it does not apply.`}
    >
      <p className="px-3 pt-2 text-sm text-ink-muted">
        {formatQuantity(annotators.length, 'annotator')}, {formatQuantity(annotatedCases, 'annotated case')}.
      </p>
      {humanCeiling && <Ceiling ceiling={humanCeiling} versions={versions} />}
      <AgreementTable label="Agreement on the label and the rules" rows={rows.filter(isMain)} place={place} />
      {slices.length > 0 && (
        <details className="border-t">
          <summary className="cursor-pointer px-3 py-2 text-sm font-medium">By slice: {formatQuantity(slices.length, 'row')}</summary>
          <AgreementTable label="Agreement on the label by slice" rows={slices} place={place} />
        </details>
      )}
    </Panel>
  )
}

/** About all cases, and not about those of a slice. */
const isMain = ({ by }: AgreementRow) => by === 'label' || by === 'rule'

function AgreementTable({ label, rows, place }: { label: string; rows: AgreementRow[]; place: Place }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <HeaderCell>About</HeaderCell>
          <HeaderCell numeric>Cases</HeaderCell>
          <HeaderCell numeric>Answers</HeaderCell>
          <HeaderCell numeric>Disagreeing</HeaderCell>
          <HeaderCell numeric>α</HeaderCell>
          <HeaderCell numeric>Fleiss κ</HeaderCell>
          <HeaderCell numeric>Cohen κ</HeaderCell>
          <HeaderCell numeric>AC1</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <AgreementLine key={`${row.by} ${row.value}`} row={row} first={index === 0} place={place} />
        ))}
      </tbody>
    </Table>
  )
}

function AgreementLine({ row, first, place }: { row: AgreementRow; first: boolean; place: Place }) {
  // A rule's row is about those who answered it, which is not the cases that it applies to.
  const sliced = !isMain(row)
  const link = sliced ? casesHref(place.slug, place.goldenSet, { facets: [{ by: row.by, value: row.value }] }) : null
  const name = row.by === 'label' ? 'the label, all cases' : row.by === 'rule' ? `whether ${row.value} applies` : `${row.by}: ${row.value}`
  return (
    <Row data-row tabIndex={first ? 0 : -1}>
      <Cell className={first ? 'font-medium' : 'text-ink-muted'}>
        {link ? (
          <Link to={link} className="text-link">
            {name}
          </Link>
        ) : (
          name
        )}
      </Cell>
      <Cell numeric>{formatCount(row.cases)}</Cell>
      <Cell numeric>{formatCount(row.ratings)}</Cell>
      <Cell numeric>{formatCount(row.disagreeing)}</Cell>
      <CoefficientCell figure={row.alpha} strong />
      <CoefficientCell figure={row.fleissKappa} />
      <CoefficientCell figure={row.cohenKappa} />
      <CoefficientCell figure={row.gwetAC1} />
    </Row>
  )
}

/** A coefficient over its 95% interval; n/a where it does not apply or cannot be estimated. */
function CoefficientCell({ figure, strong = false }: { figure: EstimateWithInterval | null; strong?: boolean }) {
  return (
    <Cell numeric className={strong ? 'font-medium' : ''}>
      {formatCoefficient(figure?.estimate ?? null, 4)}
      {figure && figure.lower !== null && (
        <span className="block text-2xs font-normal text-ink-muted">
          {formatCoefficient(figure.lower)} to {formatCoefficient(figure.upper)}
        </span>
      )}
    </Cell>
  )
}

/** One person against the majority of the others, with the versions on the same scale. */
function Ceiling({ ceiling, versions }: { ceiling: HumanCeiling; versions: JudgedVersion[] }) {
  const known = versions.flatMap((version) => (version.accuracy === null ? [] : [{ ...version, accuracy: version.accuracy }]))
  return (
    <div className="grid grid-cols-[14rem_1fr] gap-x-6 gap-y-3 border-b px-3 py-3 max-md:grid-cols-1">
      <Figure
        label="Human ceiling"
        value={formatPercent(ceiling.estimate)}
        interval={formatPercentInterval(ceiling)}
        note={`One annotator against the majority of the others: ${formatQuantity(ceiling.predictions, 'answer')} on ${formatQuantity(ceiling.cases, 'case')}.`}
      />
      <div className="min-w-0">
        <Bar name="people" share={ceiling.estimate ?? 0} interval={ceiling} tone="bg-ink-faint" ceiling={null} />
        {known.map((version) => (
          <Bar
            key={version.replayId}
            name={
              <>
                <Link to={`/replays/${version.replayId}`} className="text-link font-medium">
                  {versionName(version.versionNumber)}
                </Link>{' '}
                <span className="truncate text-ink-muted">{version.modelName}</span> {version.rehearsal && <RehearsalBadge />}
              </>
            }
            share={version.accuracy}
            interval={version}
            tone="bg-gold"
            ceiling={ceiling.estimate}
          />
        ))}
        {known.length === 0 && <p className="text-sm text-ink-muted">No version was replayed over this set yet.</p>}
        {known.some(({ accuracy }) => ceiling.estimate !== null && accuracy > ceiling.estimate) && (
          <p className="mt-1 text-sm text-ink-muted">
            A version above the ceiling agrees with the expected verdicts better than one person agrees with the others: differences up
            there are about the labels as much as about the prompt.
          </p>
        )}
      </div>
    </div>
  )
}

function Bar({
  name,
  share,
  interval,
  tone,
  ceiling,
}: {
  name: ReactNode
  share: number
  interval: { lower: number | null; upper: number | null }
  tone: string
  ceiling: number | null
}) {
  const { lower, upper } = interval
  return (
    <div className="grid grid-cols-[minmax(8rem,22rem)_1fr_10rem] items-center gap-3 py-0.5 text-sm">
      <span className="flex min-w-0 items-center gap-1.5">{name}</span>
      <span aria-hidden className="relative block h-3 rounded-sm bg-sunken">
        <span className={`absolute inset-y-0 left-0 rounded-sm ${tone}`} style={{ width: `${(share * 100).toFixed(2)}%` }} />
        {lower !== null && upper !== null && (
          <span
            className="absolute inset-y-1 rounded-sm bg-ink"
            style={{ left: `${(lower * 100).toFixed(2)}%`, width: `${((upper - lower) * 100).toFixed(2)}%` }}
          />
        )}
        {ceiling !== null && (
          <span className="absolute -inset-y-0.5 border-l-2 border-dashed border-ink" style={{ left: `${(ceiling * 100).toFixed(2)}%` }} />
        )}
      </span>
      <span className="text-right whitespace-nowrap tabular-nums">
        {formatPercent(share)} <span className="text-xs text-ink-muted">{formatPercentInterval(interval)}</span>
      </span>
    </div>
  )
}
