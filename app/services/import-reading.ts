import { parseMapping, type CaseMapping } from '../domain/golden-set/case-mapping'
import type { SavedMapping } from '../domain/golden-set/saved-mapping'
import { defaultVerdictScheme } from '../domain/policy/verdict-scheme'
import { openCases } from '../formats/read-cases'
import { TouchstoneError } from '../lib/errors'
import { goldenNameOf } from './golden-name'
import { findMapping } from './import-mapping'
import { readFileFormat, savedMappingOf } from './import-options'
import { findUpload } from './import-upload'
import type { Workspace } from './workspace-api'

/** How a file is read, as the form writes it; empty: found by looking. */
export type ReadingOptions = SavedMapping['reading']

/** How an uploaded file is read, as the form says it. */
export type UploadReadingRequest = {
  uploadId: string
  policySlug: string
  preset?: string
  /** All columns of the table that the person saw in lists; empty where there were none. */
  columns: string[]
  /** `TARGET=COLUMN`, as the command line writes it. */
  mapping: string[]
  /** `VALUE=LABEL`. */
  labels: string[]
  /** Values or limits that mean the violating label; every other value then means the allowed one. */
  positive: string[]
  blankIsNo: boolean
  /** Undefined: nobody said. */
  guessLabels?: boolean
  /** A saved mapping that was handed over: it says what the form, which has no lists for some layouts, does not. */
  savedMappingId?: string
  reading: ReadingOptions
}

/** How a file is to be read, of what the form and a saved mapping say. Throws a TouchstoneError that names the value. */
export async function readingOf(request: UploadReadingRequest) {
  const { preset } = request
  const { mapping, errors } = parseMapping(request.mapping, { labels: request.labels, positive: request.positive })
  if (errors.length > 0) throw new TouchstoneError('invalid-input', `The mapping cannot be used: ${errors.join('; ')}.`)
  if (request.blankIsNo) mapping.blankIsNo = true
  if (request.guessLabels !== undefined) mapping.guessLabels = request.guessLabels
  const isMapped = request.mapping.length > 0
  const saved = isMapped || request.savedMappingId === undefined ? null : (await findMapping(request.savedMappingId)).saved
  const isSameLayout = saved !== null && (saved.preset === undefined || (saved.preset === 'none' ? undefined : saved.preset) === preset)
  const used: CaseMapping | null = isSameLayout ? saved.mapping : preset && !isMapped ? null : mapping
  return { ...(preset ? { preset } : {}), ...(used ? { mapping: used } : {}), ...readFileFormat(request.reading) }
}

/** How the form reads an uploaded file, as the saved mapping that `touchstone import --save-mapping` writes. Rows with problems do not matter. */
export async function saveUploadMapping(workspace: Workspace, request: UploadReadingRequest): Promise<{ name: string; text: string }> {
  const upload = await findUpload(request.uploadId)
  const policy = await workspace.policies.find(request.policySlug)
  const source = await openCases(upload.path, { ...(await readingOf(request)), scheme: policy?.scheme ?? defaultVerdictScheme })
  // What the values of the labels turn out to mean is known at the end.
  for await (const event of source.read()) if (event.type === 'problem' && event.fatal) break
  return {
    name: `${goldenNameOf(upload.name)}.mapping`,
    text: savedMappingOf({ preset: source.preset, mapping: source.mapping }, request.reading),
  }
}
