import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { ReplayList } from '~/components/replays/replay-list'
import type { ReplayListView } from '~/components/replays/types'
import { withErrorResponse } from '~/lib/http-status'
import { loadReplayList } from '~/services/replay-page'

export const meta: MetaFunction = () => [{ title: 'Replays · Touchstone' }]

export async function loader({ request, context }: LoaderFunctionArgs): Promise<ReplayListView> {
  const policySlug = new URL(request.url).searchParams.get('policy') || null
  return withErrorResponse(() => loadReplayList(context.workspace, policySlug))
}

export default function ReplayListRoute() {
  return <ReplayList view={useLoaderData<typeof loader>()} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
