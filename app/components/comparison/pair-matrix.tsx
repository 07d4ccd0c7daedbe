import { Link } from '@remix-run/react'
import { classNames } from '~/components/ui/class-names'
import { formatCount, formatPoints, formatPointsInterval, statePValue } from '~/components/ui/format'
import { Panel } from '~/components/ui/panel'
import type { ManyComparison, ManyPair } from '~/domain/comparison/compare-many'
import { describePairs } from '~/domain/comparison/tabulate-many'
import { verdictLook } from './advice'

const grounds = {
  fixed: 'border-fixed bg-fixed-soft',
  regressed: 'border-regressed bg-regressed-soft',
  unscored: 'border-line bg-sunken',
} as const
const inks = { fixed: 'text-fixed-ink', regressed: 'text-regressed-ink', unscored: 'text-unscored-ink' } as const

/** Each pair once: the row is the baseline, the column the candidate. A cell opens the comparison of its two. */
export function PairMatrix({ comparison }: { comparison: ManyComparison }) {
  const { versions, pairs, margin } = comparison
  const pairOf = new Map(pairs.map((pair) => [`${pair.baseline} ${pair.candidate}`, pair]))
  const rows = versions.slice(0, -1)
  const columns = versions.slice(1)
  return (
    <Panel title="Pair by pair" flush footer={describePairs(comparison)}>
      <div role="group" aria-label="Pair by pair" tabIndex={0} className="overflow-x-auto p-3 outline-offset-[-2px]">
        <table className="border-separate border-spacing-1 text-sm">
          <caption className="sr-only">Verdict of every pair: rows are baselines, columns are candidates</caption>
          <thead>
            <tr>
              <th scope="col" className="text-left text-xs font-normal whitespace-nowrap text-ink-faint">
                baseline ↓ candidate →
              </th>
              {columns.map((version) => (
                <th key={version.replay} scope="col" className="max-w-52 px-1 text-center text-xs font-semibold [overflow-wrap:anywhere]">
                  {version.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.replay}>
                <th scope="row" className="max-w-52 pr-3 text-left text-xs font-semibold [overflow-wrap:anywhere]">
                  {row.name}
                </th>
                {columns.map((column) => {
                  const pair = pairOf.get(`${row.replay} ${column.replay}`)
                  return (
                    <td key={column.replay} className="p-0 align-top">
                      {pair && <PairCell pair={pair} margin={margin} names={{ baseline: row.name, candidate: column.name }} />}
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

function PairCell({ pair, margin, names }: { pair: ManyPair; margin: number; names: { baseline: string; candidate: string } }) {
  const look = verdictLook[pair.verdict]
  const flips = `${formatCount(pair.fixed)} fixed, ${formatCount(pair.regressed)} regressed`
  const points = `${formatPoints(pair.difference.estimate)} points`
  const p = `${statePValue(pair.pAdjusted)} (Holm)`
  return (
    <Link
      to={`/compare/${pair.baseline}/${pair.candidate}${margin === 0.02 ? '' : `?margin=${margin}`}`}
      aria-label={`${names.candidate} against ${names.baseline}: ${look.word}, ${points}, ${flips}, ${p}`}
      className={classNames(
        'flex min-w-44 flex-col rounded-md border px-3 py-2 hover:outline-2 hover:outline-gold',
        grounds[look.tone as keyof typeof grounds],
      )}
    >
      <span className={classNames('font-semibold', inks[look.tone as keyof typeof inks])}>
        <span aria-hidden>{look.glyph} </span>
        {look.word}
      </span>
      <span>
        {points} <span className="text-xs text-ink-muted">({formatPointsInterval(pair.difference)})</span>
      </span>
      <span className="text-xs text-ink-muted">{flips}</span>
      <span className="text-xs text-ink-muted">{p}</span>
    </Link>
  )
}
