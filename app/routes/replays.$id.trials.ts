import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { readTrialFilter } from '~/components/replays/trial-filter-url'
import { withErrorResponse } from '~/lib/http-status'
import { loadTrials } from '~/services/replay-page'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(200).catch(50),
})

/** One page of trials: `{ total, rows }` of those that the filter in the URL leaves. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = new URL(request.url).searchParams
    const { offset, limit } = querySchema.parse(Object.fromEntries(query))
    return Response.json(await loadTrials(context.workspace, requireParameter(params, 'id'), { ...readTrialFilter(query), offset, limit }))
  })
}
