import { isAscii, isUtf8 } from 'node:buffer'
import { extname } from 'node:path'
import { TouchstoneError } from '~/lib/errors'
import { rowProblem, type RowProblem } from '~/domain/golden-set/problems'
import { detectDelimiter } from './detect-delimiter'
import { detectLegacyEncoding } from './detect-encoding'
import { DamagedFileError, isGzip, openBytes, readHead } from './file-bytes'

export const fileFormats = ['csv', 'tsv', 'json-lines', 'json', 'xlsx', 'yaml'] as const
export type FileFormat = (typeof fileFormats)[number]

/** What a file turned out to be, for the reader and for the person. */
export type FileDescription = {
  file: string
  format: FileFormat
  gzip: boolean
  /** A name that iconv-lite knows; `utf-8` for most. */
  encoding: string
  /** How sure: `stated` by the person, `marked` by a byte order mark, `checked` throughout, `guessed` from the bytes. */
  encodingBy: 'stated' | 'marked' | 'checked' | 'guessed'
  delimiter: string | null
}

export type InspectionOptions = { format?: FileFormat; encoding?: string; delimiter?: string }

const headBytes = 256 * 1024

/**
 * Reads the whole file once, in chunks, before anything is made of it: unpacks it to the end, checks its encoding, and finds out its
 * format and delimiter. Returns the description, or the problem that makes it unreadable with the line where it is.
 */
export async function inspectFile(
  file: string,
  options: InspectionOptions = {},
): Promise<{ ok: true; description: FileDescription } | { ok: false; line: number | null; problem: RowProblem }> {
  const head = await readHead(file, 8)
  const foreign = foreignKind(head)
  if (foreign) return { ok: false, line: null, problem: foreign }
  if (isZip(head))
    return { ok: true, description: { file, format: 'xlsx', gzip: false, encoding: 'utf-8', encodingBy: 'checked', delimiter: null } }
  const gzip = await isGzip(file)
  const scan = await scanBytes(openBytes(file, gzip), options.encoding)
  if (scan.problem) return { ok: false, ...scan.problem }
  const text = scan.head.trimStart()
  if (scan.empty) return { ok: false, line: null, problem: rowProblem('the file is empty', 'Export it again, or choose another file.') }
  if (/^<(?:!doctype|!--|\?xml|[a-z][a-z0-9]*[\s>/])/i.test(text))
    return {
      ok: false,
      line: 1,
      problem: rowProblem(
        'the file is a web page, not a table of cases',
        'It may be a sign-in page that was saved in place of the download: download the file again.',
        { value: text },
      ),
    }
  const format = options.format ?? detectFormat(file, text)
  if (format === 'xlsx')
    throw new TouchstoneError('invalid-input', `${file} is not an Excel workbook.`, 'Save it as .xlsx, or export it as CSV.')
  if (scan.encodingBy === 'guessed' && format !== 'csv' && format !== 'tsv' && scan.damage) return { ok: false, ...scan.damage }
  const delimiter =
    format === 'tsv' ? (options.delimiter ?? '\t') : format === 'csv' ? (options.delimiter ?? detectDelimiter(scan.head)) : null
  return { ok: true, description: { file, format, gzip, encoding: scan.encoding, encodingBy: scan.encodingBy, delimiter } }
}

const isZip = (head: Buffer) => head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4

/** Files of other kinds by their first bytes, with what to do about each. */
const foreignKinds: Array<[bytes: string, what: string, advice: string]> = [
  [
    'd0cf11e0a1b11ae1',
    'is an old Excel workbook (.xls), or one that is protected with a password',
    'Open it, take the password away where there is one, and save it as .xlsx or CSV.',
  ],
  ['25504446', 'is a PDF', 'Export the table that it was made from as CSV or .xlsx.'],
  ['50415231', 'is a Parquet file', 'Write it as JSON Lines, for example with pandas: to_json(orient="records", lines=True).'],
  ['4152524f573100', 'is an Arrow file', 'Write it as JSON Lines.'],
  ['53514c69746520', 'is an SQLite database', 'Export the table of cases as CSV or JSON Lines.'],
  ['89504e47', 'is a picture', 'Choose the file with the texts.'],
  ['ffd8ff', 'is a picture', 'Choose the file with the texts.'],
  ['28b52ffd', 'is compressed with zstd', 'Unpack it first, or compress it with gzip.'],
  ['425a68', 'is compressed with bzip2', 'Unpack it first, or compress it with gzip.'],
  ['fd377a585a00', 'is compressed with xz', 'Unpack it first, or compress it with gzip.'],
  ['377abcaf271c', 'is a 7-Zip archive', 'Unpack it first.'],
  ['7b5c727466', 'is a document in RTF', 'Save the table in it as CSV or .xlsx.'],
]

function foreignKind(head: Buffer): RowProblem | null {
  const found = foreignKinds.find(([bytes]) => head.subarray(0, bytes.length / 2).toString('hex') === bytes)
  return found ? rowProblem(`the file ${found[1]}`, found[2]) : null
}

/** By how the text starts, where that can only be JSON; else by the name, where it says something. */
export function detectFormat(file: string, text: string): FileFormat {
  const name = file.toLowerCase().replace(/\.gz$/, '')
  const extension = extname(name)
  const isTable = extension === '.csv' || extension === '.tsv' || extension === '.tab' || extension === '.xlsx'
  if (isTable && /^\[\s*\{\s*"/.test(text)) return 'json'
  if (isTable && /^\{\s*"/.test(text)) return startsWithWholeObject(text) ? 'json-lines' : 'json'
  if ((extension === '.jsonl' || extension === '.ndjson') && /^\[\s*(?:\{|$)/.test(text)) return 'json'
  if (extension === '.jsonl' || extension === '.ndjson') return 'json-lines'
  if (extension === '.csv') return 'csv'
  if (extension === '.tsv' || extension === '.tab') return 'tsv'
  if (extension === '.yaml' || extension === '.yml') return 'yaml'
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return startsWithWholeObject(text) ? 'json-lines' : 'json'
  return 'csv'
}

function startsWithWholeObject(text: string): boolean {
  const end = text.indexOf('\n')
  if (end < 0 || text.slice(end).trim() === '') return false
  try {
    JSON.parse(text.slice(0, end))
    return true
  } catch {
    return false
  }
}

type Located = { line: number | null; problem: RowProblem }
type Scan = {
  encoding: string
  encodingBy: FileDescription['encodingBy']
  head: string
  empty: boolean
  problem: Located | null
  damage: Located | null
}

async function scanBytes(bytes: AsyncIterable<Buffer>, stated: string | undefined): Promise<Scan> {
  if (stated !== undefined && !(await loadIconv()).encodingExists(stated))
    throw new TouchstoneError(
      'invalid-input',
      `There is no encoding ${JSON.stringify(stated)}.`,
      'Use a name such as utf-8, windows-1252, utf-16le, shift_jis or gb18030.',
    )
  const lines = new EncodingScan()
  let head: Buffer = Buffer.alloc(0)
  let marked: string | null = null
  let sized = false
  let total = 0
  for await (const chunk of readable(bytes, lines)) {
    total += chunk.length
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)])
    if (!sized && head.length >= 2) {
      sized = true
      marked = stated ? null : wideEncoding(head)
    }
    // Wide encodings hold NUL bytes and are not UTF-8: nothing to check but that they can be decoded.
    if (marked === null && !isWideName(stated)) lines.add(chunk)
    if (lines.nulLine !== null) break
  }
  lines.end()
  const finish = async (
    encoding: string,
    encodingBy: Scan['encodingBy'],
    problem: Located | null = null,
    damage: Located | null = null,
  ): Promise<Scan> => {
    const decoded = encoding === 'utf-8' ? head.toString('utf8').replace(/^\ufeff/, '') : (await loadIconv()).decode(head, encoding)
    return { encoding, encodingBy, head: decoded, empty: decoded.trim() === '' && total <= headBytes, problem, damage }
  }
  if (lines.broken !== null) return finish('utf-8', 'checked', lines.broken)
  if (lines.nulLine !== null)
    return finish('utf-8', 'checked', {
      line: lines.nulLine,
      problem: rowProblem(
        'holds a NUL byte: the file is not text, or is damaged',
        'Export it as CSV or JSON Lines in UTF-8; a UTF-16 file needs --encoding utf-16le.',
      ),
    })
  if (stated !== undefined) return finish(stated, 'stated')
  if (marked !== null) return finish(marked, 'marked')
  if (lines.firstBad === null) return finish('utf-8', 'checked')
  const guess = lines.goodLines === 0 ? await detectLegacyEncoding(lines.sample) : null
  const { line, bytes: bad } = lines.firstBad
  const damage: Located = {
    line,
    problem: rowProblem(
      'is not valid UTF-8',
      `Save the file as UTF-8${guess ? ` (it looks like ${guess})` : ''}; or say what it is with --encoding, for example --encoding windows-1252.`,
      { value: bad.toString('latin1') },
    ),
  }
  return guess ? finish(guess, 'guessed', null, damage) : finish('utf-8', 'checked', damage)
}

/** Tables by the half megabyte, for files that are not UTF-8. */
const loadIconv = async () => (await import('iconv-lite')).default

/** The bytes up to where they can no longer be unpacked; that place is then known by its line. */
async function* readable(bytes: AsyncIterable<Buffer>, lines: EncodingScan): AsyncGenerator<Buffer> {
  try {
    yield* bytes
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error
    lines.broken = { line: lines.reached, problem: rowProblem(error.reason, error.advice ?? '') }
  }
}

const isWideName = (encoding: string | undefined) => encoding !== undefined && /^(utf|ucs)-?(16|32|2)/i.test(encoding)

/** UTF-16 by its byte order mark, or by every other byte being NUL. */
function wideEncoding(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const length = Math.min(head.length, 4096) & ~1
  let even = 0
  let odd = 0
  for (let index = 0; index < length; index += 2) {
    if (head[index] === 0) even += 1
    if (head[index + 1] === 0) odd += 1
  }
  const half = length / 2
  if (half >= 8 && odd > half * 0.7 && even === 0) return 'utf-16le'
  if (half >= 8 && even > half * 0.7 && odd === 0) return 'utf-16be'
  return null
}

/** Checks a stream of bytes line by line: where a NUL is, where UTF-8 breaks, and whether other lines hold valid multi-byte characters. */
class EncodingScan {
  nulLine: number | null = null
  /** Where and why no more could be read. */
  broken: Located | null = null
  firstBad: { line: number; bytes: Buffer } | null = null
  /** Lines with characters beyond ASCII that are valid UTF-8. */
  goodLines = 0
  sample: Buffer = Buffer.alloc(0)
  private line = 1
  private rest: Buffer = Buffer.alloc(0)

  /** The line that was being read last. */
  get reached(): number {
    return this.line + countNewlines(this.rest)
  }

  add(chunk: Buffer): void {
    if (this.nulLine !== null) return
    const nul = chunk.indexOf(0)
    if (nul >= 0) {
      this.nulLine = this.line + countNewlines(chunk.subarray(0, nul)) + countNewlines(this.rest)
      return
    }
    const end = chunk.lastIndexOf(10) + 1
    if (end === 0 && this.rest.length < 1_000_000) {
      this.rest = Buffer.concat([this.rest, chunk])
      return
    }
    this.check(Buffer.concat([this.rest, chunk.subarray(0, end)]))
    this.rest = Buffer.from(chunk.subarray(end))
  }

  end(): void {
    if (this.nulLine === null) this.check(this.rest)
    this.rest = Buffer.alloc(0)
  }

  private check(block: Buffer): void {
    // Most files are UTF-8 throughout: whole blocks are checked at once, and single lines only where a block is not.
    const lines = countNewlines(block)
    if (isUtf8(block)) {
      if (this.goodLines === 0 && !isAscii(block) && !isOnlyByteOrderMark(block)) this.goodLines = 1
      this.line += lines
      return
    }
    for (let from = 0; from < block.length;) {
      const newline = block.indexOf(10, from)
      const to = newline < 0 ? block.length : newline + 1
      const line = block.subarray(from, to)
      if (!isUtf8(line)) {
        this.firstBad ??= { line: this.line, bytes: Buffer.from(line.subarray(0, 200)) }
        if (this.sample.length < 65536) this.sample = Buffer.concat([this.sample, line.subarray(0, 4096)])
      } else if (!isAscii(line) && !isOnlyByteOrderMark(line)) this.goodLines += 1
      if (newline >= 0) this.line += 1
      from = to
    }
  }
}

/** A byte order mark says UTF-8, but alone it is no proof that the text is. */
const isOnlyByteOrderMark = (block: Buffer) => block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf && isAscii(block.subarray(3))

function countNewlines(block: Buffer): number {
  let count = 0
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) count += 1
  return count
}
