import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { exportManyComparison, manyExportFormats } from '~/services/compare-many-page'
import { manyReplaysSchema } from './_lib/comparison-query.server'
import { downloadResponse } from './_lib/download.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = manyReplaysSchema.extend({ format: z.enum(manyExportFormats) })
const extensions = { json: 'json', markdown: 'md', csv: 'csv' } as const

/** The comparison of several versions as a file. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { format, ...query } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    return downloadResponse(
      `comparison-of-${query.replays.length}`,
      extensions[format],
      exportManyComparison(context.workspace, query, format),
    )
  })
}
