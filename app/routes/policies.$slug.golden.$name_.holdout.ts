import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { lookDurationMs, type SealedCases } from '~/domain/golden-set/holdout'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { writeLookIds } from '~/lib/look-cookie'
import { readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

const formSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('look'), reason: z.string() }),
  z.object({ intent: z.literal('seal') }),
])

/** How much is sealed, for pages that list cases. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { cases, open } = await context.workspace.holdout.state(slug, name, context.lookIds)
    return Response.json({ cases, openUntil: open?.openUntil ?? null } satisfies SealedCases)
  })
}

/** Opens the sealed holdout for this browser and a while, on record; or seals it again. Goes to the cases, or back to the health page. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
  const { workspace, lookIds } = context
  const base = `/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(name)}`
  try {
    const { author } = await readPreferences(request)
    const form = await readForm(request, formSchema)
    if (form.intent === 'seal') {
      const { open } = await workspace.holdout.state(slug, name, lookIds)
      if (open) await workspace.holdout.close(lookIds)
      return redirect(`${base}/health#splits`, { headers: { 'Set-Cookie': writeLookIds([], 0) } })
    }
    const minutes = Math.round(lookDurationMs / 60_000)
    const look = await workspace.holdout.look(slug, name, {
      author,
      reason: form.reason,
      what: `its cases in the app, for ${minutes} minutes`,
      durationMs: lookDurationMs,
    })
    return redirect(`${base}?is.split=holdout`, { headers: { 'Set-Cookie': writeLookIds([...lookIds, look.id], lookDurationMs) } })
  } catch (error) {
    return toErrorResponse(error)
  }
}
