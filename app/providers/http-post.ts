/** One HTTP answer, whatever its status. Names of headers are lower case. */
export type HttpReply = { status: number; headers: Readonly<Record<string, string>>; body: string }

/**
 * Sends one POST and resolves with the whole answer. Redirects are not followed. Rejects with the signal's reason, or with what went wrong on
 * the way.
 */
export type HttpPost = (
  url: string,
  request: { headers: Readonly<Record<string, string>>; body: string; signal: AbortSignal },
) => Promise<HttpReply>

export type FetchFunction = typeof globalThis.fetch

/** For tests, which see the calls of a `fetch`. */
export function postByFetch(fetch: FetchFunction): HttpPost {
  return async (url, request) => {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', ...request })
    return { status: response.status, headers: Object.fromEntries(response.headers.entries()), body: await response.text() }
  }
}
