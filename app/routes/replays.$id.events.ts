import type { LoaderFunctionArgs } from '@remix-run/node'
import type { LiveMessage } from '~/components/replay-live/live-messages'
import { withErrorResponse } from '~/lib/http-status'
import { followReplay } from '~/services/replay-feed'
import { createEventStream } from './_lib/event-stream.server'
import { requireParameter } from './_lib/form-answer.server'

const flipLimit = 100

/** Server-sent events of one replay until it ends; `?baseline=<replay>` adds the flips against it. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const replayId = requireParameter(params, 'id')
  const baselineId = new URL(request.url).searchParams.get('baseline')
  // An unknown replay is a 404 before the stream begins.
  await withErrorResponse(() => context.workspace.replays.get(replayId))
  return createEventStream<LiveMessage>(request.signal, (listener) =>
    followReplay(context.workspace, { replayId, baselineId, flipLimit }, listener),
  )
}
