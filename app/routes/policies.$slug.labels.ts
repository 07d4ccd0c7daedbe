import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { answerForm, readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

const labelFormSchema = z.object({
  label: z.enum(['production', 'candidate']),
  number: z.coerce.number().int().min(1),
  note: z.string().trim().max(500, 'use at most 500 characters').optional(),
})

/** Points a label at a version. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const slug = requireParameter(params, 'slug')
  return answerForm(request, `/policies/${slug}`, async () => {
    const { author } = await readPreferences(request)
    const move = await readForm(request, labelFormSchema)
    await context.workspace.prompts.moveLabel(slug, { ...move, author })
    return { body: { moved: true } }
  })
}
