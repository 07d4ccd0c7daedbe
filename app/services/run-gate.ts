import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Comparison } from '~/domain/comparison/comparison'
import { evaluateGate } from '~/domain/gate/evaluate-gate'
import { slicesNeeded } from '~/domain/gate/gate-conditions'
import type { GateEvaluation } from '~/domain/gate/gate-result'
import { parseSuite, type Suite } from '~/domain/gate/suite'
import { describeYamlProblems } from '~/domain/policy/yaml-text'
import { writeGateHtml, writeGateJunit, writeGateMarkdown } from '~/formats/reports/gate-reports'
import { TouchstoneError } from '~/lib/errors'
import { modelConfigurationSchema, type ModelConfiguration } from '~/replay/model-configuration'
import { readHtmlFlips } from './comparison-reports'
import { resolveGolden, resolvePrompt } from './replay-inputs'
import type { Author, ReplayReport, ReplaySummary, Workspace } from './workspace-api'

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
  comparison: Comparison
}

export type GateRequest = {
  suiteFile: string
  author: Author
  /** Replays anew even where finished replays of the same inputs exist. */
  fresh?: boolean
  concurrency?: number
  /** Runs one replay to its end: the command line shows progress and listens for interrupts. */
  runReplay: (replay: ReplaySummary, side: 'baseline' | 'candidate') => Promise<ReplayReport>
  onNote?: (text: string) => void
}

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

  const replaySide = async (side: 'baseline' | 'candidate') => {
    const prompt = await resolvePrompt(workspace, policySlug, suite[side], author)
    const { replay } = await workspace.replays.prepare({
      policySlug,
      prompt: { version: prompt.version },
      goldenSet,
      goldenRevision,
      model: suite.model,
      epochs: suite.epochs,
      ...(request.concurrency === undefined ? {} : { options: { concurrency: request.concurrency } }),
      author,
      fresh: request.fresh ?? false,
      reuseFinished: !request.fresh,
    })
    const reused = replay.status === 'finished'
    if (reused) request.onNote?.(`The ${side} (${policySlug}@${prompt.version}) is replayed already.`)
    const report = reused ? await workspace.replays.report(replay.id) : await request.runReplay(replay, side)
    if (report.status !== 'finished')
      throw new TouchstoneError(
        'unfinished',
        `The replay ${report.id} of the ${side} is ${report.status}, not finished${report.statusReason ? `: ${report.statusReason.replace(/\.$/, '')}` : ''}.`,
        'Run the gate again to continue it; a gate is never passed with results missing.',
      )
    return { report, reused, prompt: `${policySlug}@${prompt.version}` }
  }
  const baseline = await replaySide('baseline')
  const candidate = await replaySide('candidate')
  const comparison = await workspace.comparisons.compare(baseline.report.id, candidate.report.id, {
    margin: suite.gate.margin,
    confidence: 1 - suite.gate.alpha,
    by: slicesNeeded(suite.gate),
  })
  const missing = ({ report }: { report: ReplayReport }) => Math.max(0, report.total - report.done)
  const evaluation = evaluateGate(suite.gate, comparison, {
    missing: { baseline: missing(baseline), candidate: missing(candidate) },
    golden: { baselineHash: revision.contentHash, candidateHash: revision.contentHash, expectedHash: suite.goldenHash ?? null },
  })
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
    comparison,
  }
}

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
