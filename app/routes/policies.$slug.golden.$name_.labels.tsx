import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { LabelsPage } from '~/components/labels/labels-page'
import { queueKinds } from '~/components/labels/queue-title'
import type { LabelsView } from '~/components/labels/types'
import { findingKinds, type FindingKind } from '~/domain/golden-set/health'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { readForm, requireParameter } from './_lib/form-answer.server'
import { verdictFieldSchema } from './_lib/verdict-field.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Adjudication · ${data.goldenSet.name} · Touchstone` : 'Adjudication · Touchstone' },
]

const querySchema = z.object({
  finding: z.enum(findingKinds).optional().catch(undefined),
  revision: z.coerce.number().int().min(1).optional().catch(undefined),
})
const queueLength = 500
const fromModels: ReadonlySet<FindingKind> = new Set<FindingKind>(['confident-error', 'always-wrong', 'reviewers-disagree'])

/** The queue of contested cases of a revision, and which queues there are. */
export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<LabelsView> {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { policies, goldenSets, health } = context.workspace
    const query = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const [policy, goldenSet, { author }] = await Promise.all([policies.get(slug), goldenSets.get(slug, name), readPreferences(request)])
    const revision = query.revision !== undefined && query.revision <= goldenSet.head ? query.revision : goldenSet.head
    const shared = {
      policy: { slug, name: policy.name, scheme: policy.scheme },
      goldenSet: { name, head: goldenSet.head },
      revision,
      author,
    }
    const state = await health.state(slug, name, revision)
    if (state.status === 'examining') return { ...shared, queues: [], queue: null }
    const { findings } = state.view.report
    const queues = queueKinds.flatMap((kind) => {
      const finding = findings.find((candidate) => candidate.kind === kind)
      return finding && finding.cases > 0 ? [{ kind, cases: finding.cases, settled: finding.settled }] : []
    })
    const kind = query.finding ?? queues[0]?.kind ?? 'annotators-disagree'
    const { total, rows } = await health.cases(slug, name, { kind, revision, offset: 0, limit: queueLength })
    // A case of several groups is settled once; what models or their reviewers said stays hidden until it is.
    const entries = [
      ...new Map(
        rows.map((row) => [row.caseId, { caseId: row.caseId, detail: fromModels.has(kind) ? '' : row.detail, settled: row.settled }]),
      ).values(),
    ]
    return { ...shared, queues, queue: { kind, total: total - rows.length + entries.length, entries } }
  })
}

/** Going through the queue and settling its cases leave the queue as it is. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formAction, defaultShouldRevalidate }) => {
  if (formAction) return false
  if (currentUrl.href === nextUrl.href || currentUrl.pathname !== nextUrl.pathname) return defaultShouldRevalidate
  return currentUrl.searchParams.get('finding') !== nextUrl.searchParams.get('finding')
}

const actionSchema = z.object({
  intent: z.enum(['adjudicate', 'annotate']),
  caseId: z.string().min(1),
  verdict: verdictFieldSchema,
  note: z.string().max(2000).default(''),
  expectedRevision: z.coerce.number().int().min(1),
})

/** Settles the verdict of a case, or adds this person's annotation. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { annotations } = context.workspace
    const { author } = await readPreferences(request)
    const { intent, caseId, verdict, note, expectedRevision } = await readForm(request, actionSchema)
    if (intent === 'annotate') {
      const annotation = { ...verdict, ...(note.trim() ? { note: note.trim() } : {}) }
      return Response.json({ annotated: (await annotations.add(slug, name, { caseId, annotation, author })).revision })
    }
    const { revision } = await annotations.adjudicate(slug, name, { caseId, expected: verdict, note, author, expectedRevision })
    return Response.json({ adjudicated: revision })
  } catch (error) {
    return toErrorResponse(error)
  }
}

export default function LabelsRoute() {
  const view = useLoaderData<typeof loader>()
  return <LabelsPage key={`${view.policy.slug}/${view.goldenSet.name}/${view.queue?.kind}/${view.revision}`} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
