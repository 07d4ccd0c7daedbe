import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { startDraftReplay } from '~/services/policy-page'
import { answerForm, readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

const replayFormSchema = z.object({
  text: z.string().min(1, 'there is no text to replay'),
  goldenSet: z.string().min(1, 'choose a golden set'),
  /** Ask the model again although this text has its answers. */
  again: z.stringbool().default(false),
  baselineVersion: z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().int().min(1).optional()),
})

/** Starts the replay of the draft against its baseline. It runs on without this page. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const slug = requireParameter(params, 'slug')
  return answerForm(request, `/policies/${slug}`, async () => {
    const { author } = await readPreferences(request)
    const { text, goldenSet, again, baselineVersion = null } = await readForm(request, replayFormSchema)
    return {
      body: await startDraftReplay(context.workspace, {
        slug,
        text: text.replaceAll('\r\n', '\n'),
        goldenSet,
        baselineVersion,
        again,
        author,
      }),
    }
  })
}
