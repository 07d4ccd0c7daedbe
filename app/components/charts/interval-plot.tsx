import { CartesianGrid, ErrorBar, ReferenceLine, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts'
import { formatPoints, formatPointsInterval } from '~/components/ui/format'
import { intervalDomain, intervalPlotHeightPx, intervalTicks, plotAxisPx, type Interval } from './interval-scale'

export type IntervalRow = Interval & { name: string; detail: string; onOpen?: () => void }

type Point = IntervalRow & { x: number; y: string; error: [number, number]; ink: string }

/** Differences with their intervals, one a row: 0 solid, the margin dashed. A click opens the row's cases; the table behind it has the figures. */
export default function IntervalPlot({ rows, margin, label }: { rows: IntervalRow[]; margin: number; label: string }) {
  const known = rows.filter((row) => row.estimate !== null && row.lower !== null && row.upper !== null)
  const points: Point[] = known.map((row) => {
    const { estimate, lower, upper } = row as { estimate: number; lower: number; upper: number }
    return {
      ...row,
      x: estimate,
      y: row.name,
      error: [estimate - lower, upper - estimate],
      ink: lower > 0 ? 'var(--stone-fixed)' : upper < 0 ? 'var(--stone-regressed)' : 'var(--stone-unscored)',
    }
  })
  const domain = intervalDomain(known, margin)
  return (
    <div role="img" aria-label={label} style={{ height: intervalPlotHeightPx(known.length) }}>
      <ResponsiveContainer width="100%" height="100%">
        <ScatterChart margin={{ top: 4, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid horizontal={false} stroke="var(--stone-line)" />
          <XAxis
            type="number"
            dataKey="x"
            domain={domain}
            ticks={intervalTicks(domain, 9)}
            tickFormatter={(value: number) =>
              value === 0 ? '0' : formatPoints(value, Number.isInteger(Number((value * 100).toFixed(4))) ? 0 : 1)
            }
            stroke="var(--stone-line-strong)"
            tick={{ fill: 'var(--stone-ink-muted)', fontSize: 11 }}
            label={{
              value: 'points of accuracy, candidate minus baseline',
              position: 'insideBottom',
              offset: 6,
              fill: 'var(--stone-ink-faint)',
              fontSize: 11,
            }}
            height={plotAxisPx - 4}
          />
          <YAxis
            type="category"
            dataKey="y"
            allowDuplicatedCategory={false}
            reversed
            width={190}
            interval={0}
            stroke="var(--stone-line)"
            tickLine={false}
            tick={{ fill: 'var(--stone-ink)', fontSize: 12 }}
            tickFormatter={(name: string) => (name.length > 28 ? `${name.slice(0, 27)}…` : name)}
          />
          <ReferenceLine x={-margin} stroke="var(--stone-regressed)" strokeDasharray="4 3" />
          <ReferenceLine x={0} stroke="var(--stone-ink-muted)" />
          <Tooltip cursor={false} isAnimationActive={false} content={renderTooltip} />
          <Scatter data={points} isAnimationActive={false} shape={renderDot}>
            <ErrorBar dataKey="error" direction="x" width={6} strokeWidth={2} stroke="var(--stone-ink-muted)" isAnimationActive={false} />
          </Scatter>
        </ScatterChart>
      </ResponsiveContainer>
    </div>
  )
}

const renderTooltip = ({ payload }: { payload?: ReadonlyArray<{ payload?: unknown }> }) => (
  <PointTooltip point={payload?.[0]?.payload as Point | undefined} />
)

const renderDot = (props: unknown) => <Dot {...(props as { cx: number; cy: number; payload: Point })} />

function Dot({ cx, cy, payload }: { cx: number; cy: number; payload: Point }) {
  return (
    <circle
      cx={cx}
      cy={cy}
      r={6}
      fill={payload.ink}
      stroke="var(--stone-surface)"
      strokeWidth={2}
      onClick={payload.onOpen}
      style={payload.onOpen ? { cursor: 'pointer' } : undefined}
    />
  )
}

function PointTooltip({ point }: { point: Point | undefined }) {
  if (!point) return null
  return (
    <div className="rounded-md border bg-raised px-2 py-1 text-xs shadow-overlay">
      <div className="font-semibold">{point.name}</div>
      <div>
        {formatPoints(point.estimate)} points, CI {formatPointsInterval(point)}
      </div>
      <div className="text-ink-muted">{point.detail}</div>
    </div>
  )
}
