import type { ActionFunctionArgs } from '@remix-run/node'
import { answerForm, requireParameter } from './_lib/form-answer.server'

/** Stops a replay; what is answered stays, and resuming asks only for the rest. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const id = requireParameter(params, 'id')
  return answerForm(request, `/replays/${id}`, async () => {
    await context.workspace.replays.cancel(id)
    return { body: { cancelled: true } }
  })
}
