import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { answerForm, readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

const versionFormSchema = z.object({
  text: z.string().min(1, 'a version needs a text').max(1_000_000, 'a prompt may hold at most 1,000,000 characters'),
  message: z.string().trim().min(1, 'say in a few words what changed').max(500, 'use at most 500 characters'),
  parentNumber: z.coerce.number().int().min(1).optional(),
})

/** Makes a version of the text; the same text is the version that it already is. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const slug = requireParameter(params, 'slug')
  return answerForm(request, `/policies/${slug}`, async () => {
    const { author } = await readPreferences(request)
    const { text, message, parentNumber } = await readForm(request, versionFormSchema)
    return {
      body: await context.workspace.prompts.createVersion(slug, { text: text.replaceAll('\r\n', '\n'), message, parentNumber, author }),
    }
  })
}
