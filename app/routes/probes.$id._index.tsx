import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ProbeRunPage } from '~/components/probes/probe-run-page'
import { nameOfVersion } from '~/components/probes/run-words'
import type { ProbeRunView } from '~/components/probes/types'
import { preferencesPath } from '~/components/ui/preferences'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { loadProbeRunPage } from '~/services/probe-pages'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Robustness of ${nameOfVersion(data.report)} · ${data.policy.name} · Touchstone` : 'Probes · Touchstone' },
]

export async function loader({ params, context }: LoaderFunctionArgs): Promise<ProbeRunView> {
  return withErrorResponse(() => loadProbeRunPage(context.workspace, requireParameter(params, 'id')))
}

/** Stops the run, or goes on with it. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const id = requireParameter(params, 'id')
    const { intent } = parseInput(z.object({ intent: z.enum(['cancel', 'resume']) }), Object.fromEntries(await request.formData()))
    await (intent === 'cancel' ? context.workspace.probes.cancel(id) : context.workspace.probes.start(id))
    return { done: intent }
  } catch (error) {
    return toErrorResponse(error)
  }
}

/** Which probes are looked at asks the server only for those. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formAction, defaultShouldRevalidate }) => {
  if (formAction === preferencesPath) return false
  if (!formAction && currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search) return false
  return defaultShouldRevalidate
}

export default function ProbeRunRoute() {
  const view = useLoaderData<typeof loader>()
  return <ProbeRunPage key={view.report.id} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
