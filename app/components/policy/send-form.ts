import { readErrorBody } from '../ui/notices'

/** A request that failed, in words for the reader. */
export class RequestProblem extends Error {
  override name = 'RequestProblem'
  constructor(
    message: string,
    readonly advice: string | null,
  ) {
    super(message)
  }
}

/**
 * Sends form fields to a resource route and returns its JSON. Throws a RequestProblem with what happened and what to do; a 409 is an answer
 * where `acceptConflict` says so; with `keepalive` it is sent even when the page goes away (up to 64 KiB).
 */
export async function sendForm<Answer>(
  address: string,
  fields: Record<string, string>,
  options: { acceptConflict?: boolean; keepalive?: boolean } = {},
): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { Accept: 'application/json' },
      keepalive: options.keepalive,
    })
  } catch {
    throw new RequestProblem('The server cannot be reached.', 'Check that Touchstone is running and that you are online.')
  }
  const body: unknown = await response.json().catch(() => null)
  const problem = readErrorBody(body)
  if (response.ok || (options.acceptConflict && response.status === 409 && !problem)) return body as Answer
  if (problem) throw new RequestProblem(problem.message, problem.advice)
  throw new RequestProblem(`The server answered ${response.status}.`, 'Try again; the log of the server says more.')
}

export function asProblem(error: unknown): RequestProblem {
  return error instanceof RequestProblem ? error : new RequestProblem(error instanceof Error ? error.message : String(error), null)
}
