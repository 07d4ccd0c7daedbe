import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { changesPageSize, RevisionsPage, type RevisionsView } from '~/components/golden-set/revisions-page'
import { caseChangeKinds } from '~/domain/golden-set/case-diff'
import { withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Revisions of ${data.goldenSet.name} · ${data.policy.name} · Touchstone` : 'Revisions · Touchstone' },
]

const number = z.coerce.number().int().min(0).optional().catch(undefined)
const querySchema = z.object({ from: number, to: number, kind: z.enum(caseChangeKinds).optional().catch(undefined), offset: number })

/** The revisions, and what differs between two of them: by default the newest two. */
export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<RevisionsView> {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { policies, goldenSets, holdout } = context.workspace
    const { from, to, kind, offset = 0 } = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const [policy, goldenSet, revisions, sealed] = await Promise.all([
      policies.get(slug),
      goldenSets.get(slug, name),
      goldenSets.revisions(slug, name),
      holdout.state(slug, name, context.lookIds),
    ])
    const upTo = to ?? goldenSet.head
    const since = from ?? Math.max(0, upTo - 1)
    return {
      policy: { slug, name: policy.name },
      goldenSet: { name, head: goldenSet.head },
      revisions,
      diff:
        goldenSet.head > 1 || from !== undefined
          ? await goldenSets.compareRevisions(slug, name, {
              from: since,
              to: upTo,
              ...(kind ? { kinds: [kind] } : {}),
              offset,
              limit: changesPageSize,
            })
          : null,
      kind: kind ?? null,
      offset,
      sealed: sealed.open ? 0 : sealed.cases,
    }
  })
}

export default function RevisionsRoute() {
  return <RevisionsPage view={useLoaderData<typeof loader>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
