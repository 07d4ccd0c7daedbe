import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { previewGate } from '~/services/gate-page'
import { requireParameter } from './_lib/form-answer.server'
import { conditionsField } from './_lib/gate-conditions.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({ baseline: z.string().min(1), candidate: z.string().min(1), conditions: conditionsField })

/** What two stored replays would say to the conditions in the URL. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const query = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return Response.json(await previewGate(context.workspace, requireParameter(params, 'slug'), query))
  })
}
