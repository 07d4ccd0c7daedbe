import { basename } from 'node:path'
import type { CaseMapping } from '~/domain/golden-set/case-mapping'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { ProblemList, type ImportProblem } from '~/domain/golden-set/problems'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { FileDescription, FileFormat } from '~/formats/inspect-file'
import { openCases, type CaseSource } from '~/formats/read-cases'
import { TouchstoneError } from '~/lib/errors'
import { goldenNameOf } from './golden-name'
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
  onProgress?: (progress: { rows: number }) => void
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
  /** How the columns were read, as a `touchstone.mapping/1` document holds it; null for our own lines. */
  layout: { preset: string | null; mapping: CaseMapping | null }
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
 * Imports a file of cases into a golden set. The rows are checked while the import stages them; when the file ends and something was wrong,
 * the import is abandoned before it has written anything. Throws {@link ImportRefusedError} with the problems then.
 */
export async function importFile(workspace: Workspace, request: ImportFileRequest): Promise<ImportFileReport> {
  const { file, policySlug } = request
  const policy = await workspace.policies.find(policySlug)
  const source = await openCases(file, { ...request, scheme: policy?.scheme ?? defaultVerdictScheme })
  const tally = new Tally()
  const report = await workspace.goldenSets.importCases({
    policySlug,
    goldenName: request.goldenName ?? goldenNameOf(file),
    cases: checkedCases(file, source, tally, request),
    mode: request.mode ?? 'merge',
    author: request.author,
    message: request.message ?? `Imported ${basename(file)}`,
    dryRun: request.dryRun ?? false,
  })
  const { description } = source
  // Without one the rows would have been refused.
  if (description === null) throw new ImportRefusedError(file, [], 1, false)
  return {
    schema: 'touchstone.import/1',
    file,
    policy: policySlug,
    ...report,
    dryRun: request.dryRun ?? false,
    skipped: tally.invalidRows,
    source: pick(description),
    labels: Object.fromEntries(tally.labels),
    unlabelled: tally.unlabelled,
    notes: source.notes,
    layout: { preset: source.preset, mapping: source.mapping },
    problems: tally.problems.shown,
    problemCount: tally.problems.total,
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

/** The valid cases of the file, counted as they pass; throws behind the last one where the file has to be refused. */
async function* checkedCases(file: string, source: CaseSource, tally: Tally, request: ImportFileRequest): AsyncGenerator<GoldenCase> {
  let fatal = false
  for await (const event of source.read()) {
    if (event.type === 'problem') {
      tally.addProblem(event.problem)
      fatal ||= event.fatal
      continue
    }
    tally.addCase(event.case)
    if (tally.cases % progressRows === 0) request.onProgress?.({ rows: tally.cases })
    // What is going to be refused need not be staged; the rest of the file is still read for its problems.
    if (tally.problems.total === 0 || request.skipInvalid) yield event.case
  }
  if (fatal || (tally.problems.total > 0 && !request.skipInvalid))
    throw new ImportRefusedError(file, tally.problems.shown, tally.problems.total, !fatal)
  if (tally.cases === 0) throw new ImportRefusedError(file, [emptyProblem(file)], 1, false)
  request.onProgress?.({ rows: tally.cases })
}

const progressRows = 5000

/** What a file holds, counted while it is read. */
class Tally {
  readonly problems = new ProblemList()
  readonly labels = new Map<string, number>()
  cases = 0
  unlabelled = 0
  invalidRows = 0
  private lastInvalidLine: number | null = null

  addCase({ expected }: GoldenCase): void {
    this.cases += 1
    if (expected?.label) this.labels.set(expected.label, (this.labels.get(expected.label) ?? 0) + 1)
    else this.unlabelled += 1
  }

  /** A row can have several problems, which come one after the other; it is skipped once. */
  addProblem(problem: ImportProblem): void {
    this.problems.add(problem)
    if (problem.line === null || problem.line === this.lastInvalidLine) return
    this.lastInvalidLine = problem.line
    this.invalidRows += 1
  }
}
