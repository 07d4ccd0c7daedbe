import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { CompareManyPage } from '~/components/comparison/compare-many-page'
import type { CompareManyView } from '~/components/comparison/types'
import { withErrorResponse } from '~/lib/http-status'
import { loadCompareManyPage } from '~/services/compare-many-page'
import { manyReplaysSchema } from './_lib/comparison-query.server'
import { parseInput } from './_lib/parse-input.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.comparison.versions.length} versions · ${data.policy.name} · Touchstone` : 'Comparison · Touchstone' },
]

export async function loader({ request, context }: LoaderFunctionArgs): Promise<CompareManyView> {
  return withErrorResponse(async () => {
    const query = Object.fromEntries(new URL(request.url).searchParams)
    return await loadCompareManyPage(context.workspace, parseInput(manyReplaysSchema, query))
  })
}

export default function CompareManyRoute() {
  return <CompareManyPage view={useLoaderData<typeof loader>()} />
}

export { ComparisonErrorBoundary as ErrorBoundary } from '~/components/comparison/comparison-error'
