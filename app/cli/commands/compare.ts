import type { Command } from 'commander'
import { TouchstoneError } from '~/lib/errors'
import { writeJson, type CliContext } from '../context'
import { documentOptions, placeOfReplay, readHoldout } from '../holdout'
import { collect, realNumber } from '../options'
import { inert } from '../terminal'

type CompareOptions = {
  margin?: number
  confidence?: number
  by?: string[]
  noise?: string
  includeLeaked?: boolean
  json?: boolean
  cases?: boolean
  markdown?: string
  junit?: string
  html?: string
  showContent?: boolean
  revealHoldout?: string
  withoutHoldout?: boolean
}

export function registerCompare(program: Command, context: CliContext): void {
  program
    .command('compare')
    .summary('say what changed between two replays, and whether it is real')
    .description(
      'Joins two replays by case and says which cases the candidate fixed and which it broke, with a verdict. Each side is a replay id, or POLICY@VERSION: its latest finished replay.',
    )
    .argument('<baseline>', 'replay id or POLICY@VERSION')
    .argument('<candidate>', 'replay id or POLICY@VERSION')
    .argument('[more...]', 'further replays: one table of all, Cochran Q, and each pair with p adjusted by Holm')
    .option('--margin <share>', 'largest loss of accuracy that still counts as not worse (default: 0.02)', realNumber(0, 1, true))
    .option('--confidence <share>', 'confidence of the intervals (default: 0.95)', realNumber(0.5, 1, true))
    .option('--by <key>', 'slices by rule, tag, label, locale, surface, split or a metadata column (repeatable)', collect)
    .option('--noise <replay>', 'a second replay of the baseline: what differs between the two is noise (default: the newest there is)')
    .option('--include-leaked', 'count the cases that a prompt of either side quotes (by default they are left out and counted apart)')
    .option('--json', 'print one JSON document, with all cases')
    .option('--no-cases', 'leave the cases out of the JSON document')
    .option('--markdown <file>', 'write a summary fit for a pull-request comment')
    .option('--junit <file>', 'write a JUnit report: a failure for each regressed case')
    .option('--html <file>', 'write one self-contained page with the flips, content blurred until clicked')
    .option('--show-content', 'print the content of regressed cases (it can be vile)')
    .option(...documentOptions[0])
    .option(...documentOptions[1])
    .addHelpText(
      'after',
      `
Examples:
  $ touchstone compare community-hate@1 community-hate@2 --by rule --by tag
  $ touchstone compare 01k3v9… 01k3va… --margin 0.01 --json > comparison.json
  $ touchstone compare community-hate@1 community-hate@2 community-hate@3
  $ touchstone compare hatecheck@1 hatecheck@2 --by functionality --markdown summary.md --html report.html`,
    )
    .action((baseline: string, candidate: string, more: string[], options: CompareOptions) =>
      more.length === 0
        ? runCompare(context, baseline, candidate, options)
        : runCompareMany(context, [baseline, candidate, ...more], options),
    )
}

export async function runCompare(
  context: CliContext,
  baselineReference: string,
  candidateReference: string,
  options: CompareOptions,
): Promise<void> {
  const everything = await context.openWorkspace()
  const { workspace, holdout } = await readHoldout(context, everything, await placeOfReplay(everything, candidateReference), {
    reason: options.revealHoldout,
    what: `comparison of ${baselineReference} with ${candidateReference}`,
    whole: options.json === true && options.cases !== false && options.withoutHoldout !== true,
  })
  const baseline = await workspace.replays.resolve(baselineReference)
  const candidate = await workspace.replays.resolve(candidateReference)
  const pairOptions = {
    includeLeaked: options.includeLeaked ?? false,
    ...(options.noise === undefined ? {} : { noise: await workspace.replays.resolve(options.noise) }),
  }
  const comparison = await workspace.comparisons.compare(baseline, candidate, {
    ...(options.margin === undefined ? {} : { margin: options.margin }),
    ...(options.confidence === undefined ? {} : { confidence: options.confidence }),
    ...(options.by === undefined ? {} : { by: options.by }),
    ...pairOptions,
  })
  if (options.markdown !== undefined || options.junit !== undefined || options.html !== undefined) {
    const { writeComparisonReport } = await import('~/services/comparison-reports')
    for (const [kind, file] of [
      ['markdown', options.markdown],
      ['junit', options.junit],
      ['html', options.html],
    ] as const)
      if (file !== undefined) await writeComparisonReport(workspace, comparison, kind, file)
  }
  if (options.json) {
    const { writeComparisonJson } = await import('~/services/export-data')
    for await (const piece of writeComparisonJson(
      { ...comparison, ...(holdout ? { holdout } : {}) },
      options.cases === false ? null : workspace.comparisons.streamCases(baseline, candidate, pairOptions),
    ))
      context.stdout.write(piece)
  } else {
    const { printComparison } = await import('../print-comparison')
    await printComparison(context, workspace, comparison, { showContent: options.showContent ?? false })
  }
  for (const warning of comparison.warnings) context.stderr.write(`warning: ${inert(warning)}\n`)
}

async function runCompareMany(context: CliContext, references: readonly string[], options: CompareOptions): Promise<void> {
  const onlyForTwo = (['by', 'noise', 'includeLeaked', 'junit', 'html', 'showContent', 'revealHoldout', 'withoutHoldout'] as const).filter(
    (name) => options[name] !== undefined,
  )
  if (onlyForTwo.length)
    throw new TouchstoneError(
      'invalid-input',
      `${onlyForTwo.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`).join(', ')} is for two replays, not ${references.length}.`,
      'Compare the two that matter.',
    )
  const workspace = await context.openWorkspace()
  const replays: string[] = []
  for (const reference of references) replays.push(await workspace.replays.resolve(reference))
  const comparison = await workspace.comparisons.compareMany(replays, {
    ...(options.margin === undefined ? {} : { margin: options.margin }),
    ...(options.confidence === undefined ? {} : { confidence: options.confidence }),
  })
  if (options.markdown !== undefined) {
    const { writeManyReport } = await import('~/services/compare-many-page')
    await writeManyReport(comparison, options.markdown)
  }
  if (options.json) writeJson(context, comparison)
  else {
    const { printComparisonMany } = await import('../print-comparison-many')
    printComparisonMany(context, comparison)
  }
  for (const warning of comparison.warnings) context.stderr.write(`warning: ${inert(warning)}\n`)
}
