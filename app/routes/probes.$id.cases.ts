import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { readProbeFilter } from '~/components/probes/probe-filter-url'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(200).catch(50),
})

/** One page of a run's probes: `{ total, rows }` of those that the filter in the URL leaves. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = new URL(request.url).searchParams
    const { offset, limit } = querySchema.parse(Object.fromEntries(query))
    const id = requireParameter(params, 'id')
    return Response.json(await context.workspace.probes.cases(id, { ...readProbeFilter(query), offset, limit }))
  })
}
