import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { readFlipFilter } from '~/components/comparison/flip-filter-url'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(500).catch(100),
  caseId: z.string().min(1).optional(),
})

/** One page of flips: `{ total, rows }` of the cases that the filter in the URL leaves, the most harmful first. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { replays, comparisons } = context.workspace
    const query = new URL(request.url).searchParams
    const { offset, limit, caseId } = querySchema.parse(Object.fromEntries(query))
    const [baseline, candidate] = await Promise.all([
      replays.resolve(requireParameter(params, 'baseline')),
      replays.resolve(requireParameter(params, 'candidate')),
    ])
    return Response.json(await comparisons.flips(baseline, candidate, { filter: { ...readFlipFilter(query), caseId }, offset, limit }))
  })
}
