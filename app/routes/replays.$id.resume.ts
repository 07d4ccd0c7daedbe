import type { ActionFunctionArgs } from '@remix-run/node'
import { answerForm, requireParameter } from './_lib/form-answer.server'

/** Continues a replay that was cancelled, failed or was interrupted. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const id = requireParameter(params, 'id')
  return answerForm(request, `/replays/${id}`, async () => {
    await context.workspace.replays.start(id)
    return { body: { resumed: true } }
  })
}
