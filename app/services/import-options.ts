import { fileFormats, type FileFormat } from '~/formats/inspect-file'
import { TouchstoneError } from '~/lib/errors'
import type { ImportFileRequest } from './import-file'

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
