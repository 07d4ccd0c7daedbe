import { describeTransform } from '~/domain/probes/transforms'
import { leftOutReasons, leftOutWords, type RobustnessShare } from '~/domain/probes/robustness'
import type { LimitResult } from '~/domain/probes/robustness-limits'
import type { ProbeReport } from '~/services/probes-api'
import type { CliContext } from './context'
import { count, duration, percent } from './format-figures'
import { createPaint, formatTable, inert } from './terminal'

const interval = ({ lower, upper }: RobustnessShare) => (lower === null ? '' : `${percent(lower)} to ${percent(upper)}`)
const describeLeftOut = ({ leftOut }: RobustnessShare) =>
  leftOutReasons.flatMap((reason) => (leftOut[reason] > 0 ? [`${leftOutWords[reason]} ${count(leftOut[reason])}`] : [])).join(', ')
const shareWords = (share: RobustnessShare) => (share.n === 0 ? 'n/a' : `${percent(share.share)} (${interval(share)}) of ${count(share.n)}`)

const limitNames: Record<LimitResult['figure'], string> = { moved: 'moved', attackSuccess: 'attack success', falseAlarms: 'false alarms' }

/** The figures of a probe run as tables. */
export function printRobustness(context: CliContext, report: ProbeReport, limits: readonly LimitResult[]): void {
  const paint = createPaint(context.stdout, context.environment)
  const { robustness, progress } = report
  const version = report.versionNumber === null ? `draft ${report.promptHash.slice(0, 12)}` : `${report.policySlug}@${report.versionNumber}`
  const headline: Array<[string, RobustnessShare]> = [
    ['disguised texts that moved', robustness.moved],
    ['injections that succeeded', robustness.attackSuccess],
    ['look-alikes flagged', robustness.falseAlarms],
    ['moved without any change', robustness.repeat],
  ]
  const figures = headline.map(([name, share]) => [
    name,
    percent(share.share),
    interval(share),
    `${count(share.count)} of ${count(share.n)}`,
    count(share.parents),
    describeLeftOut(share),
  ])
  const transforms = robustness.transforms.map(({ kind, transform, moved, fromViolating, toViolating, attackSuccess, falseAlarms }) => {
    const own = attackSuccess ?? falseAlarms
    return [
      describeTransform(transform, kind),
      count(moved.n),
      percent(moved.share),
      interval(moved),
      count(fromViolating),
      count(toViolating),
      own ? shareWords(own) : '',
      describeLeftOut(own ?? moved),
    ]
  })
  const slices = robustness.slices.map(({ by, value, moved, attackSuccess, falseAlarms }) => [
    `${inert(by)} ${inert(value)}`,
    shareWords(moved),
    shareWords(attackSuccess),
    shareWords(falseAlarms),
  ])
  const notAsked = Object.entries(report.notAsked)
  const styles = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const
  const lines = [
    paint('bold', `${version} on ${report.policySlug}/${report.goldenSet}@${report.goldenRevision} with ${inert(report.modelName)}`),
    ...(report.rehearsal ? [paint('yellow', 'Rehearsal: figures of the bundled word matcher, not of a model.')] : []),
    `${count(report.parents)} of ${count(report.parentsOf)} cases, ${count(report.total)} texts; verdicts are held against those on the unchanged texts.`,
    '',
    formatTable(
      [
        { title: 'figure' },
        { title: 'share', align: 'right' },
        { title: '95% CI' },
        { title: 'probes' },
        { title: 'cases', align: 'right' },
        { title: 'left out' },
      ],
      figures,
    ),
    '',
    formatTable(
      [
        { title: 'transform' },
        { title: 'n', align: 'right' },
        { title: 'moved', align: 'right' },
        { title: '95% CI' },
        { title: 'from violating', align: 'right' },
        { title: 'to violating', align: 'right' },
        { title: 'succeeded / flagged' },
        { title: 'left out' },
      ],
      transforms,
    ),
    ...(slices.length
      ? [
          '',
          formatTable([{ title: 'slice' }, { title: 'moved' }, { title: 'attacks succeeded' }, { title: 'look-alikes flagged' }], slices),
        ]
      : []),
    ...(notAsked.length ? ['', `Does not apply: ${notAsked.map(([name, cases]) => `${name} to ${count(cases)}`).join(', ')} cases.`] : []),
    ...(limits.length ? [''] : []),
    ...limits.map(({ figure, result, reason }) => `${paint(styles[result], result)}  ${limitNames[figure]}: ${reason}`),
    '',
    `Run ${report.id}: ${count(progress.calls)} calls, ${count(progress.cached)} answers known before, ${duration(report.durationMs)}`,
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
}
