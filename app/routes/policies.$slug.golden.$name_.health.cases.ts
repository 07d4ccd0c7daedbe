import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { findingKinds } from '~/domain/golden-set/health'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({
  kind: z.enum(findingKinds),
  revision: z.coerce.number().int().min(1).optional().catch(undefined),
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(500).catch(50),
})

/** One page of a finding's cases: `{ total, rows }`. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    return Response.json(await context.workspace.health.cases(slug, name, query))
  })
}
