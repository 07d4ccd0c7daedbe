import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { reviewQueues } from '~/domain/review/review'
import { withErrorResponse } from '~/lib/http-status'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({
  replay: z.string().min(1),
  baseline: z.string().optional(),
  queue: z.enum(reviewQueues),
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(200).catch(25),
})

/** One page of a review queue: `{ total, decided, rows }`. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { replay, baseline, queue, offset, limit } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return Response.json(await context.workspace.reviews.queue(replay, { queue, baselineId: baseline ?? null, offset, limit }))
  })
}
