import type { LoaderFunctionArgs } from '@remix-run/node'
import { withErrorResponse } from '~/lib/http-status'
import { estimateProbes } from '~/services/probe-pages'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'
import { probesFieldsSchema } from './_lib/probes-fields.server'

/** What probes would take, as the form would start them: calls, tokens, cost, time. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const query = new URL(request.url).searchParams
    const fields = parseInput(probesFieldsSchema, { ...Object.fromEntries(query), transforms: query.getAll('transform') })
    const { goldenSet, version, limit, seed, transforms } = fields
    const { author } = await readPreferences(request)
    const selection = { caseIds: null, limit, seed, transforms }
    return Response.json(await estimateProbes(context.workspace, { slug, goldenSet, version, selection, author }))
  })
}
