import { z } from 'zod'
import type { GoldenCase, MetaValue } from '~/domain/golden-set/golden-case'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'

/** The form of a case, as its fields are named; repeated fields are lists. Serves the browser and the action. */
const optionalText = (limit: number) =>
  z
    .string()
    .max(limit, `Use at most ${limit.toLocaleString('en-US')} characters.`)
    .transform((text) => text.trim())
    .default('')

export const caseFormSchema = z.object({
  id: z
    .string()
    .trim()
    .min(1, 'Give the case an id.')
    .max(500, 'Use at most 500 characters.')
    // oxlint-disable-next-line no-control-regex -- an id stands in URLs and file names
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'Use letters that can be seen.'),
  content: z
    .string()
    .max(1_000_000, 'Use at most 1,000,000 characters.')
    .refine((text) => text.trim() !== '', 'Enter what was posted.')
    .refine((text) => !/\p{Surrogate}/u.test(text), 'Holds half of a character that takes two; enter it anew.'),
  parents: z.array(z.string().max(1_000_000)).default([]),
  surface: optionalText(500),
  author: optionalText(2000),
  locale: z
    .string()
    .trim()
    .regex(/^([A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*)?$/, 'Write a language tag such as en-GB, or nothing.')
    .default(''),
  label: z.string().default(''),
  rules: z.record(z.string(), z.enum(['', 'true', 'false'])).default({}),
  severity: z.string().default(''),
  note: optionalText(20_000),
  tags: z.string().max(5000, 'Use at most 5,000 characters.').default(''),
  mustPass: z.boolean().default(false),
  split: optionalText(100),
  meta: z.array(z.tuple([z.string(), z.string()])).default([]),
  message: z.string().trim().min(1, 'Say in a few words why.').max(500, 'Use at most 500 characters.'),
})
export type CaseForm = z.infer<typeof caseFormSchema>

export type CaseFormErrors = Partial<Record<keyof CaseForm, string>>
export type CaseFormReading = { ok: true; form: CaseForm } | { ok: false; errors: CaseFormErrors }

/** Reads the fields that the form sends. Line breaks become LF, as everywhere. */
export function readCaseForm(data: FormData): CaseFormReading {
  const text = (name: string) => normaliseLines(String(data.get(name) ?? ''))
  const rules = Object.fromEntries(
    [...data.keys()].filter((key) => key.startsWith('rule.')).map((key) => [key.slice('rule.'.length), String(data.get(key) ?? '')]),
  )
  const keys = data.getAll('metaKey').map(String)
  const values = data.getAll('metaValue').map((value) => normaliseLines(String(value)))
  const parsed = caseFormSchema.safeParse({
    id: text('id'),
    content: text('content'),
    parents: data
      .getAll('parents')
      .map((parent) => normaliseLines(String(parent)))
      .filter((parent) => parent.trim() !== ''),
    surface: text('surface'),
    author: text('author'),
    locale: text('locale'),
    label: text('label'),
    rules,
    severity: text('severity'),
    note: text('note'),
    tags: text('tags'),
    mustPass: data.get('mustPass') === 'on',
    split: text('split'),
    meta: keys.map((key, index) => [key.trim(), values[index] ?? '']).filter(([key]) => key !== ''),
    message: text('message'),
  })
  if (parsed.success) return { ok: true, form: parsed.data }
  const errors: CaseFormErrors = {}
  for (const issue of parsed.error.issues) errors[issue.path[0] as keyof CaseForm] ??= issue.message
  return { ok: false, errors }
}

/** What the scheme does not allow: an unknown label or severity. */
export function checkCaseForm(form: CaseForm, scheme: VerdictScheme): CaseFormErrors {
  const errors: CaseFormErrors = {}
  if (form.label !== '' && !scheme.labels.some(({ id }) => id === form.label))
    errors.label = `“${form.label}” is not a label of this policy.`
  if (form.severity !== '' && scheme.severities.length > 0 && !scheme.severities.includes(form.severity))
    errors.severity = `“${form.severity}” is not a severity of this policy.`
  const repeated = form.meta.map(([key]) => key).find((key, index, all) => all.indexOf(key) !== index)
  if (repeated !== undefined) errors.meta = `“${repeated}” is listed twice.`
  return errors
}

/** The case that the form describes. What the form does not show (annotations, the types of metadata) is kept from `before`. */
export function toGoldenCase(form: CaseForm, before: GoldenCase | null): GoldenCase {
  return {
    id: form.id,
    content: form.content,
    context: {
      parents: form.parents,
      ...(form.surface ? { surface: form.surface } : {}),
      ...(form.author ? { author: form.author } : {}),
      ...(form.locale ? { locale: form.locale } : {}),
    },
    expected: readExpected(form),
    tags: [...new Set(form.tags.split(/[,\n]/).map((tag) => tag.trim()))].filter((tag) => tag !== ''),
    ...(form.note ? { note: form.note } : {}),
    mustPass: form.mustPass,
    ...(form.split ? { split: form.split } : {}),
    meta: Object.fromEntries(form.meta.map(([key, value]) => [key, readMetaValue(value, before?.meta[key])])),
    annotations: before?.annotations ?? [],
  }
}

function readExpected(form: CaseForm): ExpectedVerdict | null {
  const rules = Object.fromEntries(
    Object.entries(form.rules).flatMap(([id, applies]) => (applies === '' ? [] : [[id, applies === 'true']])),
  )
  if (form.label === '' && Object.keys(rules).length === 0 && form.severity === '') return null
  return { label: form.label || null, rules, ...(form.severity ? { severity: form.severity } : {}) }
}

/** A value that was a number or a truth value stays one as long as what was typed can be read as one. */
function readMetaValue(text: string, before: MetaValue | undefined): MetaValue {
  if (before === null && text === '') return null
  if (typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

const normaliseLines = (text: string) => text.replace(/\r\n?/g, '\n')
