import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Comparison } from '~/domain/comparison/comparison'
import { evaluateStopped } from '~/domain/gate/early-stop'
import { differenceName } from '~/domain/gate/evaluate-gate'
import type { GateEvaluation } from '~/domain/gate/gate-result'
import { parseSuite, type Suite } from '~/domain/gate/suite'
import { describeYamlProblems } from '~/domain/policy/yaml-text'
import { writeGateHtml, writeGateJunit, writeGateMarkdown } from '~/formats/reports/gate-reports'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import { modelConfigurationSchema, type ModelConfiguration } from '~/replay/model-configuration'
import { readHtmlFlips } from './comparison-reports'
import { describeEarlyStop, runEarlyStop, unfinished, type EarlyStopReport } from './early-stop'
import { judgeGate } from './judge-gate'
import { resolveGolden, resolvePrompt } from './replay-inputs'
import type { Author, ReplayEstimate, ReplayStanding, ReplaySummary, Workspace } from './workspace-api'

/** How one side of a gate was come by. */
export type GateSideReport = {
  replay: string
  prompt: string
  promptHash: string
  calls: number
  cached: number
  durationMs: number
  reused: boolean
}

/** `touchstone.gate/1`. The comparison is without its cases. */
export type GateReport = GateEvaluation & {
  schema: 'touchstone.gate/1'
  suite: string
  name: string
  policy: string
  golden: { set: string; revision: number; contentHash: string }
  model: string
  rehearsal: boolean
  baseline: GateSideReport
  candidate: GateSideReport
  /** With `--early-stop`, where not everything was replayed before. */
  earlyStop?: EarlyStopReport
  comparison: Comparison
}

export type GateRequest = {
  suiteFile: string
  author: Author
  /** Replays anew even where finished replays of the same inputs exist. */
  fresh?: boolean
  concurrency?: number
  /** Stops as soon as the answer is certain at the suite's α. The seed of the order follows from the inputs unless told. */
  earlyStop?: { seed?: number }
  /** Runs one replay to its end, or these cases of it: the command line shows progress and listens for interrupts. */
  runReplay: (replay: ReplaySummary, side: 'baseline' | 'candidate', onlyCaseIds?: readonly string[]) => Promise<ReplayStanding>
  /** Before anything is asked, of each side that is not replayed yet. */
  onEstimate?: (side: 'baseline' | 'candidate', replay: ReplaySummary, estimate: () => Promise<ReplayEstimate>) => Promise<void>
  onNote?: (text: string) => void
}

/** A gate that waits for ever tells nobody anything. */
const patienceMinutes = 10

/**
 * Runs a suite: replays what is not yet replayed, compares, and judges every condition. Throws a TouchstoneError where there is nothing to
 * judge: an unreadable suite, missing files, or a replay that did not finish.
 */
export async function runGate(workspace: Workspace, request: GateRequest): Promise<GateReport> {
  const suite = await readSuite(request.suiteFile)
  const { author } = request
  const golden = await resolveGolden(workspace, { golden: suite.golden, policy: suite.policy, author })
  const { policySlug, goldenSet } = golden
  const goldenRevision = golden.goldenRevision ?? (await workspace.goldenSets.get(policySlug, goldenSet)).head
  const revision = (await workspace.goldenSets.revisions(policySlug, goldenSet)).find((candidate) => candidate.number === goldenRevision)
  if (!revision)
    throw new TouchstoneError(
      'not-found',
      `The golden set ${policySlug}/${goldenSet} has no revision ${goldenRevision}.`,
      'Name a revision that it has.',
    )

  const prepareSide = async (side: 'baseline' | 'candidate') => {
    const prompt = await resolvePrompt(workspace, policySlug, suite[side], author)
    const replayRequest = {
      policySlug,
      prompt: { version: prompt.version },
      goldenSet,
      goldenRevision,
      model: suite.model,
      epochs: suite.epochs,
      options: { patienceMinutes, ...(request.concurrency === undefined ? {} : { concurrency: request.concurrency }) },
      author,
      fresh: request.fresh ?? false,
    }
    const { replay } = await workspace.replays.prepare({ ...replayRequest, reuseFinished: !request.fresh })
    const reused = replay.status === 'finished'
    if (reused) request.onNote?.(`The ${side} (${policySlug}@${prompt.version}) is replayed already.`)
    else await request.onEstimate?.(side, replay, () => workspace.replays.estimate(replayRequest))
    return { replay, reused, prompt: `${policySlug}@${prompt.version}` }
  }
  const runSide = async (side: 'baseline' | 'candidate', { replay, reused }: Awaited<ReturnType<typeof prepareSide>>) => {
    const report = reused ? await workspace.replays.standing(replay.id) : await request.runReplay(replay, side)
    if (report.status !== 'finished') throw unfinished(report, side)
    return report
  }
  const sides = { baseline: await prepareSide('baseline'), candidate: await prepareSide('candidate') }
  const early =
    request.earlyStop && !(sides.baseline.reused && sides.candidate.reused)
      ? await runEarlyStop(workspace, {
          policySlug,
          goldenSet,
          goldenRevision,
          conditions: suite.gate,
          prompts: {
            baseline: await workspace.prompts.textByHash(sides.baseline.replay.promptHash),
            candidate: await workspace.prompts.textByHash(sides.candidate.replay.promptHash),
          },
          replays: { baseline: sides.baseline.replay, candidate: sides.candidate.replay },
          seed: request.earlyStop.seed ?? seedOf(revision.contentHash, sides.baseline.replay.promptHash, sides.candidate.replay.promptHash),
          runReplay: request.runReplay,
        })
      : null
  const baseline = { ...sides.baseline, report: early?.reports.baseline ?? (await runSide('baseline', sides.baseline)) }
  const candidate = { ...sides.candidate, report: early?.reports.candidate ?? (await runSide('candidate', sides.candidate)) }
  const missing = ({ report }: { report: ReplayStanding }) => Math.max(0, report.total - report.done)
  const { comparison, evaluation: complete } = await judgeGate(
    workspace,
    suite.gate,
    { baseline: baseline.report.id, candidate: candidate.report.id },
    {
      missing: { baseline: missing(baseline), candidate: missing(candidate) },
      golden: { baselineHash: revision.contentHash, candidateHash: revision.contentHash, expectedHash: suite.goldenHash ?? null },
    },
  )
  const earlyStop = early && describeEarlyStop(early)
  const evaluation = early?.stopped
    ? evaluateStopped(complete, early.state, {
        total: early.cases,
        callsSaved: earlyStop?.callsSaved ?? 0,
        alpha: suite.gate.alpha,
        differenceName: differenceName(suite.gate),
      })
    : complete
  const describe = ({ report, reused, prompt }: typeof baseline): GateSideReport => ({
    replay: report.id,
    prompt,
    promptHash: report.promptHash,
    calls: report.progress.calls,
    cached: report.progress.cached,
    durationMs: report.durationMs,
    reused,
  })
  return {
    schema: 'touchstone.gate/1',
    suite: request.suiteFile,
    name: suite.name ?? basename(request.suiteFile).replace(/\.ya?ml$/i, ''),
    ...evaluation,
    policy: policySlug,
    golden: { set: `${policySlug}/${goldenSet}`, revision: goldenRevision, contentHash: revision.contentHash },
    model: candidate.report.modelName,
    rehearsal: candidate.report.rehearsal,
    baseline: describe(baseline),
    candidate: describe(candidate),
    ...(earlyStop ? { earlyStop } : {}),
    comparison,
  }
}

/** The same golden set and prompts give the same order, so that nobody can try seeds until one suits. */
const seedOf = (...hashes: string[]): number => Number.parseInt(hashText(hashes.join('\n')).slice(0, 8), 16)

/** Reads a suite file and makes its paths absolute. Throws a TouchstoneError that names each problem with its line. */
export async function readSuite(file: string): Promise<Suite<ModelConfiguration>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new TouchstoneError(
      'not-found',
      `There is no suite file ${file} that can be read.`,
      'Name a suite file (YAML), such as evals/suites/community-hate.yaml.',
      { cause },
    )
  }
  const reading = parseSuite(text, file, modelConfigurationSchema)
  if (!reading.ok) throw new TouchstoneError('invalid-input', describeYamlProblems(reading.problems), 'Repair the suite.')
  const folder = dirname(resolve(file))
  const locate = (key: 'policy' | 'golden' | 'baseline' | 'candidate'): string => {
    const written = reading.value[key]
    const path = resolve(folder, written)
    if (existsSync(path)) return path
    // A path cannot be a stored name; a missing file has to be named with its line.
    if (/\.(ya?ml|jsonl|ndjson|json|csv|tsv|xlsx|md|txt|gz)$/i.test(written) || written.startsWith('.'))
      throw new TouchstoneError(
        'not-found',
        `${file}:${reading.lineOf([key])}: there is no file ${written}.`,
        'Paths are relative to the suite file.',
      )
    return written
  }
  return {
    ...reading.value,
    policy: locate('policy'),
    golden: locate('golden'),
    baseline: locate('baseline'),
    candidate: locate('candidate'),
  }
}

export const gateReportKinds = ['markdown', 'junit', 'html'] as const
export type GateReportKind = (typeof gateReportKinds)[number]

/** A report on a gate as text. */
export async function createGateReport(workspace: Workspace, report: GateReport, kind: GateReportKind): Promise<string> {
  if (kind === 'junit') return writeGateJunit(report)
  const flips = await readHtmlFlips(workspace, report.comparison)
  return kind === 'markdown' ? writeGateMarkdown(report, flips.regressed) : writeGateHtml(report, flips)
}
