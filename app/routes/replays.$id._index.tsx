import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { ReplayPage } from '~/components/replays/replay-page'
import type { ReplayDetailView } from '~/components/replays/types'
import { versionName } from '~/components/ui/badge'
import { preferencesPath } from '~/components/ui/preferences'
import { withErrorResponse } from '~/lib/http-status'
import { loadReplayDetail } from '~/services/replay-page'
import { requireParameter } from './_lib/form-answer.server'

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Replay of ${versionName(data.replay.versionNumber)} · ${data.policy.name} · Touchstone` : 'Replay · Touchstone' },
]

const comparisonPath = /^\/compare\/[\w-]+\/[\w-]+$/

/** A replay that was started for a comparison (`?then=`) goes on to it when it has ended. */
export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<ReplayDetailView> {
  const view = await withErrorResponse(() => loadReplayDetail(context.workspace, requireParameter(params, 'id')))
  const then = new URL(request.url).searchParams.get('then')
  if (view.replay.status === 'finished' && then !== null && comparisonPath.test(then)) throw redirect(then)
  return view
}

/** Which trials are looked at asks the server only for those. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formAction, defaultShouldRevalidate }) => {
  if (formAction === preferencesPath) return false
  if (!formAction && currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search) return false
  return defaultShouldRevalidate
}

export default function ReplayRoute() {
  const view = useLoaderData<typeof loader>()
  return <ReplayPage key={view.replay.id} view={view} />
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
