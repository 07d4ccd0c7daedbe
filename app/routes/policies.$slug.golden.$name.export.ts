import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { withErrorResponse } from '~/lib/http-status'
import { exportGoldenSet, goldenExportFormats, type GoldenExportFormat } from '~/services/export-data'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({
  format: z.enum(goldenExportFormats, { error: `must be one of ${goldenExportFormats.join(', ')}` }).default('jsonl'),
  revision: z.coerce.number().int().min(1).optional(),
})

const extensions: Record<GoldenExportFormat, string> = {
  jsonl: 'jsonl',
  csv: 'csv',
  tsv: 'tsv',
  promptfoo: 'yaml',
  'label-studio': 'json',
  'openai-fine-tuning': 'jsonl',
  dpo: 'jsonl',
}

/** The golden set as a file: `?format=csv&revision=3`. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { format, revision } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    const golden = `${slug}/${name}${revision === undefined ? '' : `@${revision}`}`
    return downloadResponse(
      `${slug}-${name}${revision === undefined ? '' : `-r${revision}`}`,
      extensions[format],
      exportGoldenSet(context.workspace, { golden, format }),
    )
  })
}
