import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { answerForm, readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

const draftFormSchema = z.object({
  text: z.string().max(1_000_000, 'a prompt may hold at most 1,000,000 characters'),
  expectedRevision: z.coerce.number().int().min(0),
})

/** The draft as it is now: a tab that comes back looks whether another one saved meanwhile. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { author } = await readPreferences(request)
    return Response.json(await context.workspace.prompts.draft(requireParameter(params, 'slug'), author))
  })
}

/** Saves the draft; 409 with both texts when another tab saved since, and then nothing is written. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const slug = requireParameter(params, 'slug')
  return answerForm(request, `/policies/${slug}`, async () => {
    const { author } = await readPreferences(request)
    const { text, expectedRevision } = await readForm(request, draftFormSchema)
    const body = await context.workspace.prompts.saveDraft(slug, { text: text.replaceAll('\r\n', '\n'), expectedRevision, author })
    return { body, status: body.status === 'saved' ? 200 : 409 }
  })
}
