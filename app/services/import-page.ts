import { mappedColumns, ruleIdOf } from '../domain/golden-set/case-mapping'
import { guessMapping } from '../domain/golden-set/guess-mapping'
import type { ImportPreview } from '../domain/golden-set/import-preview'
import { quoteValue, type ImportProblem } from '../domain/golden-set/problems'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import { findLayout, type FileLayout } from '../formats/file-layout'
import { inspectFile } from '../formats/inspect-file'
import { presets } from '../formats/presets'
import { sectionColumn, shapeOf } from '../formats/row-shapes'
import type { RowSample } from '../formats/sample-rows'
import { goldenNameOf } from './golden-name'
import { importFile, ImportRefusedError, type ImportFileReport } from './import-file'
import { applyMapping, findMapping, recallMapping, rememberedMapping, statedLabels, type UploadedMapping } from './import-mapping'
import { readFileFormat, savedMappingOf } from './import-options'
import { readingOf, type ReadingOptions, type UploadReadingRequest } from './import-reading'
import { findUpload, removeUpload, type UploadedFile } from './import-upload'
import type { Author, Workspace } from './workspace-api'

const shownRows = 12
const mostValues = 20
const longestLabel = 100

/** Looks at the beginning of an uploaded file. What makes it unreadable is `problem`. */
export async function previewUpload(
  uploadId: string,
  reading: ReadingOptions,
  scheme: VerdictScheme,
  mapping: { id?: string; recall?: (columns: readonly string[]) => Promise<string | null> } = {},
): Promise<ImportPreview> {
  const upload = await findUpload(uploadId)
  const { id, recall } = mapping
  const uploaded = id === undefined ? null : await findMapping(id)
  const first = await previewBy(upload, uploaded, reading, scheme)
  if (uploaded || !recall || first.ownFormat || first.problem || first.columns.length === 0) return first
  const text = await recall(first.columns)
  const remembered = text === null ? null : recallMapping(text)
  if (!remembered) return first
  const second = await previewBy(upload, remembered, reading, scheme)
  return second.columns.join('\n') === first.columns.join('\n') ? second : first
}

async function previewBy(
  upload: UploadedFile,
  uploaded: UploadedMapping | null,
  reading: ReadingOptions,
  scheme: VerdictScheme,
): Promise<ImportPreview> {
  const options = readFileFormat(reading)
  const inspection = await inspectFile(upload.path, options)
  const empty: Omit<ImportPreview, 'source' | 'problem'> = {
    upload: { id: upload.id, name: upload.name, bytes: upload.bytes },
    suggestedGoldenName: goldenNameOf(upload.name),
    ownFormat: false,
    preset: '',
    columns: [],
    rows: [],
    guess: {},
    values: {},
    labels: {},
    positive: '',
    blankIsNo: false,
    guessLabels: null,
    saved: uploaded && describeMapping(uploaded, []),
    notes: [],
  }
  if (!inspection.ok) {
    const { message, advice } = inspection.problem
    return { ...empty, source: unknownSource, problem: { message, advice, line: inspection.line } }
  }
  const { format, encoding, encodingBy, delimiter, gzip } = inspection.description
  const layout = await findLayout(
    inspection.description,
    { ...options, wantedColumns: wantedColumns(uploaded) },
    statedLayout(uploaded, scheme),
  )
  const source = { format, encoding, encodingBy, delimiter, gzip, sheets: layout.sheets }
  const found = { ...empty, source, ...describeLayout(layout) }
  return uploaded === null ? found : { ...found, ...describeSaved(uploaded, found, scheme) }
}

const wantedColumns = (uploaded: UploadedMapping | null) =>
  uploaded ? mappedColumns(uploaded.saved.mapping).map(({ column }) => column) : []

const statedLayout = (uploaded: UploadedMapping | null, scheme: VerdictScheme) => ({
  scheme,
  ...(uploaded ? { mapping: uploaded.saved.mapping, proposesPreset: uploaded.saved.preset !== 'none' } : {}),
  ...(uploaded?.preset ? { preset: uploaded.preset } : {}),
})

const describeMapping = ({ id, name }: UploadedMapping, problems: ImportProblem[]) => ({
  id,
  name,
  isRemembered: id === rememberedMapping,
  problems,
})

type SavedPart = 'guess' | 'labels' | 'blankIsNo' | 'guessLabels' | 'saved'

/** What the saved mapping says of the file, over what was found. */
function describeSaved(uploaded: UploadedMapping, found: ImportPreview, scheme: VerdictScheme): Pick<ImportPreview, SavedPart> {
  const { saved } = uploaded
  const { chosen, problems } = applyMapping(uploaded, found.columns, scheme)
  // One that names no column only says what values mean, or how the file is read.
  const guess =
    mappedColumns(saved.mapping).length === 0
      ? found.guess
      : Object.fromEntries([...chosen].map(([column, target]) => [column, inTheList(target, column)]))
  return {
    guess,
    labels: statedLabels(saved.mapping),
    blankIsNo: saved.mapping.blankIsNo ?? false,
    guessLabels: saved.mapping.guessLabels ?? null,
    saved: describeMapping(uploaded, problems),
  }
}

const unknownSource = { format: 'unknown', encoding: 'unknown', encodingBy: 'guessed', delimiter: null, gzip: false, sheets: [] }

type LayoutPart = 'ownFormat' | 'preset' | 'columns' | 'rows' | 'guess' | 'values' | 'positive' | 'notes' | 'problem'

/** The first rows as a table, with what each column seems to be. */
function describeLayout({ sample, mapping, preset, isOwn, notes, shape }: FileLayout): Pick<ImportPreview, LayoutPart> {
  const columns = [...new Set(shape?.hasSections ? [...sample.columns, sectionColumn] : sample.columns)]
  const places = columns.map((column) => sample.columns.indexOf(column))
  // What headings and sums hold is no label.
  const cases = shape ? sample.rows.filter(({ cells }) => shapeOf(cells, shape) === null) : sample.rows
  const guessed = preset ? guessMapping(sample.columns) : mapping
  return {
    ownFormat: isOwn,
    preset: preset?.name ?? '',
    columns,
    rows: sample.rows
      .slice(0, shownRows)
      .map(({ line, cells }) => ({ line, cells: places.map((place) => quoteValue(cells[place] ?? '')) })),
    guess: Object.fromEntries(mappedColumns(guessed).map(({ target, column }) => [column, inTheList(target, column)])),
    values: Object.fromEntries(columns.flatMap((column) => labelValues({ ...sample, rows: cases }, column))),
    positive: mapping.positive.join('; '),
    // What the columns are stands in the lists of the page.
    notes: notes.filter((note) => !note.startsWith('Columns were found')),
    problem: sample.problem && { ...sample.problem.problem, line: sample.problem.line },
  }
}

/** What the page's list calls it: rules and annotators by their column, where they are named after it. */
function inTheList(target: string, column: string): string {
  if (target === `annotation.${column}`) return 'annotation'
  return target === `rule.${ruleIdOf(column)}` ? 'flag' : target
}

/** The values of a column that may hold labels: few, and short. */
function labelValues({ columns, rows }: RowSample, column: string): Array<[string, string[]]> {
  const place = columns.indexOf(column)
  const seen = new Set<string>()
  for (const { cells } of rows) {
    const text = (cells[place] ?? '').trim()
    if (text.length > longestLabel || seen.size > mostValues) return []
    if (text !== '') seen.add(text)
  }
  return seen.size > 0 && seen.size <= mostValues ? [[column, [...seen].sort()]] : []
}

export type UploadImportRequest = UploadReadingRequest & {
  goldenName: string
  mode: 'merge' | 'mirror'
  skipInvalid: boolean
  dryRun: boolean
  author: Author
  message?: string
}

/** `refused`: nothing was (or would be) imported, and why. Problems name the file as the person knows it. */
export type UploadImportResult =
  | { status: 'checked' | 'imported'; report: ImportFileReport }
  | { status: 'refused'; message: string; problems: ImportProblem[]; problemCount: number; canSkip: boolean }

const progress = new Map<string, number>()

/** Rows read so far of an import that runs, null when none runs. */
export function readImportProgress(uploadId: string): number | null {
  return progress.get(uploadId) ?? null
}

/** Checks an uploaded file or imports it, all or nothing. */
export async function importUpload(workspace: Workspace, request: UploadImportRequest): Promise<UploadImportResult> {
  const upload = await findUpload(request.uploadId)
  const reading = await readingOf(request)
  const { policySlug, goldenName, mode, skipInvalid, dryRun, author } = request
  progress.set(upload.id, 0)
  try {
    const report = await importFile(workspace, {
      file: upload.path,
      policySlug,
      goldenName,
      ...reading,
      mode,
      skipInvalid,
      dryRun,
      author,
      message: request.message ?? `Imported ${upload.name}`,
      onProgress: ({ rows }) => progress.set(upload.id, rows),
    })
    if (!dryRun) {
      await removeUpload(upload.id)
      if (request.columns.length > 0)
        await workspace.policies.rememberImportMapping(policySlug, request.columns, savedMappingOf(report.layout, {}))
    }
    return {
      status: dryRun ? 'checked' : 'imported',
      report: { ...report, file: upload.name, problems: report.problems.map((problem) => ({ ...problem, file: upload.name })) },
    }
  } catch (error) {
    if (!(error instanceof ImportRefusedError)) throw error
    return {
      status: 'refused',
      message: error.message.replaceAll(upload.path, upload.name),
      problems: error.problems.map((problem) => ({ ...problem, file: upload.name })),
      problemCount: error.problemCount,
      canSkip: error.problems.some((problem) => problem.line !== null),
    }
  } finally {
    progress.delete(upload.id)
  }
}

export type PresetChoice = { name: string; title: string; description: string; hasLayout: boolean }

/** The layouts that are known, for the form. `hasLayout`: it reads the file in its own way and takes no mapping. */
export function listPresets(): PresetChoice[] {
  return presets.map(({ name, title, description, transform }) => ({ name, title, description, hasLayout: transform !== undefined }))
}

/** What a column can be, for the form: every part of a case, and each rule of the policy by itself. */
export function listTargets(scheme: VerdictScheme): Array<{ value: string; label: string }> {
  const parts: Array<[value: string, label: string]> = [
    ['content', 'Content'],
    ['id', 'Id'],
    ['expected', 'Expected label'],
    ['rules', 'Rules that apply'],
    ['severity', 'Severity'],
    ['tags', 'Tags'],
    ['note', 'Note'],
    ['mustPass', 'Must pass'],
    ['split', 'Split'],
    ['context.parents', 'Messages before it'],
    ['context.surface', 'Surface'],
    ['context.author', 'Author'],
    ['context.locale', 'Locale'],
    ['flag', 'Rule of its name: 1 or 0'],
    ['annotation', 'Label of one annotator'],
    ['annotator', 'Annotator (one row an annotation)'],
  ]
  return [
    ...parts.map(([value, label]) => ({ value, label })),
    ...scheme.rules.map((rule) => ({ value: `rule.${rule.id}`, label: `Rule ${rule.id}${rule.name ? ` (${rule.name})` : ''}: 1 or 0` })),
  ]
}
