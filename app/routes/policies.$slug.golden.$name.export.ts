import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { findingKinds } from '~/domain/golden-set/health'
import { withErrorResponse } from '~/lib/http-status'
import { exportGoldenSet, goldenExportFormats, type GoldenExportFormat } from '~/services/export-data'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'

const querySchema = z.object({
  format: z.enum(goldenExportFormats, { error: `must be one of ${goldenExportFormats.join(', ')}` }).default('jsonl'),
  revision: z.coerce.number().int().min(1).optional(),
  finding: z.enum(findingKinds).optional(),
})

const extensions: Record<GoldenExportFormat, string> = {
  jsonl: 'jsonl',
  csv: 'csv',
  tsv: 'tsv',
  promptfoo: 'jsonl',
  'label-studio': 'json',
  'openai-fine-tuning': 'jsonl',
  dpo: 'jsonl',
}

/** The golden set as a file: `?format=csv&revision=3`; with `finding` the cases of that finding alone. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { format, revision, finding } = parseInput(querySchema, Object.fromEntries(new URL(request.url).searchParams))
    const golden = `${slug}/${name}${revision === undefined ? '' : `@${revision}`}`
    const only = finding === undefined ? null : new Set(await context.workspace.health.caseIds(slug, name, finding))
    return downloadResponse(
      `${slug}-${name}${finding === undefined ? '' : `-${finding}`}${revision === undefined ? '' : `-r${revision}`}`,
      extensions[format],
      exportGoldenSet(context.workspace, { golden, format, ...(only ? { only } : {}) }),
    )
  })
}
