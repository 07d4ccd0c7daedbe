import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import type { CaseToSettle } from '~/components/labels/types'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

/** A case with what people said of it, and nothing of what models said. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { id } = parseInput(z.object({ id: z.string().min(1) }), Object.fromEntries(new URL(request.url).searchParams))
    const { goldenSets, annotations } = context.workspace
    const [found, said] = await Promise.all([goldenSets.case(slug, name, id), annotations.list(slug, name, id)])
    const body: CaseToSettle = { ...found, ...said }
    return Response.json(body)
  })
}
