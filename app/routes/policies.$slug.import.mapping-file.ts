import type { ActionFunctionArgs } from '@remix-run/node'
import { toErrorResponse } from '~/lib/http-status'
import { saveUploadMapping } from '~/services/import-reading'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'
import { readImportForm } from './_lib/import-form.server'

/** How the form of the import page reads the file, as a `touchstone.mapping/1` document to save. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const form = readImportForm(requireParameter(params, 'slug'), await request.formData())
    const { name, text } = await saveUploadMapping(context.workspace, form)
    return await downloadResponse(name, 'yaml', onePiece(text))
  } catch (error) {
    return toErrorResponse(error)
  }
}

async function* onePiece(text: string): AsyncGenerator<string> {
  yield text
}
