import { formatMapping, parseMapping } from '../domain/golden-set/case-mapping'
import { guessMapping } from '../domain/golden-set/guess-mapping'
import { quoteValue, type ImportProblem } from '../domain/golden-set/problems'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import { inspectFile } from '../formats/inspect-file'
import { presets } from '../formats/presets'
import { flatten } from '../formats/read-cases'
import { readRows, type SourceRow } from '../formats/source-rows'
import { TouchstoneError } from '../lib/errors'
import { goldenNameOf, importFile, ImportRefusedError, type ImportFileReport } from './import-file'
import { readFileFormat } from './import-options'
import { findUpload, removeUpload } from './import-upload'
import type { Author, Workspace } from './workspace-api'

/** How a file is read, as the form writes it; empty: found by looking. */
export type ReadingOptions = { encoding?: string; delimiter?: string; headerRow?: number; sheet?: string; relaxQuotes?: boolean }

export type ImportPreview = {
  upload: { id: string; name: string; bytes: number }
  suggestedGoldenName: string
  source: { format: string; encoding: string; encodingBy: string; delimiter: string | null; gzip: boolean }
  /** Lines of Touchstone's own format, which need no mapping. */
  ownFormat: boolean
  columns: string[]
  /** The first rows, cells cut to what can be shown. */
  rows: Array<{ line: number; cells: string[] }>
  /** Column → what it seems to be. */
  guess: Record<string, string>
  /** Column → its values, for columns with few, from the first rows. */
  values: Record<string, string[]>
  problem: { message: string; advice: string; line: number | null } | null
}

const shownRows = 12
const rowsLookedAt = 2000
const mostValues = 20
const longestLabel = 100

/** Looks at the beginning of an uploaded file. What makes it unreadable is `problem`. */
export async function previewUpload(uploadId: string, reading: ReadingOptions): Promise<ImportPreview> {
  const upload = await findUpload(uploadId)
  const options = readFileFormat(reading)
  const inspection = await inspectFile(upload.path, options)
  const empty: Omit<ImportPreview, 'source' | 'problem'> = {
    upload: { id: upload.id, name: upload.name, bytes: upload.bytes },
    suggestedGoldenName: goldenNameOf(upload.name),
    ownFormat: false,
    columns: [],
    rows: [],
    guess: {},
    values: {},
  }
  if (!inspection.ok) {
    const { message, advice } = inspection.problem
    return { ...empty, source: unknownSource, problem: { message, advice, line: inspection.line } }
  }
  const { format, encoding, encodingBy, delimiter, gzip } = inspection.description
  const source = { format, encoding, encodingBy, delimiter, gzip }
  const look = new PreviewTable()
  for await (const row of readRows(inspection.description, options)) {
    look.add(row)
    if (look.count >= rowsLookedAt) break
  }
  return { ...empty, source, ...look.finish() }
}

const unknownSource = { format: 'unknown', encoding: 'unknown', encodingBy: 'guessed', delimiter: null, gzip: false }

/** The first rows of a file as a table, whatever their kind. */
class PreviewTable {
  count = 0
  private readonly columns: string[] = []
  private readonly rows: Array<{ line: number; cells: Map<string, string> }> = []
  private readonly values = new Map<string, Set<string>>()
  /** Columns with values that are too long to be labels. */
  private readonly prose = new Set<string>()
  private ownLines = 0
  private problem: ImportPreview['problem'] = null

  add(row: SourceRow): void {
    this.count += 1
    if (row.kind === 'problem') {
      this.problem ??= { message: row.problem.message, advice: row.problem.advice, line: row.line }
      return
    }
    const entries: Array<[string, unknown]> =
      row.kind === 'cells'
        ? row.columns.map((column, index) => [column, row.values[index] ?? ''])
        : isRecord(row.value)
          ? Object.entries(flatten(row.value))
          : [['value', row.value]]
    if (row.kind === 'value' && isRecord(row.value) && typeof row.value.content === 'string') this.ownLines += 1
    const cells = new Map<string, string>()
    for (const [column, value] of entries) {
      if (!this.values.has(column)) {
        this.columns.push(column)
        this.values.set(column, new Set())
      }
      const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
      cells.set(column, quoteValue(text))
      const seen = this.values.get(column)
      if (text.length > longestLabel) this.prose.add(column)
      else if (seen && text !== '' && seen.size <= mostValues) seen.add(text)
    }
    if (this.rows.length < shownRows) this.rows.push({ line: row.line, cells })
  }

  finish(): Pick<ImportPreview, 'columns' | 'rows' | 'guess' | 'values' | 'ownFormat' | 'problem'> {
    const guess = Object.fromEntries(
      formatMapping(guessMapping(this.columns)).map((entry) => {
        const separator = entry.indexOf('=')
        return [entry.slice(separator + 1), entry.slice(0, separator)]
      }),
    )
    return {
      ownFormat: this.ownLines > 0 && this.ownLines >= this.count / 2,
      columns: this.columns,
      rows: this.rows.map(({ line, cells }) => ({ line, cells: this.columns.map((column) => cells.get(column) ?? '') })),
      guess,
      values: Object.fromEntries(
        [...this.values]
          .filter(([column, seen]) => seen.size > 0 && seen.size <= mostValues && !this.prose.has(column))
          .map(([column, seen]) => [column, [...seen].sort()]),
      ),
      problem: this.problem,
    }
  }
}

export type UploadImportRequest = {
  uploadId: string
  policySlug: string
  goldenName: string
  preset?: string
  /** `TARGET=COLUMN`, as the command line writes it. */
  mapping: string[]
  /** `VALUE=LABEL`. */
  labels: string[]
  reading: ReadingOptions
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
  const { mapping, errors } = parseMapping(request.mapping, { labels: request.labels })
  if (errors.length > 0) throw new TouchstoneError('invalid-input', `The mapping cannot be used: ${errors.join('; ')}.`)
  const { policySlug, goldenName, mode, skipInvalid, dryRun, author, preset } = request
  progress.set(upload.id, 0)
  try {
    const report = await importFile(workspace, {
      file: upload.path,
      policySlug,
      goldenName,
      ...(preset ? { preset } : {}),
      ...(preset && request.mapping.length === 0 ? {} : { mapping }),
      ...readFileFormat(request.reading),
      mode,
      skipInvalid,
      dryRun,
      author,
      message: request.message ?? `Imported ${upload.name}`,
      onProgress: ({ rows }) => progress.set(upload.id, rows),
    })
    if (!dryRun) await removeUpload(upload.id)
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
  ]
  return [
    ...parts.map(([value, label]) => ({ value, label })),
    ...scheme.rules.map((rule) => ({ value: `rule.${rule.id}`, label: `Rule ${rule.id}${rule.name ? ` (${rule.name})` : ''}: 1 or 0` })),
  ]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
