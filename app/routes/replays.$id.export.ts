import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { exportReplay } from '~/services/export-data'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({ format: z.enum(['jsonl', 'csv', 'tsv'], { error: 'must be jsonl, csv or tsv' }).default('jsonl') })

/** Every trial of a replay as a file. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const id = requireParameter(params, 'id')
    const { format } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return downloadResponse(`replay-${id}`, format, exportReplay(context.workspace, id, format))
  })
}
