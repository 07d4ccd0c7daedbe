import type { LoaderFunctionArgs } from '@remix-run/node'
import { withErrorResponse } from '~/lib/http-status'
import { loadPromptPair } from '~/services/comparison-page'
import { requireParameter } from './_lib/form-answer.server'

/** The prompt texts of both sides. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () =>
    Response.json(await loadPromptPair(context.workspace, requireParameter(params, 'baseline'), requireParameter(params, 'candidate'))),
  )
}
