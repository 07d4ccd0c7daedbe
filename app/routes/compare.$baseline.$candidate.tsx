import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, useParams, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ComparisonPage } from '~/components/comparison/comparison-page'
import { flipsPageSize } from '~/components/comparison/flip-explorer'
import { leakedParameter, readFlipFilter, writeFlipFilter } from '~/components/comparison/flip-filter-url'
import type { ComparisonView } from '~/components/comparison/types'
import { preferencesPath } from '~/components/ui/preferences'
import { withErrorResponse } from '~/lib/http-status'
import { loadComparisonPage } from '~/services/comparison-page'
import { marginSchema } from './_lib/comparison-query.server'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.candidate.name} against ${data.baseline.name} · ${data.policy.name} · Touchstone` : 'Comparison · Touchstone' },
]

const querySchema = z.object({
  margin: marginSchema,
  by: z.string().optional(),
})

export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<ComparisonView> {
  return withErrorResponse(async () => {
    const query = new URL(request.url).searchParams
    const { margin, by } = parseInput(querySchema, Object.fromEntries(query))
    const filter = readFlipFilter(query)
    const page = await loadComparisonPage(context.workspace, {
      baseline: requireParameter(params, 'baseline'),
      candidate: requireParameter(params, 'candidate'),
      margin,
      by: by ?? null,
      filter,
      firstFlips: flipsPageSize,
    })
    return { ...page, firstFilter: writeFlipFilter(new URLSearchParams(), filter).toString() }
  })
}

/** The tab, the filter and the chosen flip are only about how the comparison is looked at. */
export const shouldRevalidate: ShouldRevalidateFunction = ({
  currentUrl,
  nextUrl,
  currentParams,
  nextParams,
  formAction,
  defaultShouldRevalidate,
}) => {
  if (formAction === preferencesPath) return false
  if (
    currentUrl.href === nextUrl.href ||
    currentParams.baseline !== nextParams.baseline ||
    currentParams.candidate !== nextParams.candidate
  )
    return defaultShouldRevalidate
  return ['margin', 'by', leakedParameter].some((name) => currentUrl.searchParams.get(name) !== nextUrl.searchParams.get(name))
}

export default function ComparisonRoute() {
  const view = useLoaderData<typeof loader>()
  const { baseline = '', candidate = '' } = useParams()
  return <ComparisonPage view={view} baselineReference={baseline} candidateReference={candidate} />
}

export { ComparisonErrorBoundary as ErrorBoundary } from '~/components/comparison/comparison-error'
