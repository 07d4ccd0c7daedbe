import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import type { CaseDetail } from '~/components/golden-set/types'
import { TouchstoneError } from '~/lib/errors'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

const querySchema = z.object({ id: z.string().min(1), revision: z.coerce.number().int().min(1).optional().catch(undefined) })

/** All that is known of one case: as of a revision, its history, and how each replay judged it. A deleted case still has its history. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { goldenSets } = context.workspace
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const query = querySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!query.success) throw new TouchstoneError('invalid-input', 'The address names no case.')
    const { id, revision } = query.data
    const [history, judgements] = await Promise.all([goldenSets.caseHistory(slug, name, id), goldenSets.judgements(slug, name, id)])
    const found = await goldenSets.case(slug, name, id, revision).catch((error: unknown) => {
      if (error instanceof TouchstoneError && error.code === 'not-found' && history.length > 0) return null
      throw error
    })
    const body: CaseDetail = {
      case: found?.case ?? null,
      revision: found?.revision ?? revision ?? (await goldenSets.get(slug, name)).head,
      history,
      judgements,
      quotedIn: found ? ((await goldenSets.quotedIn(slug, name, [id], found.revision)).get(id) ?? []) : [],
    }
    return Response.json(body)
  })
}
