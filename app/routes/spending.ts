import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { answerForm, readForm } from './_lib/form-answer.server'

const ceilingFormSchema = z.object({
  /** Empty: no ceiling. */
  ceilingUsd: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number({ error: 'must be an amount in US dollars' }).min(0, 'must be 0 or more').optional(),
  ),
})

/** What all replays of the workspace have cost, and what they may. */
export async function loader({ context }: LoaderFunctionArgs) {
  return Response.json(await context.workspace.replays.spending())
}

/** Sets or lifts the ceiling; answers with what is then in force. */
export async function action({ request, context }: ActionFunctionArgs) {
  return answerForm(request, '/', async () => {
    const { ceilingUsd } = await readForm(request, ceilingFormSchema)
    await context.workspace.replays.setCeiling(ceilingUsd ?? null)
    return { body: await context.workspace.replays.spending() }
  })
}
