import type { LoaderFunctionArgs } from '@remix-run/node'
import { withErrorResponse } from '~/lib/http-status'
import { estimateDraftReplay } from '~/services/policy-page'
import { readPreferences } from './_lib/preferences.server'
import { requireParameter } from './_lib/form-answer.server'

/** What a replay of the draft would take: calls, tokens, cost, time. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const goldenSet = new URL(request.url).searchParams.get('golden') ?? ''
    const { author } = await readPreferences(request)
    return Response.json(await estimateDraftReplay(context.workspace, { slug: requireParameter(params, 'slug'), goldenSet, author }))
  })
}
