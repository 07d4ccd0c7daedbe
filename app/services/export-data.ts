import type { ComparedCase, Comparison } from '~/domain/comparison/comparison'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { comparisonTables, writeComparisonTable, type ComparisonTable } from '~/formats/reports/comparison-tables'
import { caseExportFormats, writeCases, type CaseExportFormat } from '~/formats/write-cases'
import { writeRow } from '~/formats/write-delimited'
import { TouchstoneError } from '~/lib/errors'
import { createComparisonReport, type ComparisonReportKind } from './comparison-reports'
import { resolveGolden } from './replay-inputs'
import type { ComparisonOptions, Workspace } from './workspace-api'

export { comparisonTables }
export const goldenExportFormats = [...caseExportFormats, 'openai-fine-tuning', 'dpo'] as const
export type GoldenExportFormat = (typeof goldenExportFormats)[number]

export type GoldenExportRequest = {
  /** `POLICY/NAME[@REVISION]`. */
  golden: string
  format: GoldenExportFormat
  /** For training formats: the version whose text is the system message; default the production version, else the newest. */
  version?: number
  /** For DPO pairs: the replay whose wrong answers are the rejected ones. */
  replay?: string
  /** These cases alone. */
  only?: ReadonlySet<string>
}

/** A golden set as pieces of text. Throws a TouchstoneError for what does not exist. */
export async function* exportGoldenSet(workspace: Workspace, request: GoldenExportRequest): AsyncGenerator<string> {
  const { policySlug, goldenSet, goldenRevision } = await resolveGolden(workspace, { golden: request.golden, author: 'export' })
  const open = () => onlyThese(workspace.goldenSets.stream(policySlug, goldenSet, goldenRevision), request.only)
  if (isCaseFormat(request.format)) {
    yield* writeCases(request.format, open)
    return
  }
  const { scheme } = await workspace.policies.get(policySlug)
  const { text } = await workspace.prompts.versionText(policySlug, request.version ?? (await versionToTeach(workspace, policySlug)))
  const { writeFineTuning, writePreferencePairs } = await import('~/formats/write-training')
  const training = { scheme, promptText: text }
  if (request.format === 'openai-fine-tuning') yield* writeFineTuning(trainingCases(open()), training)
  else yield* writePreferencePairs(wrongAnswers(workspace, open, request.replay), training)
}

async function* onlyThese(cases: AsyncIterable<GoldenCase>, only: ReadonlySet<string> | undefined): AsyncGenerator<GoldenCase> {
  for await (const golden of cases) if (!only || only.has(golden.id)) yield golden
}

const isCaseFormat = (format: GoldenExportFormat): format is CaseExportFormat => (caseExportFormats as readonly string[]).includes(format)

async function versionToTeach(workspace: Workspace, slug: string): Promise<number> {
  const versions = await workspace.prompts.versions(slug)
  const version =
    versions.find((candidate) => candidate.labels.includes('production')) ??
    versions.reduce<(typeof versions)[number] | undefined>(
      (newest, candidate) => (newest && newest.number > candidate.number ? newest : candidate),
      undefined,
    )
  if (!version)
    throw new TouchstoneError(
      'invalid-input',
      `The policy ${slug} has no prompt version to train with.`,
      'Save one, or replay a prompt file.',
    )
  return version.number
}

/** Only the training split teaches: a model that has seen the cases it is measured on is not measured. */
async function* trainingCases(cases: AsyncIterable<GoldenCase>): AsyncGenerator<GoldenCase> {
  let count = 0
  for await (const golden of cases) {
    if (!isTraining(golden) || !golden.expected?.label) continue
    count += 1
    yield golden
  }
  if (count === 0)
    throw new TouchstoneError(
      'invalid-input',
      'No labelled case is in the training split.',
      'Set "split" to "train" for the cases that a model may learn from.',
    )
}

const isTraining = (golden: GoldenCase) => golden.split === 'train' || golden.split === 'training'

async function* wrongAnswers(workspace: Workspace, open: () => AsyncIterable<GoldenCase>, reference: string | undefined) {
  if (reference === undefined)
    throw new TouchstoneError(
      'invalid-input',
      'Preference pairs need the replay whose wrong answers are the rejected ones.',
      'Name it: --replay ID or --replay POLICY@VERSION.',
    )
  const replayId = await workspace.replays.resolve(reference)
  const wrong = new Map<string, NonNullable<Awaited<ReturnType<Workspace['replays']['trials']>>['rows'][number]['verdict']>>()
  for await (const { caseId, judgement } of readTrials(workspace, replayId, 'wrong'))
    if (judgement.verdict && !wrong.has(caseId)) wrong.set(caseId, judgement.verdict)
  for await (const golden of trainingCases(open())) {
    const rejected = wrong.get(golden.id)
    if (rejected) yield { golden, rejected }
  }
}

const pageSize = 1000

async function* readTrials(workspace: Workspace, replayId: string, outcome?: 'wrong') {
  for (let offset = 0; ; offset += pageSize) {
    const page = await workspace.replays.trials(replayId, { ...(outcome ? { outcome } : {}), offset, limit: pageSize })
    for (const [index, judgement] of page.rows.entries()) yield { caseId: page.caseIds[index] ?? '', judgement }
    if (offset + page.rows.length >= page.total || page.rows.length === 0) return
  }
}

/** The trials of a replay: JSON Lines, with each answer word for word and what it took where that is wanted, or a table. */
export async function* exportReplay(
  workspace: Workspace,
  reference: string,
  format: 'jsonl' | 'csv' | 'tsv',
  options: { rawAnswers?: boolean } = {},
): AsyncGenerator<string> {
  if (options.rawAnswers && format !== 'jsonl')
    throw new TouchstoneError('invalid-input', `Raw answers do not fit into a table (${format}).`, 'Use --format jsonl.')
  const replayId = await workspace.replays.resolve(reference)
  const delimiter = format === 'csv' ? ',' : '\t'
  if (format !== 'jsonl')
    yield writeRow(
      ['case', 'epoch', 'outcome', 'ruleOutcome', 'label', 'rules', 'severity', 'confidence', 'rationale', 'detail'],
      delimiter,
    )
  for await (const { caseId, judgement } of readTrials(workspace, replayId)) {
    const { epoch, outcome, ruleOutcome, verdict, detail } = judgement
    if (format === 'jsonl') {
      const trial = { case: caseId, epoch, outcome, ruleOutcome, verdict, detail }
      yield `${JSON.stringify(options.rawAnswers ? { ...trial, ...(await readRaw(workspace, replayId, caseId, epoch)) } : trial)}\n`
    } else
      yield writeRow(
        [
          caseId,
          String(epoch),
          outcome,
          ruleOutcome ?? '',
          verdict?.label ?? '',
          verdict?.rules.join('; ') ?? '',
          verdict?.severity ?? '',
          verdict?.confidence === undefined ? '' : String(verdict.confidence),
          verdict?.rationale ?? '',
          detail ?? '',
        ],
        delimiter,
      )
  }
}

async function readRaw(workspace: Workspace, replayId: string, caseId: string, epoch: number) {
  const { text, ...effort } = await workspace.replays.answer(replayId, caseId, epoch)
  return { answer: text, ...effort }
}

/** One table of a comparison as CSV. */
export async function* exportComparisonTable(
  workspace: Workspace,
  { baseline, candidate, table }: { baseline: string; candidate: string; table: ComparisonTable },
  options: ComparisonOptions = {},
): AsyncGenerator<string> {
  const replays = [await workspace.replays.resolve(baseline), await workspace.replays.resolve(candidate)] as const
  yield writeComparisonTable(await workspace.comparisons.compare(...replays, options), table)
}

export type ComparisonExportFormat = 'json' | ComparisonReportKind

/** A comparison of two replays: the `touchstone.comparison/1` document with its cases, or a report. */
export async function* exportComparison(
  workspace: Workspace,
  baselineReference: string,
  candidateReference: string,
  format: ComparisonExportFormat,
  options: ComparisonOptions = {},
): AsyncGenerator<string> {
  const baseline = await workspace.replays.resolve(baselineReference)
  const candidate = await workspace.replays.resolve(candidateReference)
  const comparison = await workspace.comparisons.compare(baseline, candidate, options)
  if (format === 'json') yield* writeComparisonJson(comparison, workspace.comparisons.streamCases(baseline, candidate, options))
  else yield* createComparisonReport(workspace, comparison, format)
}

/** The document with its cases streamed: they need not fit into memory together. */
export async function* writeComparisonJson(comparison: Comparison, cases: AsyncIterable<ComparedCase> | null): AsyncGenerator<string> {
  const head = JSON.stringify(comparison, null, 2)
  if (cases === null) {
    yield `${head}\n`
    return
  }
  yield `${head.slice(0, head.lastIndexOf('\n}'))},\n  "cases": [`
  let separator = '\n    '
  for await (const compared of cases) {
    yield separator + JSON.stringify(compared)
    separator = ',\n    '
  }
  yield `${separator === '\n    ' ? '' : '\n  '}]\n}\n`
}
