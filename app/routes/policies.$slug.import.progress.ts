import type { LoaderFunctionArgs } from '@remix-run/node'
import { readImportProgress } from '~/services/import-page'

/** How many rows of an upload were read so far; null when it is not being read. */
export function loader({ request }: LoaderFunctionArgs) {
  return Response.json({ rows: readImportProgress(new URL(request.url).searchParams.get('upload') ?? '') })
}
