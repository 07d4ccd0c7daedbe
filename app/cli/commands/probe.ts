import type { Command } from 'commander'
import { defaultProbeLimit, findTransform, transformNames, type TransformName } from '~/domain/probes/transforms'
import type { ProbeSelection } from '~/domain/probes/probe-selection'
import { judgeLimits, type LimitResult } from '~/domain/probes/robustness-limits'
import { TouchstoneError } from '~/lib/errors'
import type { ProbeReport, ProbeRequest } from '~/services/probes-api'
import type { Workspace } from '~/services/workspace-api'
import { readAuthor } from '../author'
import { exitCodes, say, writeJson, type CliContext } from '../context'
import { tellEstimate, wantsEstimate } from '../estimate'
import { count } from '../format-figures'
import { readHoldout, revealOption, type Place } from '../holdout'
import { addModelOptions, readModel, type ModelOptions } from '../model-option'
import { amount, collect, realNumber, wholeNumber } from '../options'
import { watchRun } from '../run-with-progress'
import { inert } from '../terminal'

type ProbeOptions = ModelOptions & {
  prompt?: string
  golden?: string
  policy?: string
  case?: string[]
  limit?: number
  all?: boolean
  sampleSeed?: number
  transform?: string[]
  by?: string[]
  list?: boolean
  maxMoved?: number
  maxAttackSuccess?: number
  maxFalseAlarms?: number
  concurrency?: number
  maxCostUsd?: number
  cache?: boolean
  refresh?: boolean
  new?: boolean
  cases?: boolean
  revealHoldout?: string
  json?: boolean
}

const share = realNumber(0, 1)

export function registerProbe(program: Command, context: CliContext): void {
  const command = program
    .command('probe')
    .summary('ask how verdicts hold when texts are disguised or wrapped in an injection')
    .description(
      'Makes variants of golden cases (disguised texts, injections, and harmless look-alikes of both), asks the model about them, and says how many verdicts moved. Probes are kept apart from the golden set and enter none of its figures. Given the same inputs as an unfinished run, continues it.',
    )
    .argument('[replay]', 'replay whose prompt, golden revision, model and verdicts are probed: an id, or POLICY@VERSION')
    .option('--prompt <file|policy@version>', 'instead of a replay: the prompt')
    .option('--golden <file|policy/name[@revision]>', 'the golden set whose cases are probed')
    .option('--model <provider:name>', 'openai:NAME, or touchstone:rehearsal (no key needed; a rehearsal, not a judgement)')
    .option('--policy <slug|file>', 'policy that a golden file belongs to')
    .option('--case <id>', 'probe this case (repeatable)', collect)
    .option('--limit <number>', `probe so many cases, drawn at random (default: ${defaultProbeLimit})`, wholeNumber(1, 1_000_000))
    .option('--all', 'probe every case')
    .option('--sample-seed <number>', 'of the drawing (default: 1)', wholeNumber(0, 4_294_967_295))
    .option('--transform <name>', `only this one (repeatable): ${transformNames.join(', ')}`, collect)
    .option('--by <column>', 'figures by rule, tag, locale or a column (repeatable; default: rule)', collect)
    .option('--list', 'write the texts as JSON Lines and ask nothing')
    .option('--max-moved <share>', 'fail when more of the disguised texts move, e.g. 0.05', share)
    .option('--max-attack-success <share>', 'fail when more injections turn a violating verdict into an allowed one', share)
    .option('--max-false-alarms <share>', 'fail when more look-alikes turn an allowed verdict into a violating one', share)
    .option('--concurrency <number>', 'calls under way at once (default: adapts)', wholeNumber(1, 1024))
    .option('--max-cost-usd <amount>', 'stop when the calls have cost this much', amount)
    .option('--refresh', 'ask again even where an answer is cached')
    .option('--no-cache', 'neither read nor write the response cache')
    .option('--new', 'start another run even where one of the same inputs exists')
    .option('--json', 'print one JSON document')
    .option('--no-cases', 'leave the texts that moved out of the JSON')
    .option(...revealOption)
  addModelOptions(command)
    .addHelpText(
      'after',
      `
A limit passes when the 95% interval lies within it, fails (exit code 1) when it lies beyond, and is inconclusive (2) otherwise; what got no
verdict counts against a pass.

Examples:
  $ touchstone probe community-hate@production
  $ touchstone probe --prompt prompts/v2.md --golden community-hate/cases --model touchstone:rehearsal --all --max-moved 0.05
  $ touchstone probe community-hate@2 --case ch-017 --transform leet --transform verdictOverride
  $ touchstone probe --golden community-hate/cases --limit 20 --list > probes.jsonl`,
    )
    .action((replay: string | undefined, options: ProbeOptions) => runProbe(context, replay, options))
}

async function runProbe(context: CliContext, replay: string | undefined, options: ProbeOptions): Promise<void> {
  context.jsonEvents = (options.json ?? false) && !options.list
  const selection = readSelection(options)
  if (options.list) return await listProbes(context, replay, options, selection)
  const request = await readRequest(context, replay, options, selection)
  const workspace = await context.openWorkspace()
  const { run, continued } = await workspace.probes.prepare(request)
  if (run.status === 'finished') say(context, `These probes were run already (${run.id}); run them anew with --new.`)
  else if (continued) say(context, `Continuing the run ${run.id}: ${count(run.done)} of ${count(run.total)} texts are done.`)
  else say(context, startSentence(run.parents, run.parentsOf, run.total, selection))
  if (run.status !== 'finished' && wantsEstimate(context, run, 'model' in request ? request.model.baseUrl : undefined))
    tellEstimate(context, await workspace.probes.estimate(request), { budgetUsd: options.maxCostUsd })
  const report = await watchRun(context, 'Probing', {
    run: (opened, onEvent, signal) => opened.probes.run(run.id, onEvent, signal, options.by),
    report: (opened) => opened.probes.report(run.id, options.by),
  })
  const limits = judgeLimits(report.robustness, {
    ...(options.maxMoved === undefined ? {} : { moved: options.maxMoved }),
    ...(options.maxAttackSuccess === undefined ? {} : { attackSuccess: options.maxAttackSuccess }),
    ...(options.maxFalseAlarms === undefined ? {} : { falseAlarms: options.maxFalseAlarms }),
  })
  await show(context, workspace, report, limits, options)
  context.exitCode = exitCodeOf(report, limits)
  if (report.status === 'finished') return
  const reason = report.statusReason ? `: ${inert(report.statusReason).replace(/\.$/, '')}` : ''
  say(
    context,
    `error: The run ${report.id} is ${report.status}, not finished${reason}. ${count(report.done)} of ${count(report.total)} texts are done; run the same command again to continue it.`,
  )
}

async function show(
  context: CliContext,
  workspace: Workspace,
  report: ProbeReport,
  limits: readonly LimitResult[],
  options: ProbeOptions,
): Promise<void> {
  if (options.json) {
    const place = { slug: report.policySlug, golden: report.goldenSet }
    const withCases = options.cases !== false
    const shown = withCases ? await openHoldout(context, workspace, place, options) : workspace
    const { toRobustnessDocument } = await import('~/services/robustness-document')
    writeJson(context, await toRobustnessDocument(shown.probes, report, { limits, withCases }))
  } else if (report.done > 0) {
    const { printRobustness } = await import('../print-robustness')
    printRobustness(context, report, limits)
  }
}

/** Texts of the sealed holdout are shown to who says why, on record. */
async function openHoldout(
  context: CliContext,
  workspace: Workspace,
  place: Place,
  { revealHoldout: reason }: ProbeOptions,
): Promise<Workspace> {
  return (await readHoldout(context, workspace, place, { reason, what: 'probes' })).workspace
}

/** A run that did not end says nothing of what it left out: that is an error, whatever its figures say. */
function exitCodeOf(report: ProbeReport, limits: readonly LimitResult[]): number {
  if (report.status !== 'finished') return exitCodes.error
  if (limits.some(({ result }) => result === 'fail')) return exitCodes.failed
  return limits.some(({ result }) => result === 'inconclusive') ? exitCodes.inconclusive : exitCodes.pass
}

function startSentence(parents: number, of: number, texts: number, { limit, seed, caseIds }: ProbeSelection): string {
  const drawn = caseIds === null && limit !== null && parents < of
  return `Probing ${count(parents)} of ${count(of)} cases with ${count(texts)} texts${drawn ? ` (drawn with seed ${seed}; --all for every case)` : ''}.`
}

function readSelection(options: ProbeOptions): ProbeSelection {
  if (options.case && (options.all || options.limit !== undefined))
    throw new TouchstoneError('invalid-input', '--case names the cases; --limit and --all draw them.', 'Leave one of them out.')
  if (options.all && options.limit !== undefined)
    throw new TouchstoneError('invalid-input', '--all and --limit contradict each other.', 'Leave one of them out.')
  return {
    caseIds: options.case ?? null,
    limit: options.all || options.case ? null : (options.limit ?? defaultProbeLimit),
    seed: options.sampleSeed ?? 1,
    transforms: options.transform?.map(readTransform) ?? [...transformNames],
  }
}

function readTransform(written: string): TransformName {
  const name = findTransform(written)
  if (name) return name
  throw new TouchstoneError(
    'invalid-input',
    `There is no transform ${JSON.stringify(written)}.`,
    `Use one of: ${transformNames.join(', ')}.`,
  )
}

async function readRequest(
  context: CliContext,
  replay: string | undefined,
  options: ProbeOptions,
  selection: ProbeSelection,
): Promise<ProbeRequest> {
  const author = readAuthor(context.environment)
  const common = {
    selection,
    author,
    fresh: options.new ?? false,
    options: {
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.maxCostUsd === undefined ? {} : { maxCostUsd: options.maxCostUsd }),
      cache: options.cache === false ? ('off' as const) : options.refresh ? ('refresh' as const) : ('use' as const),
    },
  }
  const { prompt, golden, model } = options
  if (replay !== undefined) {
    if (prompt !== undefined || golden !== undefined || model !== undefined)
      throw new TouchstoneError(
        'invalid-input',
        'A replay has its prompt, golden set and model.',
        'Name the replay alone, or --prompt, --golden and --model without a replay.',
      )
    const workspace = await context.openWorkspace()
    return { ...common, replayId: await workspace.replays.resolve(replay) }
  }
  if (prompt === undefined || golden === undefined || model === undefined)
    throw new TouchstoneError(
      'invalid-input',
      'What is probed? Name a replay (an id or POLICY@VERSION), or --prompt, --golden and --model.',
      'See touchstone probe --help.',
    )
  const configuration = await readModel(options, context)
  const workspace = await context.openWorkspace()
  const resolved = await resolve(context, { ...options, golden })
  const { resolvePrompt } = await import('~/services/replay-inputs')
  const version = await resolvePrompt(workspace, resolved.policySlug, prompt, author)
  if (version.created) say(context, `Kept ${inert(prompt)} as ${resolved.policySlug}@${version.version}.`)
  return {
    ...common,
    policySlug: resolved.policySlug,
    prompt: { version: version.version },
    goldenSet: resolved.goldenSet,
    ...(resolved.goldenRevision === undefined ? {} : { goldenRevision: resolved.goldenRevision }),
    model: configuration,
  }
}

async function resolve(context: CliContext, options: { golden: string; policy?: string }) {
  const { resolveGolden } = await import('~/services/replay-inputs')
  return await resolveGolden(await context.openWorkspace(), {
    golden: options.golden,
    author: readAuthor(context.environment),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  })
}

/** One probe a line, as a case file would have it, with what it was made of in `meta`. */
async function listProbes(
  context: CliContext,
  replay: string | undefined,
  options: ProbeOptions,
  selection: ProbeSelection,
): Promise<void> {
  const workspace = await context.openWorkspace()
  if (replay === undefined && options.golden === undefined)
    throw new TouchstoneError('invalid-input', 'Whose cases are listed? Name a replay or --golden.', 'See touchstone probe --help.')
  const source =
    replay === undefined
      ? await resolve(context, { ...options, golden: options.golden! })
      : await workspace.replays.get(await workspace.replays.resolve(replay))
  const { policySlug, goldenSet, goldenRevision } = source
  const shown = await openHoldout(context, workspace, { slug: policySlug, golden: goldenSet }, options)
  for await (const { parent, revision, probe } of shown.probes.variants(policySlug, goldenSet, selection, goldenRevision)) {
    const { id, content, kind, transform } = probe
    const line = {
      id,
      content,
      context: parent.context,
      expected: parent.expected,
      meta: { parent: parent.id, parentRevision: revision, kind, transform },
    }
    context.stdout.write(`${JSON.stringify(line)}\n`)
  }
}
