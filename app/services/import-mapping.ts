import { readFile } from 'node:fs/promises'
import { completeMapping, findColumn, formatMapping, mappedColumns, type CaseMapping } from '../domain/golden-set/case-mapping'
import { quoteValue, type ImportProblem, type RowProblem } from '../domain/golden-set/problems'
import { parseSavedMapping, type SavedMapping } from '../domain/golden-set/saved-mapping'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import { describeYamlProblems, type YamlProblem } from '../domain/policy/yaml-text'
import { findPreset, type Preset } from '../formats/presets'
import { TouchstoneError } from '../lib/errors'
import { readFileFormat } from './import-options'
import { findUpload, receiveUpload, removeUpload } from './import-upload'

/** A saved mapping that somebody handed over for a file. `lineOf`: where a part of it stands, from 1. */
export type UploadedMapping = {
  id: string
  name: string
  saved: SavedMapping
  preset: Preset | null
  lineOf: (path: readonly string[]) => number
}

const mostBytes = 1_000_000
const advice = 'Choose a file that “Save this mapping” or touchstone import --save-mapping wrote, or repair the line and choose it again.'

/** Takes a saved mapping (`touchstone.mapping/1`). Throws a TouchstoneError with everything that is wrong in it; it is not kept then. */
export async function receiveMapping(
  name: string,
  body: ReadableStream<Uint8Array>,
): Promise<{ id: string; name: string; reading: SavedMapping['reading'] }> {
  const { id } = await receiveUpload(name, body)
  try {
    const mapping = await findMapping(id)
    return { id, name: mapping.name, reading: mapping.saved.reading }
  } catch (error) {
    await removeUpload(id)
    throw error
  }
}

/** Throws not-found where the mapping is unknown or was forgotten. */
export async function findMapping(id: string): Promise<UploadedMapping> {
  const { path, name, bytes } = await findUpload(id)
  if (bytes > mostBytes) throw new TouchstoneError('invalid-input', `${name}:1: the file is larger than a mapping can be (1 MB).`, advice)
  return { id, ...readMapping(name, await readFile(path, 'utf8')) }
}

/** The mapping that an earlier import was read by. Null where this version does not know what it says. */
export function recallMapping(text: string): UploadedMapping | null {
  try {
    return { id: rememberedMapping, ...readMapping('the last import', text) }
  } catch (error) {
    if (error instanceof TouchstoneError) return null
    throw error
  }
}

/** In place of the id of a mapping that was handed over: the one that is remembered. */
export const rememberedMapping = 'remembered'

function readMapping(name: string, text: string): Omit<UploadedMapping, 'id'> {
  const reading = parseSavedMapping(text, name)
  if (!reading.ok) throw new TouchstoneError('invalid-input', describeYamlProblems(reading.problems), advice)
  const { value: saved, lineOf } = reading
  const problems: YamlProblem[] = []
  const attempt = <Value>(place: string[], work: () => Value): Value | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof TouchstoneError)) throw error
      const message = [error.message, error.advice].filter(Boolean).join(' ')
      problems.push({ file: name, line: lineOf(place), path: place.join('.'), message: `${place.join('.')}: ${message}` })
      return null
    }
  }
  for (const [key, value] of Object.entries(saved.reading)) attempt(['reading', key], () => readFileFormat({ [key]: value }))
  const named = saved.preset === 'none' ? undefined : saved.preset
  const preset = named === undefined ? null : attempt(['preset'], () => findPreset(named))
  if (preset?.transform && formatMapping(saved.mapping).length > 0)
    problems.push({
      file: name,
      line: lineOf(['columns']),
      path: 'columns',
      message: `the layout "${preset.name}" knows its columns: leave "columns" out, or say preset: none`,
    })
  if (problems.length > 0) throw new TouchstoneError('invalid-input', describeYamlProblems(problems), advice)
  return { name, saved, preset, lineOf }
}

/** The columns as a mapping and the file's own names say: column → part of a case. What a file's columns cannot follow is a problem. */
export function applyMapping(
  { name, saved, lineOf }: UploadedMapping,
  columns: readonly string[],
  scheme: VerdictScheme,
): { chosen: Map<string, string>; problems: ImportProblem[] } {
  const chosen = new Map<string, string>()
  const problems: ImportProblem[] = []
  const add = (path: [part: string, key: string], problem: Pick<RowProblem, 'message' | 'advice'>, value: string) =>
    problems.push({ file: name, line: lineOf(path), column: path.join('.'), value: quoteValue(value), ...problem })
  for (const { target, column } of mappedColumns(saved.mapping)) {
    const found = columns[findColumn(columns, column)]
    const earlier = found === undefined ? undefined : chosen.get(found)
    if (found === undefined) {
      const advice = 'Choose the column in the lists below, or correct the mapping and choose it again.'
      add(['columns', target], { message: 'is no column of this file', advice }, column)
    } else if (earlier !== undefined) {
      const advice = 'Choose below what it is, or import the file with touchstone import --mapping.'
      add(['columns', target], { message: `is ${earlier} already, and a column is one thing in this page`, advice }, column)
    } else chosen.set(found, target)
  }
  for (const { target, column } of mappedColumns(completeMapping(saved.mapping, columns)))
    if (columns.includes(column) && !chosen.has(column)) chosen.set(column, target)
  const known = scheme.labels.map(({ id }) => id)
  for (const [value, label] of Object.entries(saved.mapping.labels))
    if (label !== '' && !known.includes(label)) {
      const message = `means ${JSON.stringify(label)}, which is no label of this policy`
      add(['labels', value], { message, advice: `Say below what it means: ${known.join(', ')}.` }, value)
    }
  return { chosen, problems }
}

/** Values that a mapping gives a label. An empty cell never has one. */
export const statedLabels = (mapping: CaseMapping): Record<string, string> =>
  Object.fromEntries(Object.entries(mapping.labels).filter(([value]) => value.trim() !== ''))
