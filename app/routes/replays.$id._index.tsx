import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
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

export async function loader({ params, context }: LoaderFunctionArgs): Promise<ReplayDetailView> {
  return withErrorResponse(() => loadReplayDetail(context.workspace, requireParameter(params, 'id')))
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
