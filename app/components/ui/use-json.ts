import { useCallback, useEffect, useState } from 'react'
import { readErrorBody, type ErrorBody } from './notices'

export type JsonState<Data> = { url: string | null; data: Data | null; problem: ErrorBody | null }

/**
 * What a URL of this app answers, fetched again when the URL changes; null asks for nothing. While the next answer is on the way `data` is
 * null, unless only `reload` was called. A failure is the problem it states.
 */
export function useJson<Data>(url: string | null): { data: Data | null; problem: ErrorBody | null; loading: boolean; reload: () => void } {
  const [state, setState] = useState<JsonState<Data>>({ url: null, data: null, problem: null })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (url === null) return
    const controller = new AbortController()
    fetchJson<Data>(url, controller.signal).then(
      (result) => setState({ url, ...result }),
      // Only an abort rejects: another URL is asked for by now.
      () => {},
    )
    return () => controller.abort()
  }, [url, turn])
  const current = state.url === url
  return {
    data: current ? state.data : null,
    problem: current ? state.problem : null,
    loading: url !== null && !current,
    reload: useCallback(() => setTurn((count) => count + 1), []),
  }
}

async function fetchJson<Data>(url: string, signal: AbortSignal): Promise<{ data: Data | null; problem: ErrorBody | null }> {
  try {
    const response = await fetch(url, { signal, headers: { Accept: 'application/json' } })
    const body: unknown = await response.json()
    if (response.ok) return { data: body as Data, problem: null }
    return {
      data: null,
      problem: readErrorBody(body) ?? { code: 'storage', message: `The server answered ${response.status}.`, advice: 'Try again.' },
    }
  } catch (error) {
    if (signal.aborted) throw error
    return {
      data: null,
      problem: { code: 'storage', message: 'The server cannot be reached.', advice: 'Check that it still runs, then try again.' },
    }
  }
}
