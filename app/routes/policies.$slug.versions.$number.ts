import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { TouchstoneError } from '~/lib/errors'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

/** One version with its text. Versions never change, so the browser may keep it for the visit. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const number = z.coerce.number().int().min(1).safeParse(params.number)
    if (!number.success)
      throw new TouchstoneError('not-found', `There is no version "${params.number}".`, 'Versions are numbered 1, 2, 3, …')
    return Response.json(await context.workspace.prompts.versionText(requireParameter(params, 'slug'), number.data), {
      headers: { 'Cache-Control': 'private, max-age=60' },
    })
  })
}
