import { Link } from '@remix-run/react'
import { classNames } from '~/components/ui/class-names'
import { formatCount, formatPercent } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import type { ConfusionMatrix } from './confusion-model'

/**
 * A confusion matrix: rows are what people settled on, columns what the model said. Each cell leads to its cases. With `difference` the
 * counts are candidate − baseline, and colour says whether that is good: more on the diagonal, less off it.
 */
export function ConfusionTable({
  title,
  matrix,
  labels,
  difference = false,
  linkTo,
}: {
  title: string
  matrix: ConfusionMatrix
  /** Rows and columns, the same for every matrix that stands beside this one. */
  labels: { rows: string[]; columns: string[] }
  difference?: boolean
  linkTo: (expected: string, predicted: string) => { search?: string; pathname?: string; hash?: string }
}) {
  return (
    <Panel title={title} flush className="grow basis-80">
      <div role="group" aria-label={title} tabIndex={0} className="overflow-x-auto p-3 outline-offset-[-2px]">
        <table className="w-full border-separate border-spacing-1 text-sm">
          <caption className="sr-only">{title}: rows are expected labels, columns are answered labels</caption>
          <thead>
            <tr>
              <th scope="col" className="text-left text-xs font-normal whitespace-nowrap text-ink-faint">
                expected ↓ answered →
              </th>
              {labels.columns.map((label) => (
                <th key={label} scope="col" className="px-1 text-center text-xs font-semibold whitespace-nowrap text-ink-muted">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.rows.map((expected) => (
              <tr key={expected}>
                <th scope="row" className="max-w-32 pr-2 text-left text-xs font-semibold text-ink-muted [overflow-wrap:anywhere]">
                  {expected}
                </th>
                {labels.columns.map((predicted) => {
                  const count = matrix.count(expected, predicted)
                  const diagonal = expected === predicted
                  return (
                    <td key={predicted} className="p-0">
                      <MatrixCell
                        text={difference ? formatSigned(count) : formatCount(count)}
                        note={difference ? null : share(count, matrix.rowTotal(expected))}
                        look={difference ? differenceLook(count, diagonal) : diagonal ? 'right' : count > 0 ? 'wrong' : 'none'}
                        to={count === 0 && !difference ? null : linkTo(expected, predicted)}
                        name={`expected ${expected}, answered ${predicted}: ${difference ? formatSigned(count) : formatCount(count)}`}
                      />
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

type Look = 'right' | 'wrong' | 'none' | 'better' | 'worse'
const looks: Record<Look, string> = {
  right: 'bg-sunken border-line-strong',
  wrong: 'bg-sunken border-line',
  none: 'bg-transparent border-line text-ink-faint',
  better: 'bg-fixed-soft border-fixed text-fixed-ink',
  worse: 'bg-regressed-soft border-regressed text-regressed-ink',
}

function MatrixCell({
  text,
  note,
  look,
  to,
  name,
}: {
  text: string
  note: string | null
  look: Look
  to: ReturnType<Parameters<typeof ConfusionTable>[0]['linkTo']> | null
  name: string
}) {
  const className = classNames('flex min-h-13 flex-col items-center justify-center rounded-md border px-2 py-1', looks[look])
  const glyph = look === 'better' ? '▲ ' : look === 'worse' ? '▼ ' : ''
  const body = (
    <>
      <span className="text-base font-semibold">
        <span aria-hidden>{glyph}</span>
        {text}
      </span>
      {note && <span className="text-xs font-normal text-ink-faint">{note}</span>}
    </>
  )
  if (!to) return <div className={className}>{body}</div>
  return (
    <Link preventScrollReset to={to} aria-label={name} className={classNames(className, 'hover:outline-2 hover:outline-gold')}>
      {body}
    </Link>
  )
}

const share = (count: number, total: number) => (total === 0 ? null : formatPercent(count / total))
const formatSigned = (count: number) => (count > 0 ? `+${formatCount(count)}` : formatCount(count))

function differenceLook(count: number, diagonal: boolean): Look {
  if (count === 0) return 'none'
  return count > 0 === diagonal ? 'better' : 'worse'
}
