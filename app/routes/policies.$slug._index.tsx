import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import type { PolicyView } from '~/components/policy/policy-view'
import { PolicyWorkbench } from '~/components/policy/policy-workbench'
import { preferencesPath } from '~/components/ui/preferences'
import { withErrorResponse } from '~/lib/http-status'
import { loadPolicyPage } from '~/services/policy-page'
import { requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.policy.name ?? 'Policy'} · Touchstone` }]

const querySchema = z.object({ golden: z.string().nullable().catch(null), baseline: z.coerce.number().int().min(1).nullable().catch(null) })

export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<PolicyView> {
  return withErrorResponse(async () => {
    const { author } = await readPreferences(request)
    const query = new URL(request.url).searchParams
    const { golden, baseline } = querySchema.parse({ golden: query.get('golden'), baseline: query.get('baseline') })
    return loadPolicyPage(context.workspace, requireParameter(params, 'slug'), { goldenSet: golden, baselineVersion: baseline, author })
  })
}

/** What is only about how the page is looked at (the version shown, the guide, the theme) asks the server nothing. */
export const shouldRevalidate: ShouldRevalidateFunction = ({
  currentUrl,
  nextUrl,
  formAction,
  currentParams,
  nextParams,
  defaultShouldRevalidate,
}) => {
  if (formAction === preferencesPath) return false
  if (currentUrl.href === nextUrl.href || currentParams.slug !== nextParams.slug) return defaultShouldRevalidate
  return ['golden', 'baseline'].some((name) => currentUrl.searchParams.get(name) !== nextUrl.searchParams.get(name))
}

export default function PolicyRoute() {
  const view = useLoaderData<typeof loader>()
  return <PolicyWorkbench key={view.policy.slug} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
