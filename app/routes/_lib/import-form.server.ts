import { z } from 'zod'
import { noLabel, noMapping } from '~/components/import/types'
import type { UploadReadingRequest } from '~/services/import-reading'
import { parseInput } from './parse-input.server'

export const optionalText = z
  .string()
  .transform((text) => text.trim() || undefined)
  .optional()

/** How a file is read, as the address of the page and its forms write it; empty: found by looking. */
export const readingSchema = z.object({
  format: optionalText,
  encoding: optionalText,
  delimiter: optionalText,
  headerRow: z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().int().min(0).optional()),
  sheet: optionalText,
  relaxQuotes: z.preprocess((value) => (value === 'on' ? true : undefined), z.boolean().optional()),
})

const formSchema = readingSchema.extend({
  upload: z.string().min(1),
  mapping: optionalText,
  preset: optionalText,
  positive: optionalText,
  blankIsNo: z.literal('on').optional(),
  statesGuess: z.literal('on').optional(),
  guessLabels: z.literal('on').optional(),
})

/** What the form of the import page says of how the file is read. */
export function readImportForm(policySlug: string, form: FormData): UploadReadingRequest {
  const parsed = parseInput(formSchema, Object.fromEntries(form))
  const { upload, mapping: savedMappingId, preset, positive, blankIsNo, statesGuess, guessLabels, ...reading } = parsed
  const texts = (name: string) => form.getAll(name).map(String)
  const [columns, values, labels] = [texts('column'), texts('labelValue'), texts('label')]
  return {
    uploadId: upload,
    policySlug,
    preset,
    columns,
    mapping: texts('target').flatMap((target, index) => (target === '' ? [] : [`${target}=${columns[index] ?? ''}`])),
    labels: labels.flatMap((label, index) => (label === '' ? [] : [`${values[index] ?? ''}=${label === noLabel ? '' : label}`])),
    positive: positive?.split(';').map((value) => value.trim()) ?? [],
    blankIsNo: blankIsNo === 'on',
    ...(statesGuess === 'on' ? { guessLabels: guessLabels === 'on' } : {}),
    ...(savedMappingId === noMapping ? {} : { savedMappingId }),
    reading,
  }
}
