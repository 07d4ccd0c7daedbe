import type { Command } from 'commander'
import type { GateResult } from '~/domain/gate/gate-result'
import type { EarlyStopReport } from '~/services/early-stop'
import type { GateReport } from '~/services/run-gate'
import type { Workspace } from '~/services/workspace-api'
import { readAuthor } from '../author'
import { exitCodes, say, writeJson, type CliContext } from '../context'
import { tellEstimate, wantsEstimate } from '../estimate'
import { count, duration } from '../format-figures'
import { wholeNumber } from '../options'
import { runWithProgress } from '../run-with-progress'
import { createPaint, formatTable, inert, type Style } from '../terminal'

type GateOptions = {
  json?: boolean
  markdown?: string
  junit?: string
  html?: string
  new?: boolean
  concurrency?: number
  earlyStop?: boolean
  seed?: number
}

const exitCodeOf: Record<GateResult, number> = { pass: exitCodes.pass, fail: exitCodes.failed, inconclusive: exitCodes.inconclusive }
const styleOf: Record<GateResult, Style> = { pass: 'green', fail: 'red', inconclusive: 'yellow' }

export function registerGate(program: Command, context: CliContext): void {
  program
    .command('gate')
    .summary('decide by a suite whether a candidate may go out')
    .description(
      'Replays what is not yet replayed, compares, and judges every condition of the suite. Exits with 0 (pass), 1 (fail), 2 (inconclusive) or 3 (error); it never passes for want of data.',
    )
    .argument('<suite>', 'suite file (YAML, touchstone.suite/1)')
    .option('--json', 'print one JSON document; events go to stderr, one JSON object a line')
    .option('--markdown <file>', 'write a summary fit for a pull-request comment')
    .option('--junit <file>', 'write a JUnit report: a test case for each condition')
    .option('--html <file>', 'write one self-contained page with the flips, content blurred until clicked')
    .option('--concurrency <number>', 'calls under way at once (default: adapts)', wholeNumber(1, 1024))
    .option('--new', 'replay anew even where finished replays of the same inputs exist')
    .option('--early-stop', 'stop as soon as the answer is certain at the α of the suite: fewer calls, figures of the part replayed')
    .option(
      '--seed <number>',
      'of the random order of --early-stop (default: follows from golden set and prompts)',
      wholeNumber(0, 4_294_967_295),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ touchstone gate evals/suites/community-hate.yaml
  $ touchstone gate evals/suites/community-hate.yaml --junit gate.xml --markdown gate.md --html gate.html
  $ touchstone gate evals/suites/community-hate.yaml --early-stop`,
    )
    .action((suite: string, options: GateOptions) => runGateCommand(context, suite, options))
}

async function runGateCommand(context: CliContext, suiteFile: string, options: GateOptions): Promise<void> {
  context.jsonEvents = options.json ?? false
  const { createGateReport, runGate } = await import('~/services/run-gate')
  const { sealHoldout } = await import('~/services/seal-holdout')
  const workspace = await context.openWorkspace()
  const report = await runGate(workspace, {
    suiteFile,
    author: readAuthor(context.environment),
    fresh: options.new ?? false,
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(options.earlyStop ? { earlyStop: options.seed === undefined ? {} : { seed: options.seed } } : {}),
    runReplay: (replay, side, onlyCaseIds) => {
      const what = onlyCaseIds
        ? `${count(onlyCaseIds.length)} cases`
        : `${count(replay.total - replay.done)} of ${count(replay.total)} cases`
      say(context, `Replaying the ${side} (${what}) …`)
      return runWithProgress(context, replay.id, onlyCaseIds)
    },
    async onEstimate(side, replay, estimate) {
      if (wantsEstimate(context, replay, replay.model.baseUrl)) tellEstimate(context, await estimate(), { of: { side } })
    },
    onNote: (text) => say(context, inert(text)),
  })
  // Reports show single cases: those of the sealed holdout stay sealed.
  const shown = sealHoldout(workspace)
  const files = [
    ['markdown', options.markdown],
    ['junit', options.junit],
    ['html', options.html],
  ] as const
  for (const [kind, file] of files) {
    if (file === undefined) continue
    const { writeTextFile } = await import('~/services/text-output')
    await writeTextFile(file, [await createGateReport(shown, report, kind)])
  }
  if (options.json) writeJson(context, report)
  else await printGate(context, shown, report)
  context.exitCode = exitCodeOf[report.result]
}

/** What stopping early came to. The figures of a gate that stopped are of the part replayed. */
function earlyStopWords({ stopped, replayed, cases, callsSaved, callsInFull, seed, order }: EarlyStopReport): string {
  const parts = `${count(order.zeroTolerance)} zero-tolerance, ${count(order.flippedBefore)} that flipped before, ${count(order.changedRules)} of changed rules, then ${count(order.random)} in random order (seed ${seed})`
  return stopped
    ? `Stopped early: ${count(replayed)} of ${count(cases)} labelled cases replayed, ${count(callsSaved)} of ${count(callsInFull)} calls saved; the figures are of the part replayed. Order: ${parts}.`
    : `Not stopped early: the answer was not certain before the last case. Order: ${parts}.`
}

async function printGate(context: CliContext, workspace: Workspace, report: GateReport): Promise<void> {
  const paint = createPaint(context.stdout, context.environment)
  const side = (name: string, { prompt, promptHash, replay, calls, cached, durationMs, reused }: GateReport['baseline']) =>
    `${name}: ${prompt} (${promptHash.slice(0, 12)}), replay ${replay}, ${reused ? 'replayed before' : `${count(calls)} calls, ${count(cached)} from the cache, ${duration(durationMs)}`}`
  const rows = report.conditions.map((condition) => [
    condition.result,
    inert(condition.name),
    inert(condition.evidence),
    inert(condition.reason ?? ''),
  ])
  const sections = [
    paint('bold', paint(styleOf[report.result], `Gate ${inert(report.name)}: ${report.result}`)),
    ...(report.rehearsal ? [paint('yellow', 'Rehearsal: figures of the bundled word matcher, not of a model.')] : []),
    '',
    formatTable([{ title: 'result' }, { title: 'condition' }, { title: 'evidence' }, { title: 'why not' }], rows, (text, row, column) => {
      const result = report.conditions[row]?.result
      return column === 0 && result ? paint(styleOf[result], text) : text
    }),
    '',
    `Golden set ${report.golden.set}@${report.golden.revision} (${report.golden.contentHash.slice(0, 12)}), ${inert(report.model)}`,
    side('Baseline', report.baseline),
    side('Candidate', report.candidate),
    ...(report.earlyStop ? [earlyStopWords(report.earlyStop)] : []),
    '',
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
  const { printComparison } = await import('../print-comparison')
  await printComparison(context, workspace, report.comparison, { withSlices: false })
}
