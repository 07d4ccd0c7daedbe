import type { ActionFunctionArgs } from '@remix-run/node'
import { TouchstoneError } from '~/lib/errors'
import { toErrorResponse } from '~/lib/http-status'
import { receiveUpload } from '~/services/import-upload'
import { requireParameter } from './_lib/form-answer.server'

/** Takes a file as the body of the request, `?name=` being its name, and answers with the id that the import page knows it by. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    await context.workspace.policies.get(requireParameter(params, 'slug'))
    if (!request.body) throw new TouchstoneError('invalid-input', 'No file was sent.', 'Choose a file.')
    const { id, name, bytes } = await receiveUpload(new URL(request.url).searchParams.get('name') ?? 'cases.csv', request.body)
    return Response.json({ id, name, bytes })
  } catch (error) {
    return toErrorResponse(error)
  }
}
