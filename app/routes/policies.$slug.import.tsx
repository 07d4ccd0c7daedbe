import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ImportPage } from '~/components/import/import-page'
import { noMapping, type ImportView } from '~/components/import/types'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { importUpload, listPresets, listTargets, previewUpload } from '~/services/import-page'
import { requireParameter } from './_lib/form-answer.server'
import { optionalText, readImportForm, readingSchema } from './_lib/import-form.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Import cases · ${data?.policy.name ?? 'Policy'} · Touchstone` }]

const querySchema = readingSchema.extend({ upload: z.string().optional(), golden: z.string().optional(), mapping: optionalText })

export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<ImportView> {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const { policies, goldenSets } = context.workspace
    const [policy, sets] = await Promise.all([policies.get(slug), goldenSets.list(slug)])
    const { upload, golden, mapping, ...reading } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return {
      policy: { slug, name: policy.name, labels: policy.scheme.labels },
      goldenSets: sets.map((set) => set.name),
      goldenName: golden ?? null,
      presets: listPresets(),
      targets: listTargets(policy.scheme),
      preview: upload
        ? await previewUpload(
            upload,
            reading,
            policy.scheme,
            mappingOf(mapping, (columns) => policies.importMapping(slug, columns)),
          )
        : null,
    }
  })
}

const mappingOf = (id: string | undefined, recall: (columns: readonly string[]) => Promise<string | null>) => {
  if (id === noMapping) return {}
  return id === undefined ? { recall } : { id }
}

/** The file of an import that is done is gone: the page goes to the golden set then and is not made anew. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, currentUrl, nextUrl }) =>
  !formAction && currentUrl.href !== nextUrl.href

const formSchema = z.object({
  intent: z.enum(['check', 'import']),
  goldenName: z
    .string()
    .trim()
    .min(1, 'Name the golden set.')
    .max(64, 'Use at most 64 characters.')
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u, 'Start with a letter or digit; use letters, digits, ".", "_", "-" and blanks.'),
  mode: z.enum(['merge', 'mirror']),
  skipInvalid: z.literal('on').optional(),
  message: optionalText,
})

/** Checks the file, or imports it and goes to the golden set. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const slug = requireParameter(params, 'slug')
    const { author } = await readPreferences(request)
    const form = await request.formData()
    const { intent, goldenName, mode, skipInvalid, message } = parseInput(formSchema, Object.fromEntries(form))
    const result = await importUpload(context.workspace, {
      ...readImportForm(slug, form),
      goldenName,
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
