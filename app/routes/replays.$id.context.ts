import type { ActionFunctionArgs } from '@remix-run/node'
import { prepareContextPair } from '~/services/context-pair'
import { answerForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

/** Replays the same with the context where it was without, or the other way round: `{ to }` is where the comparison will be. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const id = requireParameter(params, 'id')
  return answerForm(request, `/replays/${id}`, async () => {
    const { author } = await readPreferences(request)
    const { pair, other } = await prepareContextPair(context.workspace, id, { author })
    const comparison = `/compare/${pair.without.id}/${pair.with.id}`
    if (other.status === 'finished') return { body: { to: comparison } }
    await context.workspace.replays.start(other.id)
    // Its page shows how it goes, and goes on to the comparison by itself.
    return { body: { to: `/replays/${other.id}?then=${encodeURIComponent(comparison)}` } }
  })
}
