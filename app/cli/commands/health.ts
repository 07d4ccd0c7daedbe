import type { Command } from 'commander'
import type { EstimateWithInterval } from '~/domain/golden-set/agreement-patterns'
import type { FindingCase, Finding, HealthReport, JudgedVersion } from '~/domain/golden-set/health'
import type { HoldoutState } from '~/domain/golden-set/holdout'
import type { Workspace } from '~/services/workspace-api'
import { writeJson, type CliContext } from '../context'
import { count, decimal, percent, points } from '../format-figures'
import { placeOfGoldenSet, readHoldout, revealOption, type Place } from '../holdout'
import { formatTable, inert } from '../terminal'

type HealthOptions = { json?: boolean; cases?: boolean; revealHoldout?: string }
type CasesOfFinding = Record<string, Array<Pick<FindingCase, 'caseId' | 'group' | 'detail' | 'label' | 'settled'>>>

const pageRows = 500
const shownSlices = 40

export function registerHealth(program: Command, context: CliContext): void {
  program
    .command('health')
    .summary('say how far a golden set can be trusted')
    .description(
      'Examines a golden set: duplicates, leakage into prompts, suspect and stale labels, balance, splits, and how far people agree. It only points; no label is changed by it.',
    )
    .argument('<golden>', 'POLICY/NAME[@REVISION]')
    .option('--json', 'print one JSON document')
    .option('--cases', 'with --json: the cases of every finding too')
    .option(...revealOption)
    .addHelpText(
      'after',
      '\nExamples:\n  $ touchstone health community-hate/cases\n  $ touchstone health community-hate/cases@3 --json --cases > health.json',
    )
    .action((golden: string, options: HealthOptions) => runHealth(context, golden, options))
}

async function runHealth(context: CliContext, reference: string, options: HealthOptions): Promise<void> {
  const everything = await context.openWorkspace()
  const place = await placeOfGoldenSet(everything, reference)
  const revision = /@(\d+)$/.exec(reference)?.[1]
  const { report, revision: examined } = await everything.health.report(
    place.slug,
    place.golden,
    revision === undefined ? undefined : Number(revision),
  )
  const [versions, holdout] = await Promise.all([
    everything.health.versions(place.slug, place.golden),
    everything.holdout.state(place.slug, place.golden),
  ])
  const shown = { reason: options.revealHoldout, what: `cases of the findings of ${reference}` }
  const cases = options.cases
    ? await readCases((await readHoldout(context, everything, place, shown)).workspace, place, examined, report.findings)
    : null
  if (options.json) {
    const { schema, ...rest } = report
    writeJson(context, {
      schema,
      goldenSet: { policy: place.slug, name: place.golden, revision: examined },
      ...rest,
      versions,
      holdout: { cases: holdout.cases, looks: holdout.looks.map(({ openUntil: _until, id: _id, ...look }) => look) },
      ...(cases ? { cases } : {}),
    })
  } else context.stdout.write(`${describe(place, examined, report, versions, holdout).join('\n')}\n`)
}

async function readCases(
  workspace: Workspace,
  { slug, golden }: Place,
  revision: number,
  findings: readonly Finding[],
): Promise<CasesOfFinding> {
  const all: CasesOfFinding = {}
  for (const { kind } of findings) {
    const cases: CasesOfFinding[string] = []
    for (let offset = 0; ; offset += pageRows) {
      const { rows, total } = await workspace.health.cases(slug, golden, { kind, revision, offset, limit: pageRows })
      for (const { caseId, group, detail, label, settled } of rows) cases.push({ caseId, group, detail, label, settled })
      if (rows.length === 0 || offset + rows.length >= total) break
    }
    all[kind] = cases
  }
  return all
}

function describe(
  place: Place,
  revision: number,
  report: HealthReport,
  versions: readonly JudgedVersion[],
  holdout: HoldoutState,
): string[] {
  const found = report.findings.filter(({ cases }) => cases > 0)
  const { unexercised, oneSided } = report.balance.rules
  return [
    `${place.slug}/${inert(place.golden)}@${revision}: ${count(report.caseCount)} cases`,
    '',
    found.length === 0
      ? 'Nothing was found.'
      : formatTable(
          [
            { title: 'finding' },
            { title: 'cases', align: 'right' },
            { title: 'groups', align: 'right' },
            { title: 'settled', align: 'right' },
          ],
          found.map(({ kind, cases, groups, settled }) => [kind, count(cases), groups === null ? '' : count(groups), count(settled)]),
        ),
    '',
    ...(unexercised.length > 0 ? [`Rules that no case breaks: ${unexercised.map(inert).join(', ')}.`] : []),
    ...(oneSided.length > 0 ? [`Rules that no case is said not to break: ${oneSided.map(inert).join(', ')}.`] : []),
    ...(holdout.cases > 0 || holdout.looks.length > 0
      ? [
          `Sealed holdout: ${count(holdout.cases)} cases, ${holdout.looks.length === 0 ? 'nobody looked' : `${count(holdout.looks.length)} looks`}.`,
          ...holdout.looks.map(
            ({ createdAt, author, reason, what }) =>
              `  ${new Date(createdAt).toISOString()} ${inert(author)}: ${inert(what)} (${inert(reason)})`,
          ),
        ]
      : []),
    '',
    ...describeBalance(report),
    '',
    ...describeAgreement(report, versions),
  ]
}

function describeBalance({ balance }: HealthReport): string[] {
  if (balance.rows.length === 0) return []
  const rows = balance.rows.slice(0, shownSlices)
  return [
    formatTable(
      [
        { title: 'balance' },
        { title: 'cases', align: 'right' },
        { title: 'violating', align: 'right' },
        { title: 'not', align: 'right' },
        { title: 'unlabelled', align: 'right' },
        { title: 'smallest shift (points)', align: 'right' },
      ],
      rows.map((row) => [
        `${row.by} ${inert(row.value)}`,
        count(row.cases),
        count(row.violating),
        count(row.notViolating),
        count(row.undecided),
        points(row.detectableShift).replace('+', ''),
      ]),
    ),
    ...(balance.rows.length > rows.length ? [`… and ${count(balance.rows.length - rows.length)} more (--json has them all).`] : []),
  ]
}

function describeAgreement({ agreement }: HealthReport, versions: readonly JudgedVersion[]): string[] {
  const interval = (figure: EstimateWithInterval) => `[${decimal(figure.lower)}, ${decimal(figure.upper)}]`
  const coefficient = (figure: EstimateWithInterval | null) => decimal(figure?.estimate ?? null, 4)
  const shares = ({ lower, upper }: { lower: number | null; upper: number | null }) => `(${percent(lower)} to ${percent(upper)})`
  const ceiling = agreement.humanCeiling
  const people =
    agreement.rows.length === 0
      ? ['Nobody shares a case, so nothing is known of how people agree.']
      : [
          `${count(agreement.annotators.length)} annotators, ${count(agreement.annotatedCases)} annotated cases.`,
          formatTable(
            [
              { title: 'agreement on' },
              { title: 'cases', align: 'right' },
              { title: 'answers', align: 'right' },
              { title: 'alpha', align: 'right' },
              { title: '95% CI', align: 'right' },
              { title: 'Fleiss', align: 'right' },
              { title: 'Cohen', align: 'right' },
              { title: 'AC1', align: 'right' },
            ],
            agreement.rows
              .slice(0, shownSlices)
              .map((row) => [
                row.by === 'label' ? 'label' : `${inert(row.by)} ${inert(row.value)}`,
                count(row.cases),
                count(row.ratings),
                coefficient(row.alpha),
                interval(row.alpha),
                coefficient(row.fleissKappa),
                coefficient(row.cohenKappa),
                coefficient(row.gwetAC1),
              ]),
          ),
          ...(agreement.rows.length > shownSlices
            ? [`… and ${count(agreement.rows.length - shownSlices)} more (--json has them all).`]
            : []),
        ]
  return [
    ...people,
    ...(ceiling ? [`Human ceiling: ${percent(ceiling.estimate)} ${shares(ceiling)}, ${count(ceiling.predictions)} answers.`] : []),
    ...versions.map(
      (version) =>
        `v${version.versionNumber} on ${inert(version.modelName)}: ${percent(version.accuracy)} ${shares(version)} of ${count(version.n)}${version.rehearsal ? ' (rehearsal)' : ''}.`,
    ),
  ]
}
