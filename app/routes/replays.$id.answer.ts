import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({ case: z.string().min(1, 'name the case'), epoch: z.coerce.number().int().min(1).default(1) })

/** Longer answers are exported, not shown. */
const longestShown = 20_000

/** One answer as the model gave it, and what it took. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    const answer = await context.workspace.replays.answer(requireParameter(params, 'id'), query.case, query.epoch)
    return Response.json({ ...answer, text: answer.text?.slice(0, longestShown) ?? null, length: answer.text?.length ?? 0 })
  })
}
