import { formatMapping, mappedColumns, mergeMappings, type CaseMapping } from '~/domain/golden-set/case-mapping'
import { rowProblem, type ImportProblem } from '~/domain/golden-set/problems'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { findLayout, type FileLayout } from './file-layout'
import { FirstLines } from './first-lines'
import { groupAnnotations } from './group-annotations'
import { inspectFile, type FileDescription, type InspectionOptions } from './inspect-file'
import { findPreset, presetLabels } from './presets'
import { LeftOutRows, leaveOutHeadings, sectionColumn } from './row-shapes'
import { RowReader } from './row-reader'
import { readRows } from './source-rows'
import type { CaseEvent, RowOptions, SourceRow } from './rows'

export type ReadCasesOptions = InspectionOptions &
  Omit<RowOptions, 'wantedColumns'> & {
    scheme: VerdictScheme
    mapping?: CaseMapping
    /** The name of a preset; `none`: columns are mapped, whatever the layout looks like. */
    preset?: string
  }

/** A file of cases that has been looked at; its cases can be read as often as wanted. */
export type CaseSource = {
  description: FileDescription | null
  /** How the columns are read: what was stated, else what was found; with what the values of the labels turned out to mean. Null for our own lines. */
  mapping: CaseMapping | null
  /** The preset that was named, or found. */
  preset: string | null
  /** What the person should know of how the file is read. Complete after the first reading. */
  notes: string[]
  /** Cases and problems in the order of the file. A fatal problem ends the reading. */
  read(): AsyncGenerator<CaseEvent>
}

/**
 * Opens a file of cases in any of the known formats. Throws a TouchstoneError where the file or an option is unusable as such; what is wrong
 * inside the file comes as problems.
 */
export async function openCases(file: string, options: ReadCasesOptions): Promise<CaseSource> {
  const isNone = options.preset === 'none'
  const stated = options.preset === undefined || isNone ? null : findPreset(options.preset)
  if (stated?.transform && options.mapping && formatMapping(options.mapping).length > 0)
    throw new TouchstoneError(
      'invalid-input',
      `The preset ${stated.name} knows its layout and takes no --map.`,
      'Leave --map out, or the preset.',
    )
  const inspection = await inspectFile(file, options)
  if (!inspection.ok) {
    const { line, problem } = inspection
    return { description: null, mapping: null, preset: null, notes: [], read: () => onlyProblem({ file, line, ...problem }) }
  }
  const { description } = inspection
  const rowOptions: RowOptions = { ...options, wantedColumns: options.mapping ? wantedColumns(options.mapping) : [] }
  const layout = await findLayout(description, rowOptions, {
    scheme: options.scheme,
    ...(options.mapping ? { mapping: options.mapping } : {}),
    ...(stated ? { preset: stated } : {}),
    proposesPreset: !isNone,
  })
  const notes = new Set<string>(layout.notes)
  const labels = new Map<string, string>()
  const { preset } = layout
  const merged = preset?.mapping ? mergeMappings(preset.mapping, layout.mapping) : layout.mapping
  // In our own lines a label is one of the policy's or a mistake; other people's words are read by what they mean, and the notes say so.
  const mapping = layout.isOwn ? merged : { ...merged, guessLabels: merged.guessLabels ?? merged.positive.length === 0 }
  return {
    description,
    get mapping() {
      return layout.isOwn ? null : { ...mapping, labels: { ...Object.fromEntries(labels), ...mapping.labels } }
    },
    preset: preset?.name ?? null,
    get notes() {
      return [...notes]
    },
    read: () => withUniqueIds(file, readEvents(description, options, { ...layout, mapping }, { notes, labels }), notes),
  }
}

const wantedColumns = (mapping: CaseMapping) => mappedColumns(mapping).flatMap(({ column }) => (column === sectionColumn ? [] : [column]))

async function* onlyProblem(problem: ImportProblem): AsyncGenerator<CaseEvent> {
  yield { type: 'problem', problem, fatal: true }
}

async function* readEvents(
  description: FileDescription,
  options: ReadCasesOptions,
  { mapping, preset, shape, isOwn, sheet }: FileLayout,
  { notes, labels }: { notes: Set<string>; labels: Map<string, string> },
): AsyncGenerator<CaseEvent> {
  const { file } = description
  const rowOptions: RowOptions = {
    ...options,
    ...preset?.rowOptions,
    ...(sheet === undefined ? {} : { sheet }),
    wantedColumns: wantedColumns(mapping),
  }
  const source = readRows(description, rowOptions)
  const leftOut = new LeftOutRows()
  const rows = preset?.transform
    ? preset.transform(source, presetLabels(options.scheme))
    : shape
      ? leaveOutHeadings(source, shape, leftOut)
      : source
  const reader = new RowReader(mapping, options.scheme, notes, preset?.refine, isOwn || preset?.transform !== undefined)
  const events = readRowEvents(rows, reader, file)
  yield* mapping.annotator === undefined ? events : groupAnnotations(events, { file, reader })
  for (const [value, label] of reader.foreignLabels()) labels.set(value, label)
  for (const note of [leftOut.note(), reader.labelNote()]) if (note !== null) notes.add(note)
}

async function* readRowEvents(rows: AsyncIterable<SourceRow>, reader: RowReader, file: string): AsyncGenerator<CaseEvent> {
  let count = 0
  for await (const row of rows) {
    count += 1
    if (row.kind === 'problem') {
      yield { type: 'problem', problem: { file, line: row.line, ...row.problem }, fatal: row.line === null }
      continue
    }
    const reading = reader.read(row)
    if (reading.ok) {
      yield { type: 'case', case: reading.case, line: row.line }
      continue
    }
    const { fatal } = reading
    for (const problem of reading.problems) yield { type: 'problem', problem: { file, line: row.line, ...problem }, fatal }
    if (fatal) return
  }
  if (count === 0) {
    const problem = rowProblem('the file holds no rows', 'Export it again, or choose another file.')
    yield { type: 'problem', problem: { file, line: null, ...problem }, fatal: true }
  }
  for (const problem of reader.finish()) yield { type: 'problem', problem: { file, line: null, ...problem }, fatal: true }
}

/** A row that says again what one above it says is left out; one that says something else under the same id is a problem. */
async function* withUniqueIds(file: string, events: AsyncIterable<CaseEvent>, notes: Set<string>): AsyncGenerator<CaseEvent> {
  const seen = new FirstLines()
  let repeats = 0
  let firstRepeat = 0
  for await (const event of events) {
    if (event.type === 'problem') {
      yield event
      continue
    }
    const { id, content, expected } = event.case
    const seenBefore = seen.see(id, event.line, `${content}\u0000${expected ? JSON.stringify(expected) : ''}`)
    if (seenBefore === null) {
      yield event
      continue
    }
    if (seenBefore.isSame) {
      repeats += 1
      firstRepeat ||= event.line
      continue
    }
    const first = seenBefore.line
    const problem = rowProblem(
      `has the id of line ${first} again, with another content or label`,
      'Ids are unique within a golden set: change one, or leave the row out.',
      { column: 'id', value: event.case.id },
    )
    yield { type: 'problem', problem: { file, line: event.line, ...problem }, fatal: false }
  }
  if (repeats > 0)
    notes.add(
      repeats === 1
        ? `The row of line ${firstRepeat} repeats one above it word for word, and was left out.`
        : `${repeats} rows repeat one above them word for word, and were left out; the first is that of line ${firstRepeat}.`,
    )
}
