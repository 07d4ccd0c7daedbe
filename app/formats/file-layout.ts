import { readCaseLine } from '~/domain/golden-set/case-line'
import {
  emptyMapping,
  findColumn,
  formatMapping,
  mappedColumns,
  mergeMappings,
  type CaseMapping,
  completeMapping,
} from '~/domain/golden-set/case-mapping'
import { meaningOf } from '~/domain/golden-set/guess-label'
import { lookUpScheme } from '~/domain/golden-set/label-lookup'
import { proposeMapping } from '~/domain/golden-set/propose-mapping'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { FileDescription } from './inspect-file'
import { detectPreset, type Preset } from './presets'
import { sectionColumn, shapeOf, type TableShape } from './row-shapes'
import { isRecord, sampleRows, type RowSample } from './sample-rows'
import { readRows } from './source-rows'
import type { RowOptions } from './rows'

/** How a file is to be read: found from its first rows, as far as nobody said it. */
export type FileLayout = {
  preset: Preset | null
  mapping: CaseMapping
  /** Lines of our own format, which need no mapping. */
  isOwn: boolean
  /** Null: rows are taken as they come. */
  shape: TableShape | null
  sample: RowSample
  /** Of a workbook: the sheet that is read. */
  sheet: string | undefined
  /** Of a workbook: those that a person sees. */
  sheets: string[]
  /** What was taken for what. */
  notes: string[]
}

export type StatedLayout = {
  scheme: VerdictScheme
  mapping?: CaseMapping
  preset?: Preset
  /** False: only columns are proposed, whatever the layout looks like. */
  proposesPreset?: boolean
}

/** Looks at the first rows and says how to read them. What the person states goes before what is found. */
export async function findLayout(description: FileDescription, rowOptions: RowOptions, stated: StatedLayout): Promise<FileLayout> {
  if (description.format !== 'xlsx') return await findSheetLayout(description, rowOptions, stated)
  const { listSheets } = await import('./workbook-rows')
  const sheets = await listSheets(description.file)
  if (rowOptions.sheet !== undefined || sheets.length < 2)
    return { ...(await findSheetLayout(description, rowOptions, stated)), sheet: rowOptions.sheet, sheets }
  // Workbooks begin with a cover or a legend often enough: the first sheet with something to be judged is meant.
  let first: FileLayout | null = null
  for (const sheet of sheets) {
    const layout = { ...(await findSheetLayout(description, { ...rowOptions, sheet }, stated)), sheet, sheets }
    first ??= layout
    const isReadable =
      layout.sample.rows.length > 0 && (layout.preset !== null || layout.isOwn || (layout.shape !== null && layout.shape.contentAt >= 0))
    if (!isReadable) continue
    const others = sheets.filter((name) => name !== sheet).map((name) => JSON.stringify(name))
    return {
      ...layout,
      notes: [`The sheet ${JSON.stringify(sheet)} was read; others are ${others.join(', ')}: name one with --sheet.`, ...layout.notes],
    }
  }
  return first ?? (await findSheetLayout(description, rowOptions, stated))
}

async function findSheetLayout(description: FileDescription, rowOptions: RowOptions, stated: StatedLayout): Promise<FileLayout> {
  const { scheme, preset, mapping = emptyMapping } = stated
  const options: RowOptions = {
    ...rowOptions,
    ...preset?.rowOptions,
    wantedColumns: [...(rowOptions.wantedColumns ?? []), ...mappedColumns(preset?.mapping ?? emptyMapping).map(({ column }) => column)],
  }
  const sample = await sampleRows(readRows(description, options), await readRaw(description, options))
  const plain = { preset: null, mapping, isOwn: false, shape: null, sample, sheet: rowOptions.sheet, sheets: [], notes: [] }
  if (preset)
    return { ...plain, preset, shape: preset.transform ? null : tableShape(sample, mergeMappings(preset.mapping ?? emptyMapping, mapping)) }
  const isMapped = formatMapping(mapping).length > 0
  if (isMapped) return { ...plain, shape: tableShape(sample, mapping) }
  if (isOwn(sample, scheme, mapping)) return { ...plain, isOwn: true }
  const detected =
    stated.proposesPreset !== false && mapping.positive.length + Object.keys(mapping.labels).length === 0 ? detectPreset(sample) : null
  if (detected)
    return {
      ...plain,
      preset: detected,
      shape: detected.transform ? null : tableShape(sample, detected.mapping ?? emptyMapping),
      notes: [`The layout is that of ${detected.title}: read with the preset ${detected.name}.`],
    }
  return proposeLayout(sample, stated, plain)
}

/** The first rows of a table before anybody said which is the header. */
async function readRaw(description: FileDescription, options: RowOptions): Promise<string[][]> {
  if (!['csv', 'tsv', 'xlsx'].includes(description.format)) return []
  const rows: string[][] = []
  for await (const row of readRows(description, { ...options, headerLine: 0 })) {
    if (row.kind === 'cells') rows.push([...row.values])
    if (rows.length >= 60 || row.kind === 'value') break
  }
  return rows
}

function proposeLayout(sample: RowSample, { scheme, mapping: own = emptyMapping }: StatedLayout, plain: FileLayout): FileLayout {
  const first = proposeMapping({ columns: sample.columns, rows: sample.rows.map(({ cells }) => cells) }, scheme)
  // Headings and sums are no cases: what they hold says nothing of a column.
  const shape = tableShape(sample, first.mapping)
  const cases = shape ? sample.rows.filter(({ cells }) => shapeOf(cells, shape) === null) : sample.rows
  const { mapping, notes } =
    cases.length === sample.rows.length ? first : proposeMapping({ columns: sample.columns, rows: cases.map(({ cells }) => cells) }, scheme)
  if (shape?.hasSections && mapping.expected === undefined && sectionsAreLabels(sample, shape)) {
    mapping.expected = sectionColumn
    notes.push('The headings between the rows were read as the expected labels of the rows below them.')
  }
  const proposed =
    own.positive.length + Object.keys(own.labels).length > 0 ? { ...mapping, positive: own.positive, labels: own.labels } : mapping
  if (own.positive.length > 0) proposed.guessLabels = false
  if (own.blankIsNo) proposed.blankIsNo = true
  const columns = formatMapping(proposed).filter((entry) => !entry.startsWith('ignore='))
  const said =
    columns.length > 0
      ? [`Columns were found: ${columns.join(', ')}; all others are kept as metadata. Map them with --map where that is wrong.`]
      : []
  return { ...plain, mapping: proposed, shape, notes: [...said, ...notes] }
}

/** Values of our own format: with `content`, and nothing in them that it would refuse but reads otherwise. */
function isOwn({ isTable, values }: RowSample, scheme: VerdictScheme, mapping: CaseMapping): boolean {
  if (isTable || values.length === 0) return false
  const own = values.filter((value) => isRecord(value) && typeof value.content === 'string')
  if (own.length < values.length / 2) return false
  const lookup = lookUpScheme(scheme, mapping)
  return own.some(
    (value) =>
      isRecord(value) && (isRecord(value.expected) || Array.isArray(value.annotations) || readCaseLine({ id: '-', ...value }, lookup).ok),
  )
}

/** Where the telling columns are, and how the cases use them. */
function tableShape(sample: RowSample, mapping: CaseMapping): TableShape | null {
  if (!sample.isTable || sample.rows.length === 0) return null
  const complete = completeMapping(mapping, sample.columns)
  const at = (column: string | undefined) => (column === undefined ? -1 : findColumn(sample.columns, column))
  const shape = {
    contentAt: at(complete.content),
    idAt: at(complete.id),
    expectedAt: at(complete.expected),
    isLabelled: false,
    hasSections: false,
  }
  if (shape.contentAt < 0) return null
  const full = sample.rows.filter(({ cells }) => cells.filter((cell) => cell.trim() !== '').length > 1)
  const labelled = full.filter(({ cells }) => (cells[shape.expectedAt] ?? '').trim() !== '')
  shape.isLabelled = full.length >= 3 && labelled.length >= full.length * 0.95
  if (sample.columns.includes(sectionColumn)) return shape
  const kinds = sample.rows.map(({ cells }) => shapeOf(cells, shape))
  // A heading with cases below it; a remark at the foot is none.
  shape.hasSections = kinds.some((kind, index) => kind === 'heading' && kinds[index + 1] === null)
  return shape
}

function sectionsAreLabels({ rows }: RowSample, shape: TableShape): boolean {
  const headings = rows.flatMap(({ cells }, index) => {
    const below = rows[index + 1]
    const isHeading = shapeOf(cells, shape) === 'heading' && below !== undefined && shapeOf(below.cells, shape) === null
    return isHeading ? [cells.find((cell) => cell.trim() !== '') ?? ''] : []
  })
  return headings.length > 0 && headings.every((text) => meaningOf(text) !== null)
}
