import { Option, type Command } from 'commander'
import { TouchstoneError } from '~/lib/errors'
import type { Workspace } from '~/services/workspace-api'
import { say, type CliContext } from '../context'
import { documentOptions, placeOfGoldenSet, placeOfReplay, readHoldout } from '../holdout'
import { wholeNumber } from '../options'
import { inert } from '../terminal'

type ExportOptions = {
  format?: string
  output?: string
  version?: number
  replay?: string
  rawAnswers?: boolean
  against?: string
  revealHoldout?: string
  withoutHoldout?: boolean
}

const goldenFormats = ['jsonl', 'csv', 'tsv', 'promptfoo', 'label-studio', 'openai-fine-tuning', 'dpo'] as const
const replayFormats = ['jsonl', 'csv', 'tsv'] as const
const comparisonFormats = ['json', 'markdown', 'junit', 'html'] as const

export function registerExport(program: Command, context: CliContext): void {
  program
    .command('export')
    .summary('write a golden set, a replay or a comparison to a file')
    .description(
      'Writes a golden set (POLICY/NAME), the answers of a replay (its id or POLICY@VERSION), or with --against a comparison of two replays.',
    )
    .argument('<what>', 'POLICY/NAME[@REVISION], a replay id, or POLICY@VERSION')
    .addOption(
      new Option(
        '--format <format>',
        `golden set: ${goldenFormats.join(', ')}; replay: ${replayFormats.join(', ')}; comparison: ${comparisonFormats.join(', ')}`,
      ),
    )
    .option('--output <file>', 'write to this file (default: print)')
    .option('--against <replay>', 'candidate replay: export the comparison with it')
    .option('--version <number>', 'training formats: version whose text is the system message', wholeNumber(1, 1_000_000))
    .option('--raw-answers', 'replay as JSON Lines: each answer word for word, with its latency, tokens, cost and model')
    .option(...documentOptions[0])
    .option(...documentOptions[1])
    .option('--replay <replay>', 'dpo: replay whose wrong answers are the rejected ones')
    .addHelpText(
      'after',
      `
JSON Lines is lossless: importing it again gives the same cases. CSV and TSV are made safe for spreadsheets.
Training formats hold the training split only. Cases in the split "holdout" are sealed: that they were written out is
put on record, with the reason that --reveal-holdout gives; --without-holdout leaves them out.

Examples:
  $ touchstone export community-hate/cases --output cases.jsonl
  $ touchstone export community-hate/cases@3 --format csv > cases.csv
  $ touchstone export community-hate@2 --format csv --output answers.csv
  $ touchstone export community-hate@1 --against community-hate@2 --format html --output report.html`,
    )
    .action((what: string, options: ExportOptions) => runExport(context, what, options))
}

async function runExport(context: CliContext, what: string, options: ExportOptions): Promise<void> {
  const workspace = await context.openWorkspace()
  const pieces = await choosePieces(await openForReading(context, workspace, what, options), what, options)
  if (options.output !== undefined) {
    const { writeTextFile } = await import('~/services/text-output')
    await writeTextFile(options.output, pieces)
    say(context, `Wrote ${inert(options.output)}.`)
    return
  }
  for await (const piece of pieces) context.stdout.write(piece)
}

async function choosePieces(workspace: Workspace, what: string, options: ExportOptions): Promise<AsyncIterable<string>> {
  const { exportGoldenSet, exportReplay, exportComparison } = await import('~/services/export-data')
  if (options.against !== undefined)
    return exportComparison(workspace, what, options.against, oneOf(comparisonFormats, options.format ?? 'json'))
  if (what.includes('/'))
    return exportGoldenSet(workspace, {
      golden: what,
      format: oneOf(goldenFormats, options.format ?? 'jsonl'),
      ...(options.version === undefined ? {} : { version: options.version }),
      ...(options.replay === undefined ? {} : { replay: options.replay }),
    })
  return exportReplay(workspace, what, oneOf(replayFormats, options.format ?? 'jsonl'), { rawAnswers: options.rawAnswers ?? false })
}

/** With the holdout sealed, or opened on record. */
async function openForReading(context: CliContext, workspace: Workspace, what: string, options: ExportOptions): Promise<Workspace> {
  const place = what.includes('/') ? await placeOfGoldenSet(workspace, what) : await placeOfReplay(workspace, what)
  const against = options.against === undefined ? '' : ` against ${options.against}`
  const read = await readHoldout(context, workspace, place, {
    reason: options.revealHoldout,
    what: `export of ${what}${against}`,
    whole: options.withoutHoldout !== true,
  })
  return read.workspace
}

function oneOf<T extends string>(formats: readonly T[], format: string): T {
  const found = formats.find((known) => known === format)
  if (found === undefined)
    throw new TouchstoneError(
      'invalid-input',
      `There is no format ${JSON.stringify(format)} for this.`,
      `Use one of: ${formats.join(', ')}.`,
    )
  return found
}
