import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { caseSelection, loadCaseProbes, startProbes } from '~/services/probe-pages'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'

const caseSchema = z.object({ id: z.string().min(1), replay: z.string().min(1).optional() })
const actionSchema = caseSchema.extend({ intent: z.enum(['probe', 'propose']), again: z.stringbool().default(false) })

/** What the newest probes of a case found, and its contrast pairs. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => {
    const [slug, goldenSet] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { id: caseId, replay } = parseInput(caseSchema, Object.fromEntries(new URL(request.url).searchParams))
    const query = { slug, goldenSet, caseId, ...(replay === undefined ? {} : { replayId: replay }) }
    return Response.json(await loadCaseProbes(context.workspace, query))
  })
}

/** Probes one case, or proposes contrast pairs of it. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const [slug, goldenSet] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { workspace } = context
    const { author } = await readPreferences(request)
    const { id: caseId, replay, intent, again } = parseInput(actionSchema, Object.fromEntries(await request.formData()))
    // Refused where the case is sealed.
    await workspace.goldenSets.case(slug, goldenSet, caseId)
    if (intent === 'propose') return { proposed: (await workspace.contrasts.propose(slug, goldenSet, { caseId, author })).length }
    const of = replay === undefined ? { goldenSet } : { replayId: replay }
    const run = await startProbes(workspace, { slug, ...of, selection: caseSelection(caseId), author, again })
    return { run: run.id }
  } catch (error) {
    return toErrorResponse(error)
  }
}
