import type { Command } from 'commander'
import type { ImportFileReport, ImportRefusedError } from '~/services/import-file'
import { TouchstoneError } from '~/lib/errors'
import { readAuthor } from '../author'
import { exitCodes, say, writeJson, type CliContext } from '../context'
import { count } from '../format-figures'
import { collect, wholeNumber } from '../options'
import { createProgress } from '../progress'
import { createPaint, formatTable, inert } from '../terminal'

type ImportOptions = {
  policy: string
  golden?: string
  preset?: string
  map?: string[]
  positive?: string[]
  label?: string[]
  blankIsNo?: boolean
  mapping?: string
  saveMapping?: string
  format?: string
  encoding?: string
  delimiter?: string
  headerRow?: number
  relaxQuotes?: boolean
  sheet?: string
  mirror?: boolean
  skipInvalid?: boolean
  dryRun?: boolean
  message?: string
  json?: boolean
}

export function registerImport(program: Command, context: CliContext): void {
  program
    .command('import')
    .summary('bring a file of cases into a golden set')
    .description(
      'Brings the cases of a file into a golden set as one revision, all or nothing. Makes the policy and the golden set where they do not exist.',
    )
    .argument('<file>', 'JSON Lines, JSON, CSV, TSV, Excel or promptfoo YAML; also gzip (.gz)')
    .requiredOption('--policy <slug>', 'policy that the golden set belongs to')
    .option('--golden <name>', "golden set (default: the file's name)")
    .option(
      '--preset <name>',
      'read a well-known layout (default: found out): hatecheck, multilingual-hatecheck, openai-moderation, gpt-oss-safeguard, policy-agent, context-toxicity, label-studio, argilla, promptfoo, openai-evals; none: map columns, whatever the layout looks like',
    )
    .option(
      '--map <target=column>',
      'which column is what: id, content, expected, rules, rule.ID, flag (a rule called as its column), annotation, annotation.NAME, annotator (one row an annotation), tags, note, severity, mustPass, split, context.parents, context.surface, context.author, context.locale, ignore; other columns become metadata (repeatable; default: found out)',
      collect,
    )
    .option(
      '--positive <value>',
      'value of the expected column that means the violating label, or a limit such as ">=0.5"; every other value means the allowed one (repeatable)',
      collect,
    )
    .option(
      '--label <value=label>',
      'value of a label column that means this label of the policy; nothing behind "=": no label (repeatable)',
      collect,
    )
    .option('--blank-is-no', 'an empty cell of a rule column means that the rule does not apply (default: nobody said)')
    .option('--mapping <file>', 'read the file as this saved mapping says (touchstone.mapping/1); options that are given go before it')
    .option('--save-mapping <file>', 'keep how the file was read, to read others like it; also with --dry-run')
    .option('--format <format>', 'csv, tsv, json-lines, json, yaml (default: found out)')
    .option('--encoding <name>', 'encoding of the file (default: found out)')
    .option('--delimiter <character>', 'delimiter of a CSV file; "tab" for a tab (default: found out)')
    .option(
      '--header-row <line>',
      'line of the header row; 0: there is none, columns are "column 1", "column 2" … (default: found out)',
      wholeNumber(0, 1_000_000),
    )
    .option('--relax-quotes', 'take quotation marks inside unquoted cells as they stand')
    .option('--sheet <name>', 'sheet of an Excel workbook (default: the first)')
    .option('--mirror', 'the file is the whole set: remove cases that it does not have')
    .option('--skip-invalid', 'leave out rows with problems and report them')
    .option('--dry-run', 'check and count, write nothing')
    .option('--message <text>', 'why, for the history of the golden set')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ touchstone import cases.jsonl --policy community-hate
  $ touchstone import test_suite_cases.csv --policy hatecheck --map id=case_id --map content=test_case --map expected=label_gold --positive hateful
  $ touchstone import samples.jsonl.gz --policy moderation --preset openai-moderation
  $ touchstone import weekly.csv --policy spam --save-mapping weekly.mapping.yaml --dry-run
  $ touchstone import next-week.csv --policy spam --mapping weekly.mapping.yaml
  $ touchstone import edge-cases.xlsx --policy spam --map content=Message --map expected=Verdict --label "ok=allowed" --label "spam=violates" --dry-run

Every layout, preset and export with an example: docs/formats.md`,
    )
    .action((file: string, options: ImportOptions) => runImport(context, file, options))
}

async function runImport(context: CliContext, file: string, options: ImportOptions): Promise<void> {
  const [
    { importFile, ImportRefusedError },
    { mergeMappings, parseMapping },
    { slugSchema },
    { readFileFormat, readSavedMapping, savedMappingOf },
  ] = await Promise.all([
    import('~/services/import-file'),
    import('~/domain/golden-set/case-mapping'),
    import('~/domain/policy/policy'),
    import('~/services/import-options'),
  ])
  const slug = slugSchema.safeParse(options.policy)
  if (!slug.success)
    throw new TouchstoneError(
      'invalid-input',
      `--policy ${JSON.stringify(options.policy)} ${slug.error.issues[0]?.message}.`,
      'For example: --policy community-hate.',
    )
  const { mapping, errors } = parseMapping(options.map ?? [], { positive: options.positive ?? [], labels: options.label ?? [] })
  if (errors.length > 0) throw new TouchstoneError('invalid-input', `${errors.join('; ')}.`, 'See touchstone import --help.')
  if (options.blankIsNo) mapping.blankIsNo = true
  const saved = options.mapping === undefined ? null : await readSavedMapping(options.mapping)
  const reading = { ...saved?.reading, ...statedReading(options) }
  const preset = options.preset ?? saved?.preset
  const workspace = await context.openWorkspace()
  const progress = await createProgress(context, 'Importing')
  try {
    const report = await importFile(workspace, {
      file,
      policySlug: options.policy,
      mapping: saved ? mergeMappings(saved.mapping, mapping) : mapping,
      author: readAuthor(context.environment),
      ...(options.golden === undefined ? {} : { goldenName: options.golden }),
      ...(preset === undefined ? {} : { preset }),
      ...readFileFormat(reading),
      skipInvalid: options.skipInvalid ?? false,
      dryRun: options.dryRun ?? false,
      mode: options.mirror ? 'mirror' : 'merge',
      ...(options.message === undefined ? {} : { message: options.message }),
      onProgress: ({ rows }) => progress.update({ done: rows, total: 0 }),
    })
    progress.stop()
    if (options.saveMapping !== undefined) {
      const { writeTextFile } = await import('~/services/text-output')
      await writeTextFile(options.saveMapping, [savedMappingOf(report.layout, reading)])
    }
    if (options.json) writeJson(context, report)
    else printReport(context, report)
    if (options.saveMapping !== undefined) say(context, `The mapping was saved in ${inert(options.saveMapping)}.`)
  } catch (error) {
    progress.stop()
    if (!(error instanceof ImportRefusedError)) throw error
    printRefusal(context, error, options.json ?? false)
    context.exitCode = exitCodes.error
  }
}

const statedReading = ({ format, encoding, delimiter, headerRow, sheet, relaxQuotes }: ImportOptions) => ({
  ...(format === undefined ? {} : { format }),
  ...(encoding === undefined ? {} : { encoding }),
  ...(delimiter === undefined ? {} : { delimiter }),
  ...(headerRow === undefined ? {} : { headerRow }),
  ...(sheet === undefined ? {} : { sheet }),
  ...(relaxQuotes === undefined ? {} : { relaxQuotes }),
})

function printRefusal(context: CliContext, error: ImportRefusedError, json: boolean): void {
  if (json)
    writeJson(context, {
      schema: 'touchstone.import/1',
      imported: false,
      message: error.message,
      advice: error.advice ?? null,
      problemCount: error.problemCount,
      problems: error.problems,
    })
  printProblems(context, error.problems, error.problemCount)
  say(context, `error: ${inert(error.message)}`)
  if (error.advice) say(context, inert(error.advice))
}

function printProblems(context: CliContext, problems: ImportRefusedError['problems'], total: number): void {
  for (const problem of problems) {
    const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}`
    const value = problem.value === null ? '' : ` ${JSON.stringify(inert(problem.value))}`
    const column = problem.column === null || problem.column === '' ? '' : ` [${inert(problem.column)}]`
    say(context, `${inert(place)}:${column}${value} ${inert(problem.message)}. ${inert(problem.advice)}`)
  }
  if (total > problems.length) say(context, `… and ${count(total - problems.length)} more.`)
}

function printReport(context: CliContext, report: ImportFileReport): void {
  const paint = createPaint(context.stdout, context.environment)
  const { source } = report
  if (report.problemCount > 0) {
    printProblems(context, report.problems, report.problemCount)
    say(context, '')
  }
  const made = [
    report.policyCreated ? `the policy ${report.policy} (default verdict scheme)` : '',
    report.goldenSetCreated ? `the golden set ${report.policy}/${report.goldenSet}` : '',
  ].filter(Boolean)
  const lines = [
    `${inert(report.file)}: ${source.format}${source.gzip ? ' (gzip)' : ''}, ${source.encoding}${source.encodingBy === 'guessed' ? ' (guessed)' : ''}${source.delimiter === null ? '' : `, divided by ${delimiterName(source.delimiter)}`}`,
    ...(made.length ? [`${report.dryRun ? 'Would make' : 'Made'} ${made.join(' and ')}.`] : []),
    ...report.notes.map((note) => inert(note)),
    ...(report.rulesAdded?.length ? [`Rules new to the policy: ${report.rulesAdded.map(inert).join(', ')}.`] : []),
    '',
    formatTable(
      [
        { title: 'added', align: 'right' },
        { title: 'changed', align: 'right' },
        { title: 'relabelled', align: 'right' },
        { title: 'unchanged', align: 'right' },
        { title: 'removed', align: 'right' },
        { title: 'skipped', align: 'right' },
      ],
      [[report.added, report.changed, report.relabelled, report.unchanged, report.removed, report.skipped].map(count)],
    ),
    '',
    `Expected: ${[...Object.entries(report.labels).map(([label, cases]) => `${inert(label)} ${count(cases)}`), `unlabelled ${count(report.unlabelled)}`].join(', ')}.`,
    report.dryRun
      ? paint('bold', `Dry run: nothing was written. ${report.policy}/${report.goldenSet} would have ${count(report.total)} cases.`)
      : paint('bold', `${report.policy}/${report.goldenSet}@${report.revision} has ${count(report.total)} cases.`),
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
}

const delimiterName = (delimiter: string) => (delimiter === '\t' ? 'tabs' : `"${inert(delimiter)}"`)
