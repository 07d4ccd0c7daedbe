import { InvalidArgumentError, type Command } from 'commander'
import { retriedReasons, type RetriedReason } from '~/domain/verdict/verdict'
import { TouchstoneError } from '~/lib/errors'
import type { ReplayOptions, ReplayReport, ReplayStanding, Workspace } from '~/services/workspace-api'
import { readAuthor } from '../author'
import { exitCodes, say, writeEvent, writeJson, type CliContext } from '../context'
import { tellEstimate, wantsEstimate } from '../estimate'
import { count, decimal, duration, milliseconds, percent, usd } from '../format-figures'
import { addModelOptions, readModel, type ModelOptions } from '../model-option'
import { amount, wholeNumber } from '../options'
import { runWithProgress } from '../run-with-progress'
import { createPaint, formatTable, inert } from '../terminal'

type ReplayCommandOptions = ModelOptions & {
  prompt: string
  golden: string
  policy?: string
  epochs?: number
  concurrency?: number
  maxCostUsd?: number
  cache?: boolean
  refresh?: boolean
  new?: boolean
  batch?: boolean
  rawAnswers?: boolean
  timeout: number
  patience: number
  retryUnscored?: RetriedReason[] | true
  includeLeaked?: boolean
  compareContext?: string | true
  json?: boolean
}

export function registerReplay(program: Command, context: CliContext): void {
  const command = program
    .command('replay')
    .summary('run a prompt version over a golden set')
    .description(
      'Asks a model about every case of a golden set, with one version of the prompt. Given the same inputs as an unfinished replay, continues it; a finished one is shown again.',
    )
    .requiredOption(
      '--prompt <file|policy@version>',
      'prompt: a text file (kept as a version of the policy), or a version by number or label',
    )
    .requiredOption('--golden <file|policy/name[@revision]>', 'golden set: a file of cases (mirrored into the workspace), or a stored one')
    .requiredOption('--model <provider:name>', 'openai:NAME, or touchstone:rehearsal (no key needed; a rehearsal, not a judgement)')
    .option('--policy <slug|file>', 'policy that a golden file belongs to: its slug, or a policy file (YAML)')
    .option('--epochs <number>', 'times each case is asked (default: 1)', wholeNumber(1, 100))
    .option('--concurrency <number>', 'calls under way at once (default: adapts)', wholeNumber(1, 1024))
    .option('--max-cost-usd <amount>', 'stop when the calls have cost this much', amount)
    .option('--refresh', 'ask again even where an answer is cached')
    .option('--no-cache', 'neither read nor write the response cache')
    .option(
      '--no-raw-answers',
      'keep verdicts and reasons only, not the answers word for word (the response cache has its own: --no-cache)',
    )
    .option('--batch', "ask by the provider's batch endpoint: within a day, at half the price")
    .option('--timeout <seconds>', 'deadline of each call', wholeNumber(1, 3_600), 180)
    .option('--patience <minutes>', 'how long to wait for a provider that does nothing but fail', wholeNumber(1, 1_440), 10)
    .option(
      '--retry-unscored [reasons]',
      `ask again what a finished replay of these inputs left unscored, for any reason or some (${retriedReasons.join(', ')}); what it was is kept`,
      reasonList,
    )
    .option('--new', 'start another replay even where one of the same inputs exists')
    .option('--include-leaked', 'count the cases that the prompt quotes (by default they are left out of the figures)')
    .option(
      '--compare-context [policy/name@revision]',
      'replay without the context too, and print the comparison; names the golden set for it where people judged differently without',
    )
    .option('--json', 'print one JSON document; events go to stderr, one JSON object a line')
  addModelOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ touchstone replay --prompt prompts/v2.md --golden community-hate/cases --model touchstone:rehearsal
  $ touchstone replay --prompt community-hate@production --golden golden/community-hate/cases.jsonl --model openai:gpt-5-mini --max-cost-usd 2
  $ touchstone replay --prompt v1.md --golden hatecheck/cases --model openai:any --base-url http://127.0.0.1:8000/v1 --json`,
    )
    .action((options: ReplayCommandOptions) => runReplay(context, options))
}

function reasonList(value: string): RetriedReason[] {
  return value.split(',').map((part) => {
    const reason = retriedReasons.find((known) => known.toLowerCase() === part.trim().toLowerCase())
    if (reason === undefined) throw new InvalidArgumentError(`It must name reasons, separated by commas: ${retriedReasons.join(', ')}.`)
    return reason
  })
}

async function runReplay(context: CliContext, options: ReplayCommandOptions): Promise<void> {
  context.jsonEvents = options.json ?? false
  if (options.compareContext !== undefined && options.context === false)
    throw new TouchstoneError(
      'invalid-input',
      '--compare-context replays with and without the context; --no-context says without.',
      'Leave one of them out.',
    )
  const model = await readModel(options, context)
  const { resolveGolden, resolvePrompt } = await import('~/services/replay-inputs')
  const workspace = await context.openWorkspace()
  const author = readAuthor(context.environment)
  const golden = await resolveGolden(workspace, {
    golden: options.golden,
    author,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  })
  if (golden.imported?.policyCreated) say(context, `Made the policy ${golden.policySlug} (default verdict scheme).`)
  const prompt = await resolvePrompt(workspace, golden.policySlug, options.prompt, author)
  if (prompt.created) say(context, `Kept ${inert(options.prompt)} as ${golden.policySlug}@${prompt.version}.`)

  const request = {
    policySlug: golden.policySlug,
    prompt: { version: prompt.version },
    goldenSet: golden.goldenSet,
    ...(golden.goldenRevision === undefined ? {} : { goldenRevision: golden.goldenRevision }),
    model,
    ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
    options: {
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.maxCostUsd === undefined ? {} : { maxCostUsd: options.maxCostUsd }),
      cache: options.cache === false ? ('off' as const) : options.refresh ? ('refresh' as const) : ('use' as const),
      ...(options.rawAnswers === false ? { keepRawAnswers: false } : {}),
      ...(options.batch ? { batch: true } : {}),
      patienceMinutes: options.patience,
      callTimeoutSeconds: options.timeout,
    },
    author,
    fresh: options.new ?? false,
  }
  const { replay, continued } = await workspace.replays.prepare({ ...request, reuseFinished: !options.new })
  const { retryUnscored } = options
  const reasons = retryUnscored === true ? retriedReasons : (retryUnscored ?? [])
  const retried =
    reasons.length > 0 && replay.status === 'finished'
      ? await workspace.replays.retryUnscored(replay.id, { options: request.options, reasons })
      : 0
  const isDone = replay.status === 'finished' && retried === 0
  if (retried > 0) say(context, `Asking again: ${count(retried)} unscored of ${count(replay.total)} (${replay.id}).`)
  else if (isDone) say(context, `This replay is finished already (${replay.id}); run it anew with --new.`)
  else if (continued) say(context, `Continuing the replay ${replay.id}: ${count(replay.done)} of ${count(replay.total)} cases are done.`)
  if (!isDone && wantsEstimate(context, replay, model.baseUrl))
    tellEstimate(context, await workspace.replays.estimate(request), { budgetUsd: options.maxCostUsd })

  if (!isDone) await runWithProgress(context, replay.id)
  const report = await workspace.replays.report(replay.id)
  const isFinished = report.status === 'finished'
  if (isFinished && options.compareContext !== undefined) {
    await runContextPair(context, workspace, report, request.options, options)
    return
  }
  if (options.json) writeJson(context, toDocument(report, options.includeLeaked))
  else if (isFinished || report.done > 0) printReport(context, report, options.includeLeaked)
  if (isFinished) return
  const sentence = stoppedSentence(report, options.new ?? false)
  if (context.jsonEvents) writeEvent(context, 'error', { message: sentence.replace(/^error: /, ''), advice: null })
  else say(context, sentence)
  context.exitCode = exitCodes.error
}

/** Replays the same without the context, and prints what the context changed. */
async function runContextPair(
  context: CliContext,
  workspace: Workspace,
  replay: ReplayReport,
  replayOptions: ReplayOptions,
  { compareContext, json, includeLeaked }: ReplayCommandOptions,
): Promise<void> {
  const [{ prepareContextPair }, { resolveGolden }, { runCompare }] = await Promise.all([
    import('~/services/context-pair'),
    import('~/services/replay-inputs'),
    import('./compare'),
  ])
  const author = readAuthor(context.environment)
  const golden = typeof compareContext === 'string' ? await resolveGolden(workspace, { golden: compareContext, author }) : null
  if (golden && golden.policySlug !== replay.policySlug)
    throw new TouchstoneError(
      'invalid-input',
      `${golden.policySlug}/${golden.goldenSet} is of another policy than ${replay.policySlug}.`,
      'Name a golden set of the policy.',
    )
  const { pair, other } = await prepareContextPair(workspace, replay.id, {
    author,
    ...(golden ? { golden } : {}),
    options: replayOptions,
  })
  if (other.status !== 'finished') {
    say(context, `Replaying without the context (${other.id}) …`)
    const report = await runWithProgress(context, other.id)
    if (report.status !== 'finished') {
      say(context, stoppedSentence(report, false))
      context.exitCode = exitCodes.error
      return
    }
  }
  await runCompare(context, pair.without.id, pair.with.id, { json, includeLeaked })
}

function stoppedSentence(report: ReplayStanding, isNew: boolean): string {
  const again = isNew ? 'run the command again without --new to continue it' : 'run the same command again to continue it'
  const done = `${count(report.done)} of ${count(report.total)} are done; ${again}.`
  const isInterrupted = report.status === 'cancelled' && (report.statusReason === null || report.statusReason === 'interrupted')
  if (isInterrupted) return `Stopped. The replay ${report.id} keeps what it has: ${done}`
  const reason = report.statusReason ? `: ${inert(report.statusReason).replace(/\.$/, '')}` : ''
  return `error: The replay ${report.id} is ${report.status}, not finished${reason}. ${done}`
}

/** `touchstone.replay/1`: the keys of a side of a comparison, and how the replay went. */
export function toDocument(report: ReplayReport, includeLeaked = false): Record<string, unknown> {
  const { counted, other, leaked } = chooseFigures(report, includeLeaked)
  return {
    schema: 'touchstone.replay/1',
    replay: report.id,
    status: report.status,
    statusReason: report.statusReason,
    policy: report.policySlug,
    promptVersion: report.versionNumber,
    promptHash: report.promptHash,
    golden: `${report.policySlug}/${report.goldenSet}`,
    goldenRevision: report.goldenRevision,
    model: report.modelName,
    rehearsal: report.rehearsal,
    epochs: report.epochs,
    ...counted,
    ...(leaked
      ? {
          leaked: {
            n: leaked.n,
            counted: includeLeaked,
            [includeLeaked ? 'without' : 'with']: { n: other.n, accuracy: other.accuracy, accuracyInterval: other.accuracyInterval },
          },
        }
      : {}),
    costUsd: report.costUsd,
    latencyMs: report.latencyMs,
    total: report.total,
    done: report.done,
    calls: report.progress.calls,
    cached: report.progress.cached,
    durationMs: report.durationMs,
    warnings: report.warnings,
  }
}

/** The figures that the headline shows, and those over the other choice of cases. */
function chooseFigures({ metrics, leaked }: ReplayReport, includeLeaked: boolean) {
  const all = leaked?.all ?? metrics
  return { counted: includeLeaked ? all : metrics, other: includeLeaked ? metrics : all, leaked }
}

function printReport(context: CliContext, report: ReplayReport, includeLeaked = false): void {
  const paint = createPaint(context.stdout, context.environment)
  const { counted: metrics, other, leaked } = chooseFigures(report, includeLeaked)
  const interval = metrics.accuracyInterval
    ? ` (95% CI ${percent(metrics.accuracyInterval.lower)} to ${percent(metrics.accuracyInterval.upper)})`
    : ''
  const unscored = Object.entries(metrics.unscored).filter(([, cases]) => cases > 0)
  const rows = [
    ['accuracy', `${percent(metrics.accuracy)}${interval} of ${count(metrics.n)} scored cases`],
    ['precision', percent(metrics.precision)],
    ['recall', percent(metrics.recall)],
    ['F1', decimal(metrics.f1)],
    ['macro-F1', decimal(metrics.macroF1)],
    ['κ', decimal(metrics.kappa)],
    ['MCC', decimal(metrics.mcc)],
    ['wrong rule', count(metrics.wrongRule)],
    ['unscored', unscored.length ? unscored.map(([reason, cases]) => `${reason} ${count(cases)}`).join(', ') : 'none'],
    ['cost', usd(report.costUsd)],
    ['latency', `p50 ${milliseconds(report.latencyMs.p50)}, p95 ${milliseconds(report.latencyMs.p95)}`],
    [
      'calls',
      `${count(report.progress.calls)} (${count(report.progress.cached)} answers from the cache) in ${duration(report.durationMs)}`,
    ],
  ]
  const version = report.versionNumber === null ? `draft ${report.promptHash.slice(0, 12)}` : `${report.policySlug}@${report.versionNumber}`
  const lines = [
    paint('bold', `${version} on ${report.policySlug}/${report.goldenSet}@${report.goldenRevision} with ${inert(report.modelName)}`),
    ...(report.rehearsal ? [paint('yellow', 'Rehearsal: figures of the bundled word matcher, not of a model.')] : []),
    formatTable([{ title: 'figure' }, { title: 'value' }], rows as string[][]),
    ...report.warnings.map((warning) => paint('yellow', `Note: ${inert(warning)}`)),
    '',
    ...(leaked
      ? [
          `${count(leaked.n)} ${leaked.n === 1 ? 'case is' : 'cases are'} quoted in the prompt and ${includeLeaked ? 'counted all the same' : 'left out'}; ${includeLeaked ? 'without' : 'with'} them: accuracy ${percent(other.accuracy)} of ${count(other.n)}.`,
        ]
      : []),
    `Replay ${report.id}`,
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
}
