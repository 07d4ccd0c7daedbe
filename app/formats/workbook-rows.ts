import type { Entry, ZipFile } from 'yauzl'
import { rowProblem } from '~/domain/golden-set/problems'
import { TouchstoneError } from '~/lib/errors'
import { maxRecordBytes } from './file-bytes'
import type { RowOptions, SourceRow } from './rows'
import { belowHeader, type TableProblem, type TableRow } from './table-rows'
import { readXml, type XmlHandler } from './read-xml'
import { columnOf, formatNumber, parseCellFormats, parseSpan, SpanFiller, type CellFormat, type CellSpan } from './workbook-cells'

/** What a workbook may unpack to. A zip bomb states more, or is stopped when it unpacks to more than it stated. */
const limits = {
  /** Texts that cells share; they are kept in memory. */
  sharedTextBytes: 256_000_000,
  sheetBytes: 4_000_000_000,
  /** Packed to unpacked. Sheets of many equal rows reach about 1:100. */
  ratio: 400,
  /** Below this no ratio is a danger. */
  smallBytes: 20_000_000,
  entries: 10_000,
  cellsInRow: 16_384,
  /** Cells that span others. */
  spans: 100_000,
}

/**
 * Rows of one sheet of an Excel workbook (.xlsx), streamed. Cells are their stored values: formulas give their last result, numbers their
 * digits (with the leading zeros that its format gives it), dates their day. A cell that spans others stands in each of them. Throws a TouchstoneError where the file is no workbook or unpacks to too much.
 */
export async function* readWorkbookRows(file: string, options: RowOptions): AsyncGenerator<SourceRow> {
  const workbook = await openWorkbook(file)
  try {
    const sheet = await findSheet(workbook, options.sheet)
    const parts: SheetParts = {
      texts: await readSharedTexts(workbook),
      formats: await readNumberFormats(workbook),
      spans: await readSpans(workbook, sheet),
    }
    yield* belowHeader(readSheet(workbook, sheet, parts), { ...options, ragged: 'empty cells' })
  } finally {
    workbook.zip.close()
  }
}

/** The names of the sheets that a person sees, in their order. */
export async function listSheets(file: string): Promise<string[]> {
  const workbook = await openWorkbook(file)
  try {
    return (await readSheetList(workbook)).filter(({ isHidden }) => !isHidden).map(({ name }) => name)
  } finally {
    workbook.zip.close()
  }
}

type Workbook = { file: string; zip: ZipFile; entries: Map<string, Entry> }

const unusable = (file: string, reason: string, cause?: unknown) =>
  new TouchstoneError(
    'invalid-input',
    `${file} is not a usable Excel workbook: ${reason}.`,
    'Save it as .xlsx again, or export the sheet as CSV.',
    { cause },
  )

async function openWorkbook(file: string): Promise<Workbook> {
  const { openPromise } = await import('yauzl')
  try {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true })
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= limits.entries) throw unusable(file, `it holds more than ${limits.entries} files`)
      entries.set(entry.fileName, entry)
    }
    return { file, zip, entries }
  } catch (cause) {
    throw cause instanceof TouchstoneError ? cause : unusable(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

async function* readEntry({ file, zip, entries }: Workbook, name: string, maximumBytes: number): AsyncGenerator<Buffer> {
  const entry = entries.get(name)
  if (!entry) throw unusable(file, `it has no ${name}`)
  const { uncompressedSize, compressedSize } = entry
  if (entry.isEncrypted()) throw unusable(file, 'it is protected with a password')
  if (uncompressedSize > maximumBytes)
    throw unusable(
      file,
      `${name} unpacks to ${Math.round(uncompressedSize / 1e6)} MB, more than the ${Math.round(maximumBytes / 1e6)} MB that are allowed`,
    )
  if (uncompressedSize > limits.smallBytes && uncompressedSize > compressedSize * limits.ratio)
    throw unusable(
      file,
      `${name} unpacks to ${Math.round(uncompressedSize / Math.max(1, compressedSize))} times its size, as a zip bomb does`,
    )
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) yield chunk as Buffer
  } catch (cause) {
    throw unusable(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

async function readPart(workbook: Workbook, name: string, maximumBytes: number, handler: XmlHandler): Promise<void> {
  for await (const finished of readXml(readEntry(workbook, name, maximumBytes), handler))
    if (finished instanceof Error) throw unusable(workbook.file, `${name}: ${finished.message}`, finished)
}

const smallPartBytes = 10_000_000

type Sheet = { name: string; relation: string; isHidden: boolean }

async function readSheetList(workbook: Workbook): Promise<Sheet[]> {
  const sheets: Sheet[] = []
  await readPart(workbook, 'xl/workbook.xml', smallPartBytes, {
    open(name, attributes) {
      if (name !== 'sheet') return
      const isHidden = attributes.state === 'hidden' || attributes.state === 'veryHidden'
      sheets.push({ name: attributes.name ?? '', relation: attributes['r:id'] ?? attributes.id ?? '', isHidden })
    },
  })
  return sheets
}

/** The path of the wanted sheet, else of the first that is not hidden. */
async function findSheet(workbook: Workbook, wanted: string | undefined): Promise<string> {
  const sheets = await readSheetList(workbook)
  const sheet =
    wanted === undefined
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : (sheets.find((candidate) => candidate.name === wanted) ??
        sheets.find((candidate) => candidate.name.toLowerCase() === wanted.toLowerCase()))
  if (!sheet) {
    if (wanted === undefined) throw unusable(workbook.file, 'it has no sheet')
    throw new TouchstoneError(
      'invalid-input',
      `${workbook.file} has no sheet ${JSON.stringify(wanted)}.`,
      `Its sheets are: ${sheets.map((candidate) => JSON.stringify(candidate.name)).join(', ')}.`,
    )
  }
  let target: string | undefined
  await readPart(workbook, 'xl/_rels/workbook.xml.rels', smallPartBytes, {
    open(name, attributes) {
      if (name === 'Relationship' && attributes.Id === sheet.relation) target = attributes.Target
    },
  })
  if (target === undefined) throw unusable(workbook.file, `the sheet ${JSON.stringify(sheet.name)} is missing`)
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`
}

async function readSharedTexts(workbook: Workbook): Promise<string[]> {
  const texts: string[] = []
  if (!workbook.entries.has('xl/sharedStrings.xml')) return texts
  const collector = new TextCollector()
  await readPart(workbook, 'xl/sharedStrings.xml', limits.sharedTextBytes, {
    open: (name) => collector.open(name),
    text: (text) => collector.add(text),
    close(name) {
      collector.close(name)
      if (name === 'si') texts.push(unescapeControls(collector.take()))
    },
  })
  return texts
}

async function readNumberFormats(workbook: Workbook): Promise<CellFormat[]> {
  if (!workbook.entries.has('xl/styles.xml')) return []
  const codes = new Map<number, string>()
  const cells: number[] = []
  let inCells = false
  await readPart(workbook, 'xl/styles.xml', smallPartBytes, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
      else if (name === 'cellXfs') inCells = true
      else if (name === 'xf' && inCells) cells.push(Number(attributes.numFmtId ?? 0))
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return parseCellFormats(cells, codes)
}

/** Cells that span others. They stand behind the rows, so the sheet is looked through for them before it is read. */
async function readSpans(workbook: Workbook, path: string): Promise<CellSpan[]> {
  const spans: CellSpan[] = []
  const tag = /<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"/g
  let rest = ''
  for await (const chunk of readEntry(workbook, path, limits.sheetBytes)) {
    const text = rest + chunk.toString('latin1')
    for (const [, reference = ''] of text.matchAll(tag)) {
      const span = parseSpan(reference)
      if (span && spans.length < limits.spans) spans.push(span)
    }
    // A tag that is cut in two comes whole with the next chunk; one that was read is not read again.
    rest = text.slice(Math.max(text.lastIndexOf('<'), text.length - 200))
    if (rest.includes('>')) rest = ''
  }
  return spans
}

/** Collects the text of `t` elements, not that of phonetic guides. */
class TextCollector {
  private inText = false
  private inGuide = false
  private text = ''

  open(name: string): void {
    if (name === 't') this.inText = true
    else if (name === 'rPh') this.inGuide = true
  }
  add(text: string): void {
    if (this.inText && !this.inGuide) this.text += text
  }
  close(name: string): void {
    if (name === 't') this.inText = false
    else if (name === 'rPh') this.inGuide = false
  }
  take(): string {
    const { text } = this
    this.text = ''
    return text
  }
}

type SheetParts = {
  texts: readonly string[]
  formats: readonly CellFormat[]
  spans: readonly CellSpan[]
}

async function* readSheet(workbook: Workbook, path: string, parts: SheetParts): AsyncGenerator<Array<TableRow | TableProblem>> {
  const sheet = new SheetReader(parts)
  for await (const finished of readXml(readEntry(workbook, path, limits.sheetBytes), sheet)) {
    if (finished instanceof Error) throw unusable(workbook.file, `${path}: ${finished.message}`, finished)
    yield sheet.takeRows()
  }
}

class SheetReader implements XmlHandler {
  private rows: Array<TableRow | TableProblem> = []
  private line = 0
  private cells: string[] = []
  private length = 0
  private column = 0
  private type = 'n'
  private value = ''
  private inValue = false
  private style = 0
  private readonly inline = new TextCollector()
  private readonly filler: SpanFiller

  constructor(private readonly parts: SheetParts) {
    this.filler = new SpanFiller(parts.spans)
  }

  takeRows(): Array<TableRow | TableProblem> {
    const { rows } = this
    this.rows = []
    return rows
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'row') {
      this.line = Number(attributes.r) || this.line + 1
      this.cells = []
      this.length = 0
      this.column = 0
    } else if (name === 'c') {
      this.column = columnOf(attributes.r) ?? this.column
      this.type = attributes.t ?? 'n'
      this.style = Number(attributes.s ?? 0)
      this.value = ''
    } else if (name === 'v') this.inValue = true
    else this.inline.open(name)
  }

  text(text: string): void {
    // A cell that is too long is a problem of its row, not of this machine's memory.
    if (this.length > maxRecordBytes) return
    this.length += text.length
    if (this.inValue) this.value += text
    else this.inline.add(text)
  }

  close(name: string): void {
    if (name === 'v') this.inValue = false
    else if (name === 'c') {
      if (this.column < limits.cellsInRow) {
        while (this.cells.length < this.column) this.cells.push('')
        this.cells[this.column] = this.cellText()
      }
      this.column += 1
    } else if (name === 'row') {
      if (this.length > maxRecordBytes)
        this.rows.push({
          line: this.line,
          problem: rowProblem(`is longer than ${maxRecordBytes / 1_000_000} MB`, 'Shorten the cell, or leave the row out.'),
        })
      else this.rows.push({ line: this.line, cells: this.filler.fill(this.line, this.cells) })
    } else this.inline.close(name)
  }

  private cellText(): string {
    if (this.type === 's') return this.parts.texts[Number(this.value)] ?? ''
    if (this.type === 'inlineStr') return unescapeControls(this.inline.take())
    if (this.type === 'b') return this.value === '1' ? 'TRUE' : 'FALSE'
    if (this.type === 'n' && this.value !== '') return formatNumber(this.value, this.parts.formats[this.style])
    return unescapeControls(this.value)
  }
}

/** Excel writes characters that XML cannot hold as `_x000D_`, and an underscore that would read so as `_x005F_`. */
const unescapeControls = (text: string) =>
  text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text
