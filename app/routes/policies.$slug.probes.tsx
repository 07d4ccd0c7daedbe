import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ProbesPage } from '~/components/probes/probes-page'
import type { ProbesView } from '~/components/probes/types'
import { preferencesPath } from '~/components/ui/preferences'
import { transformNames } from '~/domain/probes/transforms'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { loadProbesPage, startProbes } from '~/services/probe-pages'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'
import { probesFieldsSchema } from './_lib/probes-fields.server'
import { readPreferences } from './_lib/preferences.server'
import { verdictFieldSchema } from './_lib/verdict-field.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Probes · ${data.policy.name} · Touchstone` : 'Probes · Touchstone' },
]

export async function loader({ params, context }: LoaderFunctionArgs): Promise<ProbesView> {
  return withErrorResponse(() => loadProbesPage(context.workspace, requireParameter(params, 'slug')))
}

const replaySchema = z.object({ replayId: z.string().min(1), limit: z.coerce.number().int().min(1).max(1_000_000) })
const labelSchema = z.object({
  id: z.string().min(1),
  content: z.string().max(20_000),
  verdict: verdictFieldSchema,
  note: z.string().max(500),
})

/** Starts probes of a version or of a replay, or settles a contrast pair. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const slug = requireParameter(params, 'slug')
    const { workspace } = context
    const { author } = await readPreferences(request)
    const form = await request.formData()
    const fields = { ...Object.fromEntries(form), transforms: form.getAll('transform') }
    switch (form.get('intent')) {
      case 'start': {
        const { goldenSet, version, limit, seed, transforms } = parseInput(probesFieldsSchema, fields)
        const selection = { caseIds: null, limit, seed, transforms }
        const run = await startProbes(workspace, { slug, goldenSet, version, selection, author })
        return redirect(`/probes/${run.id}`)
      }
      case 'replay': {
        const { replayId, limit } = parseInput(replaySchema, fields)
        const selection = { caseIds: null, limit, seed: 1, transforms: [...transformNames] }
        const run = await startProbes(workspace, { slug, replayId, selection, author })
        return redirect(`/probes/${run.id}`)
      }
      case 'label': {
        const { verdict, ...pair } = parseInput(labelSchema, fields)
        return { labelled: await workspace.contrasts.label(slug, { ...pair, expected: verdict, author }) }
      }
      default: {
        const { id } = parseInput(labelSchema.pick({ id: true }), fields)
        await workspace.contrasts.dismiss(slug, id)
        return { dismissed: true as const }
      }
    }
  } catch (error) {
    return toErrorResponse(error)
  }
}

export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, defaultShouldRevalidate }) =>
  formAction === preferencesPath ? false : defaultShouldRevalidate

export default function ProbesRoute() {
  const view = useLoaderData<typeof loader>()
  return <ProbesPage key={view.policy.slug} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
