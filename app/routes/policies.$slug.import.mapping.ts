import type { ActionFunctionArgs } from '@remix-run/node'
import { TouchstoneError } from '~/lib/errors'
import { toErrorResponse } from '~/lib/http-status'
import { receiveMapping } from '~/services/import-mapping'
import { requireParameter } from './_lib/form-answer.server'

/** Takes a saved mapping as the body of the request, `?name=` being its name, and answers with its id and how it says a file is read. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    await context.workspace.policies.get(requireParameter(params, 'slug'))
    if (!request.body) throw new TouchstoneError('invalid-input', 'No mapping was sent.', 'Choose a file.')
    return Response.json(await receiveMapping(new URL(request.url).searchParams.get('name') ?? 'mapping.yaml', request.body))
  } catch (error) {
    return toErrorResponse(error)
  }
}
