import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { readCaseFilter } from '~/components/golden-set/case-filter-url'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({
  revision: z.coerce.number().int().min(1).optional().catch(undefined),
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(500).catch(100),
})

/** One page of the table: `{ total, rows }` of the cases that the filter in the URL leaves. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = new URL(request.url).searchParams
    const { revision, offset, limit } = querySchema.parse(Object.fromEntries(query))
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    return Response.json(await context.workspace.goldenSets.cases(slug, name, { revision, filter: readCaseFilter(query), offset, limit }))
  })
}
