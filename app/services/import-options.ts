import { readFile } from 'node:fs/promises'
import { emptyMapping } from '~/domain/golden-set/case-mapping'
import { formatSavedMapping, parseSavedMapping, type SavedMapping } from '~/domain/golden-set/saved-mapping'
import { describeYamlProblems } from '~/domain/policy/yaml-text'
import { fileFormats, type FileFormat } from '~/formats/inspect-file'
import { TouchstoneError } from '~/lib/errors'
import type { ImportFileReport, ImportFileRequest } from './import-file'

type WrittenOptions = { format?: string; encoding?: string; delimiter?: string; headerRow?: number; relaxQuotes?: boolean; sheet?: string }

/** The reading options of a command line or a form, checked. Throws a TouchstoneError that names the value. */
export function readFileFormat(
  options: WrittenOptions,
): Pick<ImportFileRequest, 'format' | 'encoding' | 'delimiter' | 'headerLine' | 'relaxQuotes' | 'sheet'> {
  const { format, delimiter } = options
  if (format !== undefined && !isFileFormat(format))
    throw new TouchstoneError('invalid-input', `There is no format ${JSON.stringify(format)}.`, `Use one of: ${fileFormats.join(', ')}.`)
  const character = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter
  if (character !== undefined && (character.length !== 1 || character === '"' || character === '\n' || character === '\r'))
    throw new TouchstoneError(
      'invalid-input',
      `${JSON.stringify(delimiter)} cannot be a delimiter.`,
      'Use one character, such as "," or ";", or "tab".',
    )
  return {
    ...(format === undefined ? {} : { format }),
    ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
    ...(character === undefined ? {} : { delimiter: character }),
    ...(options.headerRow === undefined ? {} : { headerLine: options.headerRow }),
    ...(options.relaxQuotes === undefined ? {} : { relaxQuotes: options.relaxQuotes }),
    ...(options.sheet === undefined ? {} : { sheet: options.sheet }),
  }
}

const isFileFormat = (format: string): format is FileFormat => (fileFormats as readonly string[]).includes(format)

/** Reads a saved mapping (`touchstone.mapping/1`). Throws a TouchstoneError with everything that is wrong in it. */
export async function readSavedMapping(file: string): Promise<SavedMapping> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TouchstoneError('invalid-input', `The mapping ${file} cannot be read.`, 'Check the path.', { cause })
  })
  const reading = parseSavedMapping(text, file)
  if (!reading.ok) throw new TouchstoneError('invalid-input', describeYamlProblems(reading.problems), 'Repair the mapping.')
  return reading.value
}

/** The way a file was read as a saved mapping; a layout that reads itself is saved by the name of its preset. */
export function savedMappingOf(layout: ImportFileReport['layout'], reading: SavedMapping['reading']): string {
  const stated = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined))
  return formatSavedMapping({ preset: layout.preset ?? 'none', mapping: layout.mapping ?? emptyMapping, reading: stated })
}
