import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { GoldenSetList, type GoldenSetListView } from '~/components/golden-set/golden-set-list'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Golden sets · ${data?.policy.name ?? 'Policy'} · Touchstone` }]

/** The golden sets of a policy; the only one opens at once. */
export async function loader({ params, context }: LoaderFunctionArgs): Promise<GoldenSetListView> {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const [policy, goldenSets] = await Promise.all([context.workspace.policies.get(slug), context.workspace.goldenSets.list(slug)])
    const only = goldenSets.length === 1 ? goldenSets[0] : undefined
    if (only) throw redirect(`/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(only.name)}`)
    return { policy: { slug, name: policy.name }, goldenSets }
  })
}

export default function GoldenSetListRoute() {
  return <GoldenSetList view={useLoaderData<typeof loader>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
