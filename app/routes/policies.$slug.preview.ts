import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import type { PreviewAnswer } from '~/components/policy/preview-dialog'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({ golden: z.string().catch(''), position: z.coerce.number().int().min(0).catch(0) })

/** The case at a position of a golden set, for a look at what the model would be sent. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const { golden, position } = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const { total, rows } = await context.workspace.goldenSets.cases(slug, golden, { offset: position, limit: 1 })
    const row = rows[0]
    const found = row ? (await context.workspace.goldenSets.case(slug, golden, row.id)).case : null
    const answer: PreviewAnswer = { total, case: found && { id: found.id, content: found.content, context: found.context } }
    return Response.json(answer)
  })
}
