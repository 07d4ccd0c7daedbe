import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll } from 'vitest'
import { parseMapping } from '~/domain/golden-set/case-mapping'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { ImportProblem } from '~/domain/golden-set/problems'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { openCases, type ReadCasesOptions } from '~/formats/read-cases'

/** A folder that is there for the tests of one file. */
export function useTemporaryFolder(): (name: string, content: string | Buffer) => string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-formats-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let serial = 0
  return (name, content) => {
    serial += 1
    const file = join(folder, `${serial}-${name}`)
    writeFileSync(file, content)
    return file
  }
}

export type Reading = { cases: GoldenCase[]; lines: number[]; problems: ImportProblem[]; fatal: boolean; notes: string[] }

/** Reads a file to the end. `map` holds `--map` entries. */
export async function readAll(
  file: string,
  options: Partial<ReadCasesOptions> & { map?: string[]; positive?: string[]; labels?: string[]; blankIsNo?: boolean } = {},
): Promise<Reading> {
  const { map, positive = [], labels = [], blankIsNo = false, ...rest } = options
  const { mapping, errors } = parseMapping(map ?? [], { positive, labels })
  if (errors.length) throw new Error(errors.join('; '))
  const source = await openCases(file, { scheme: defaultVerdictScheme, mapping: { ...mapping, blankIsNo }, ...rest })
  const reading: Reading = { cases: [], lines: [], problems: [], fatal: false, notes: [] }
  for await (const event of source.read()) {
    if (event.type === 'case') {
      reading.cases.push(event.case)
      reading.lines.push(event.line)
    } else {
      reading.problems.push(event.problem)
      reading.fatal ||= event.fatal
    }
  }
  reading.notes = source.notes
  return reading
}

/** A zip file. `statedSizes` lets an entry lie about what it unpacks to. */
export function makeZip(entries: Record<string, string | Buffer>, statedSizes: Record<string, number> = {}): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content)
    const packed = deflateRawSync(data)
    const nameBytes = Buffer.from(name)
    const size = statedSizes[name] ?? data.length
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, nameBytes, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, tail, nameBytes]))
    locals.push(local)
    offset += local.length
  }
  const directoryBytes = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(directoryBytes.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directoryBytes, Buffer.from('PK\u0005\u0006'), end])
}

const escape = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** A workbook with one sheet; texts go through the shared strings, as Excel writes them. */
export function makeWorkbook(rows: ReadonlyArray<ReadonlyArray<string | number>>, sheetName = 'Cases'): Buffer {
  const texts = [...new Set(rows.flat().filter((cell) => typeof cell === 'string'))]
  const letter = (column: number) => String.fromCharCode(65 + column)
  const sheet = rows
    .map((cells, row) => {
      const written = cells.map((cell, column) => {
        if (cell === '') return ''
        const reference = `${letter(column)}${row + 1}`
        return typeof cell === 'number'
          ? `<c r="${reference}"><v>${cell}</v></c>`
          : `<c r="${reference}" t="s"><v>${texts.indexOf(cell)}</v></c>`
      })
      return `<row r="${row + 1}">${written.join('')}</row>`
    })
    .join('')
  return makeZip({
    'xl/workbook.xml': `<workbook xmlns:r="r"><sheets><sheet name="${escape(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/sharedStrings.xml': `<sst>${texts.map((text) => `<si><t xml:space="preserve">${escape(text)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
  })
}
