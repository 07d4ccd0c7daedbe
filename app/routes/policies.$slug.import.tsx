import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ImportPage } from '~/components/import/import-page'
import { noLabel, type ImportView } from '~/components/import/types'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { importUpload, listPresets, listTargets, previewUpload } from '~/services/import-page'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Import cases · ${data?.policy.name ?? 'Policy'} · Touchstone` }]

const optional = z.string().transform((text) => text.trim() || undefined)
const readingSchema = z.object({
  encoding: optional.optional(),
  delimiter: optional.optional(),
  headerRow: z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().int().min(0).optional()),
  sheet: optional.optional(),
  relaxQuotes: z.preprocess((value) => (value === 'on' ? true : undefined), z.boolean().optional()),
})
const querySchema = readingSchema.extend({ upload: z.string().optional(), golden: z.string().optional() })

export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<ImportView> {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const { policies, goldenSets } = context.workspace
    const [policy, sets] = await Promise.all([policies.get(slug), goldenSets.list(slug)])
    const { upload, golden, ...reading } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return {
      policy: { slug, name: policy.name, labels: policy.scheme.labels },
      goldenSets: sets.map((set) => set.name),
      goldenName: golden ?? null,
      presets: listPresets(),
      targets: listTargets(policy.scheme),
      preview: upload ? await previewUpload(upload, reading, policy.scheme) : null,
    }
  })
}

/** The file of an import that is done is gone: the page goes to the golden set then and is not made anew. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, currentUrl, nextUrl }) =>
  !formAction && currentUrl.href !== nextUrl.href

const formSchema = readingSchema.extend({
  intent: z.enum(['check', 'import']),
  upload: z.string().min(1),
  goldenName: z
    .string()
    .trim()
    .min(1, 'Name the golden set.')
    .max(64, 'Use at most 64 characters.')
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u, 'Start with a letter or digit; use letters, digits, ".", "_", "-" and blanks.'),
  preset: optional.optional(),
  mode: z.enum(['merge', 'mirror']),
  skipInvalid: z.literal('on').optional(),
  message: optional.optional(),
  positive: optional.optional(),
  blankIsNo: z.literal('on').optional(),
})

/** Checks the file, or imports it and goes to the golden set. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const slug = requireParameter(params, 'slug')
    const { author } = await readPreferences(request)
    const form = await request.formData()
    const { intent, upload, goldenName, preset, mode, skipInvalid, message, positive, blankIsNo, ...reading } = parseInput(
      formSchema,
      Object.fromEntries(form),
    )
    const texts = (name: string) => form.getAll(name).map(String)
    const [columns, values, labels] = [texts('column'), texts('labelValue'), texts('label')]
    const result = await importUpload(context.workspace, {
      uploadId: upload,
      policySlug: slug,
      goldenName,
      preset,
      mapping: texts('target').flatMap((target, index) => (target === '' ? [] : [`${target}=${columns[index] ?? ''}`])),
      labels: labels.flatMap((label, index) => (label === '' ? [] : [`${values[index] ?? ''}=${label === noLabel ? '' : label}`])),
      positive: positive?.split(';').map((value) => value.trim()) ?? [],
      blankIsNo: blankIsNo === 'on',
      reading,
      mode,
      skipInvalid: skipInvalid === 'on',
      dryRun: intent === 'check',
      author,
      message,
    })
    if (result.status === 'imported')
      return redirect(`/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(result.report.goldenSet)}`)
    return result
  } catch (error) {
    return toErrorResponse(error)
  }
}

export default function ImportRoute() {
  return <ImportPage view={useLoaderData<typeof loader>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
