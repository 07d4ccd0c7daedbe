import type { LoaderFunctionArgs } from '@remix-run/node'
import { withErrorResponse } from '~/lib/http-status'
import { toRobustnessDocument } from '~/services/robustness-document'
import { downloadResponse } from './_lib/download.server'
import { requireParameter } from './_lib/form-answer.server'

/** The run as `touchstone.robustness/1`, with the probes that moved. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const { probes } = context.workspace
    const report = await probes.report(requireParameter(params, 'id'))
    const document = await toRobustnessDocument(probes, report, { limits: [], withCases: true })
    async function* pieces() {
      yield `${JSON.stringify(document, null, 2)}\n`
    }
    return downloadResponse(`robustness-${report.policySlug}-${report.id}`, 'json', pieces())
  })
}
