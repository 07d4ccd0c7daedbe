import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { readFlipFilter } from '~/components/comparison/flip-filter-url'
import { withErrorResponse } from '~/lib/http-status'
import { comparisonTables, exportComparison, exportComparisonTable } from '~/services/export-data'
import { exportFlips } from '~/services/export-flips'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.union([
  z.object({ report: z.undefined().optional(), table: z.enum(comparisonTables), format: z.literal('csv') }),
  z.object({ report: z.literal('1'), format: z.enum(['html', 'markdown', 'junit', 'json']) }),
  z.strictObject({ report: z.undefined().optional(), format: z.enum(['csv', 'json']) }),
])

const extensions = { html: 'html', markdown: 'md', junit: 'xml', json: 'json', csv: 'csv' } as const

/** The filtered flips as a file (`?format=csv` or `json`), one table (`?table=slices&format=csv`), or the whole comparison as a report (`&report=1`). */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [baseline, candidate] = [requireParameter(params, 'baseline'), requireParameter(params, 'candidate')]
    const query = new URL(request.url).searchParams
    const options = parseInput(querySchema, {
      report: query.get('report') ?? undefined,
      ...(query.has('table') ? { table: query.get('table') } : {}),
      format: query.get('format'),
    })
    const { includeLeaked } = readFlipFilter(query)
    if ('table' in options)
      return downloadResponse(
        `${options.table}-${baseline}-${candidate}`,
        'csv',
        exportComparisonTable(context.workspace, { baseline, candidate, table: options.table }, { includeLeaked }),
      )
    const pieces =
      options.report === '1'
        ? exportComparison(context.workspace, baseline, candidate, options.format, { includeLeaked })
        : exportFlips(context.workspace, { baseline, candidate, filter: readFlipFilter(query), format: options.format })
    return downloadResponse(
      `${options.report === '1' ? 'comparison' : 'flips'}-${baseline}-${candidate}`,
      extensions[options.format],
      pieces,
    )
  })
}
