import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { findingPageSize } from '~/components/health/finding-list'
import { HealthPage } from '~/components/health/health-page'
import type { DivideAnswer } from '~/components/health/splits-panel'
import type { HealthView } from '~/components/health/types'
import { findingKinds } from '~/domain/golden-set/health'
import { TouchstoneError } from '~/lib/errors'
import { withErrorResponse } from '~/lib/http-status'
import { readForm, requireParameter } from './_lib/form-answer.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data: view }) => [
  { title: view ? `Health of ${view.goldenSet.name} · ${view.policy.name} · Touchstone` : 'Health · Touchstone' },
]

const querySchema = z.object({
  revision: z.coerce.number().int().min(1).optional().catch(undefined),
  finding: z.enum(findingKinds).optional().catch(undefined),
})

/** The report on a revision, or how far its making is; with `finding` the first of that finding's cases. */
export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<HealthView> {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { policies, goldenSets, health, holdout } = context.workspace
    const query = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const [policy, goldenSet] = await Promise.all([policies.get(slug), goldenSets.get(slug, name)])
    const revision = query.revision !== undefined && query.revision <= goldenSet.head ? query.revision : goldenSet.head
    const state = await health.state(slug, name, revision)
    const shared = {
      policy: { slug, name: policy.name },
      goldenSet: { name, head: goldenSet.head },
      revision,
      holdout: await holdout.state(slug, name, context.lookIds),
    }
    if (state.status === 'examining') return { ...shared, state, versions: [] }
    const kind = query.finding
    const [cases, versions] = await Promise.all([
      kind === undefined ? null : health.cases(slug, name, { kind, revision, offset: 0, limit: findingPageSize }),
      health.versions(slug, name),
    ])
    return {
      ...shared,
      state: {
        status: 'ready',
        createdAt: state.view.createdAt,
        report: state.view.report,
        open: kind === undefined || cases === null ? null : { kind, ...cases },
      },
      versions,
    }
  })
}

const actionSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('divide'), seed: z.coerce.number().int().min(0).max(4_294_967_295) }),
  z.object({ intent: z.literal('tag'), kind: z.enum(findingKinds), tag: z.string().trim().min(1).max(64) }),
])

/** Divides the set into train, validation and holdout, or tags the cases of a finding: each as a revision. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { author } = await readPreferences(request)
    const form = await readForm(request, actionSchema)
    if (form.intent === 'tag') {
      const { kind, tag } = form
      await context.workspace.health.tag(slug, name, { kind, tag, author })
      return redirect(`/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(name)}?${new URLSearchParams({ 'is.tag': tag })}`)
    }
    const answer: DivideAnswer = { divided: await context.workspace.health.divide(slug, name, { seed: form.seed, author }) }
    return Response.json(answer)
  } catch (error) {
    if (!(error instanceof TouchstoneError)) throw error
    const answer: DivideAnswer = { problem: { message: error.message, advice: error.advice ?? null } }
    return Response.json(answer, { status: 400 })
  }
}

export default function HealthRoute() {
  return <HealthPage view={useLoaderData<typeof loader>()} answer={useActionData<DivideAnswer>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
