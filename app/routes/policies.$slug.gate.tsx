import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { GatePage } from '~/components/gate/gate-page'
import type { GateView } from '~/components/gate/types'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { loadGatePage } from '~/services/gate-page'
import { requireParameter } from './_lib/form-answer.server'
import { conditionsField } from './_lib/gate-conditions.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Gate · ${data?.policy.name ?? 'Policy'} · Touchstone` }]

export async function loader({ params, context }: LoaderFunctionArgs): Promise<GateView> {
  return withErrorResponse(() => loadGatePage(context.workspace, requireParameter(params, 'slug')))
}

/** Which replays are looked at asks only for the preview. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formAction, defaultShouldRevalidate }) =>
  !formAction && currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search ? false : defaultShouldRevalidate

const formSchema = z.object({
  conditions: conditionsField,
  message: z.string().trim().min(1, 'Say in a few words why.').max(500, 'Use at most 500 characters.'),
})

/** Sets the policy's gate; what it was before stays in its history. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const { author } = await readPreferences(request)
    const { conditions, message } = parseInput(formSchema, Object.fromEntries(await request.formData()))
    const gate = await context.workspace.policies.saveGate(requireParameter(params, 'slug'), { conditions, author, message })
    return { saved: gate.createdAt }
  } catch (error) {
    return toErrorResponse(error)
  }
}

export default function GateRoute() {
  const view = useLoaderData<typeof loader>()
  return <GatePage key={view.policy.slug} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
