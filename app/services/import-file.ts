import { basename } from 'node:path'
import type { CaseMapping } from '~/domain/golden-set/case-mapping'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { ProblemList, type ImportProblem } from '~/domain/golden-set/problems'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { FileDescription, FileFormat } from '~/formats/inspect-file'
import { openCases, type CaseSource } from '~/formats/read-cases'
import { TouchstoneError } from '~/lib/errors'
import type { Author, ImportReport, Workspace } from './workspace-api'

export type ImportFileRequest = {
  file: string
  policySlug: string
  /** Default: made from the file's name. */
  goldenName?: string
  preset?: string
  mapping?: CaseMapping
  format?: FileFormat
  encoding?: string
  delimiter?: string
  /** Line of the header row; 0: there is none. Default: found. */
  headerLine?: number
  relaxQuotes?: boolean
  sheet?: string
  /** Leaves out rows with problems instead of refusing the file. */
  skipInvalid?: boolean
  /** Checks and counts, writes nothing. */
  dryRun?: boolean
  /** `merge` (default) keeps cases that the file does not have; `mirror` removes them. */
  mode?: 'merge' | 'mirror'
  author: Author
  message?: string
  onProgress?: (progress: { stage: 'checking' | 'importing'; rows: number }) => void
}

/** `touchstone.import/1`. `skipped` of the report counts rows that had problems. */
export type ImportFileReport = ImportReport & {
  schema: 'touchstone.import/1'
  file: string
  policy: string
  dryRun: boolean
  source: Pick<FileDescription, 'format' | 'gzip' | 'encoding' | 'encodingBy' | 'delimiter'>
  /** Expected label → number of cases of the file; cases without one are in `unlabelled`. */
  labels: Record<string, number>
  unlabelled: number
  notes: string[]
  problems: ImportProblem[]
  problemCount: number
}

/** The file was not imported because of what is wrong in it. */
export class ImportRefusedError extends TouchstoneError {
  constructor(
    file: string,
    /** The first 50. */
    readonly problems: ImportProblem[],
    readonly problemCount: number,
    skippable: boolean,
  ) {
    super(
      'invalid-input',
      `${file} has ${problemCount === 1 ? 'a problem' : `${problemCount} problems`}; nothing was imported.`,
      skippable
        ? 'Repair the file, or leave the rows with problems out with --skip-invalid.'
        : 'Repair the file, or the options it is read with.',
    )
  }
}

/**
 * Imports a file of cases into a golden set: reads it once to find every problem, and only then again to write all cases in one
 * transaction. Throws {@link ImportRefusedError} with the problems; nothing was written then.
 */
export async function importFile(workspace: Workspace, request: ImportFileRequest): Promise<ImportFileReport> {
  const { file, policySlug } = request
  const policy = await workspace.policies.find(policySlug)
  const scheme = policy?.scheme ?? defaultVerdictScheme
  const source = await openCases(file, { ...request, scheme })
  const check = await checkCases(source, request.onProgress)
  if (check.fatal || (check.problems.total > 0 && !request.skipInvalid))
    throw new ImportRefusedError(file, check.problems.shown, check.problems.total, !check.fatal)
  const { description } = source
  if (description === null || check.cases === 0) throw new ImportRefusedError(file, [emptyProblem(file)], 1, false)

  const goldenName = request.goldenName ?? goldenNameOf(file)
  const report = await workspace.goldenSets.importCases({
    policySlug,
    goldenName,
    cases: validCases(source, check.cases),
    mode: request.mode ?? 'merge',
    author: request.author,
    message: request.message ?? `Imported ${basename(file)}`,
    dryRun: request.dryRun ?? false,
    onProgress: (rows) => request.onProgress?.({ stage: 'importing', rows }),
  })
  const newSeverities = [...check.severities].filter((severity) => !scheme.severities.includes(severity))
  if (newSeverities.length > 0 && !request.dryRun) await workspace.policies.extendScheme(policySlug, { severities: newSeverities })
  return {
    schema: 'touchstone.import/1',
    file,
    policy: policySlug,
    ...report,
    dryRun: request.dryRun ?? false,
    skipped: check.invalidRows,
    source: pick(description),
    labels: check.labels,
    unlabelled: check.unlabelled,
    notes: source.notes,
    problems: check.problems.shown,
    problemCount: check.problems.total,
  }
}

const pick = ({ format, gzip, encoding, encodingBy, delimiter }: FileDescription) => ({ format, gzip, encoding, encodingBy, delimiter })

const emptyProblem = (file: string): ImportProblem => ({
  file,
  line: null,
  column: null,
  value: null,
  message: 'no row of the file can be imported',
  advice: 'Repair the rows, or choose another file.',
})

/** `Test Suite.csv.gz` → `test-suite`. */
export function goldenNameOf(file: string): string {
  const name = basename(file).replace(/(\.(csv|tsv|tab|txt|jsonl|ndjson|json|xlsx|ya?ml|gz))+$/i, '')
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  return slug || 'cases'
}

async function checkCases(source: CaseSource, onProgress: ImportFileRequest['onProgress']) {
  const problems = new ProblemList()
  const invalidLines = new LineCounter()
  const labels = new Map<string, number>()
  const severities = new Set<string>()
  let cases = 0
  let unlabelled = 0
  let fatal = false
  for await (const event of source.read()) {
    if (event.type === 'problem') {
      problems.add(event.problem)
      invalidLines.count(event.problem.line)
      fatal ||= event.fatal
      continue
    }
    cases += 1
    if (cases % progressRows === 0) onProgress?.({ stage: 'checking', rows: cases })
    const { expected } = event.case
    if (expected?.label) labels.set(expected.label, (labels.get(expected.label) ?? 0) + 1)
    else unlabelled += 1
    if (expected?.severity) severities.add(expected.severity)
  }
  onProgress?.({ stage: 'checking', rows: cases })
  return { problems, fatal, cases, invalidRows: invalidLines.rows, labels: Object.fromEntries(labels), unlabelled, severities }
}

const progressRows = 5000

/** A row can have several problems, which come one after the other; it is skipped once. */
class LineCounter {
  rows = 0
  private last: number | null = null

  count(line: number | null): void {
    if (line === null || line === this.last) return
    this.last = line
    this.rows += 1
  }
}

async function* validCases(source: CaseSource, expected: number): AsyncGenerator<GoldenCase> {
  let count = 0
  for await (const event of source.read()) {
    if (event.type === 'problem') continue
    count += 1
    yield event.case
  }
  // Thrown inside the import, so that its transaction is rolled back.
  if (count !== expected)
    throw new TouchstoneError(
      'conflict',
      'The file changed while it was being imported; nothing was imported.',
      'Import it again when it is complete.',
    )
}
