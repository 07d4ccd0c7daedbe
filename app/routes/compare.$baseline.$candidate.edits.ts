import type { LoaderFunctionArgs } from '@remix-run/node'
import { withErrorResponse } from '~/lib/http-status'
import { loadPromptEdits } from '~/services/prompt-edits'
import { requireParameter } from './_lib/form-answer.server'

/** What was edited between the two prompts, with the flips of the rules that each edit touched. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () =>
    Response.json(await loadPromptEdits(context.workspace, requireParameter(params, 'baseline'), requireParameter(params, 'candidate'))),
  )
}
