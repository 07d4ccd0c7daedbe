import { redirect, type ActionFunctionArgs } from '@remix-run/node'
import { toErrorResponse } from '~/lib/http-status'
import { prepareContextPair } from '~/services/context-pair'
import { requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

/** Replays the same with the context where it was without, or the other way round, and leads to the comparison. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const { author } = await readPreferences(request)
    const { pair, other } = await prepareContextPair(context.workspace, requireParameter(params, 'id'), { author })
    const comparison = `/compare/${pair.without.id}/${pair.with.id}`
    if (other.status === 'finished') return redirect(comparison)
    await context.workspace.replays.start(other.id)
    // Its page shows how it goes, and goes on to the comparison by itself.
    return redirect(`/replays/${other.id}?then=${encodeURIComponent(comparison)}`)
  } catch (error) {
    return toErrorResponse(error)
  }
}
