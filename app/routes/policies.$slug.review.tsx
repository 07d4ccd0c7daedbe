import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { ReviewPage } from '~/components/review/review-page'
import { reviewPageSize, type ReplayChoice, type ReviewView } from '~/components/review/types'
import { reviewQueues } from '~/domain/review/review'
import { TouchstoneError } from '~/lib/errors'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'
import { verdictFieldSchema } from './_lib/verdict-field.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Review · ${data?.policy.name ?? 'Policy'} · Touchstone` }]

const querySchema = z.object({
  replay: z.string().optional(),
  baseline: z.string().optional(),
  queue: z.enum(reviewQueues).optional().catch(undefined),
  at: z.coerce.number().int().min(1).optional().catch(undefined),
})

/** The queue that the URL names; without one, the regressions of the newest replay against the one before. */
export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<ReviewView> {
  return withErrorResponse(async () => {
    const slug = requireParameter(params, 'slug')
    const { policies, replays, reviews } = context.workspace
    const query = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const [policy, all, { author }] = await Promise.all([
      policies.get(slug),
      replays.list({ policySlug: slug, limit: 100 }),
      readPreferences(request),
    ])
    const choices = all
      .filter(({ status }) => status === 'finished')
      .map(({ id, versionNumber, modelName, goldenSet, rehearsal, finishedAt }): ReplayChoice => ({
        id,
        versionNumber,
        modelName,
        goldenSet,
        rehearsal,
        finishedAt,
      }))
    const replay = query.replay === undefined ? (choices[0] ?? null) : (choices.find(({ id }) => id === query.replay) ?? null)
    if (query.replay !== undefined && !replay)
      throw new TouchstoneError('not-found', `There is no finished replay ${JSON.stringify(query.replay)} of this policy.`)
    const comparable = choices.filter(({ id, goldenSet }) => id !== replay?.id && goldenSet === replay?.goldenSet)
    const baseline = comparable.find(({ id }) => id === query.baseline) ?? comparable[0] ?? null
    const queue = query.queue === undefined || (query.queue === 'regressed' && !baseline) ? (baseline ? 'regressed' : 'wrong') : query.queue
    return {
      policy: { slug, name: policy.name, scheme: policy.scheme },
      author,
      replays: choices,
      replay,
      baseline,
      queue,
      first: replay
        ? await reviews.queue(replay.id, { queue, baselineId: baseline?.id ?? null, offset: 0, limit: reviewPageSize })
        : { total: 0, decided: 0, rows: [] },
    }
  })
}

/** The queue stays as it is while its cases are decided. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formAction, defaultShouldRevalidate }) => {
  if (formAction) return false
  if (currentUrl.href === nextUrl.href || currentUrl.pathname !== nextUrl.pathname) return defaultShouldRevalidate
  return ['replay', 'baseline', 'queue'].some((name) => currentUrl.searchParams.get(name) !== nextUrl.searchParams.get(name))
}

const place = { replayId: z.string().min(1), caseId: z.string().min(1) }
const actionSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('confirm'), ...place, note: z.string().max(2000).optional() }),
  z.object({
    intent: z.literal('overturn'),
    ...place,
    verdict: verdictFieldSchema,
    note: z.string().max(2000),
    apply: z.enum(['annotate', 'relabel']),
  }),
])

/** Confirms or overturns one verdict. */
export async function action({ request, context }: ActionFunctionArgs) {
  try {
    const { reviews } = context.workspace
    const { author } = await readPreferences(request)
    const form = await readForm(request, actionSchema)
    const { replayId, caseId } = form
    if (form.intent === 'confirm')
      return Response.json({ decision: await reviews.confirm({ replayId, caseId, author, ...(form.note ? { note: form.note } : {}) }) })
    const { label, rules, severity } = form.verdict
    if (label === null) throw new TouchstoneError('invalid-input', 'The verdict has no label.', 'Choose the right label.')
    return Response.json(
      await reviews.overturn({
        replayId,
        caseId,
        label,
        rules,
        ...(severity === undefined ? {} : { severity }),
        note: form.note,
        apply: form.apply,
        author,
      }),
    )
  } catch (error) {
    return toErrorResponse(error)
  }
}

export default function ReviewRoute() {
  return <ReviewPage view={useLoaderData<typeof loader>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
