import { useCallback, useEffect, useReducer, useRef } from 'react'
import { readErrorBody } from './notices'
import { missingPages, nextPagedRows, rowAt, startPagedRows, type Page, type PagedRows, type PagedRowsEvent } from './paged-rows'

export type PagedRowsHandle<Row> = {
  total: number
  /** Undefined while its page is on the way. */
  at: (index: number) => Row | undefined
  /** Fetches what rows `first` to `last` lack. Call it with what is on the screen. */
  want: (first: number, last: number) => void
  /** The rows shown are still those of the list before. */
  changing: boolean
  problem: string | null
  retry: () => void
  /** Fetches everything anew: the list changed. */
  reload: () => void
}

/**
 * Rows of a list that is fetched in pages from `source`, a URL without offset and limit that answers `{ total, rows }`. `first` is the page
 * that came with the document, for the source of the first render.
 */
export function usePagedRows<Row>(source: string, pageSize: number, first: Page<Row> | null): PagedRowsHandle<Row> {
  const [version, bump] = useReducer((count: number) => count + 1, 0)
  const key = `${source}#${version}`
  const [state, dispatch] = useReducer(nextPagedRows<Row>, null, () => startPagedRows(key, first))
  const latest = useRef<PagedRows<Row>>(state)
  latest.current = state
  const wanted = useRef({ first: 0, last: pageSize - 1 })
  const underWay = useRef(new Map<string, AbortController>())

  const fetchMissing = useCallback(() => {
    const current = latest.current
    const list = current.source.replace(/#\d+$/, '')
    for (const page of missingPages(current, wanted.current.first, wanted.current.last, pageSize)) {
      const name = `${current.source}#${page}`
      if (underWay.current.has(name)) continue
      const controller = new AbortController()
      underWay.current.set(name, controller)
      fetchPage<Row>(list, page, pageSize, controller.signal)
        .then((result) => dispatch({ type: 'page', source: current.source, page, result }))
        .catch((error: unknown) => {
          if (!controller.signal.aborted) dispatch(failure(current.source, error))
        })
        .finally(() => underWay.current.delete(name))
    }
  }, [pageSize])

  useEffect(() => {
    for (const [name, controller] of underWay.current) {
      if (name.startsWith(`${key}#`)) continue
      controller.abort()
      underWay.current.delete(name)
    }
    dispatch({ type: 'source', source: key })
  }, [key])

  useEffect(fetchMissing, [fetchMissing, state.source, state.shownSource, state.total])
  useEffect(() => {
    const pending = underWay.current
    return () => {
      for (const controller of pending.values()) controller.abort()
      pending.clear()
    }
  }, [])

  return {
    total: state.total,
    at: (index) => rowAt(state, index, pageSize),
    want: useCallback(
      (firstIndex, lastIndex) => {
        wanted.current = { first: firstIndex, last: lastIndex }
        fetchMissing()
      },
      [fetchMissing],
    ),
    changing: state.shownSource !== key,
    problem: state.problem,
    retry: fetchMissing,
    reload: bump,
  }
}

async function fetchPage<Row>(list: string, page: number, pageSize: number, signal: AbortSignal): Promise<Page<Row>> {
  const separator = list.includes('?') ? '&' : '?'
  const response = await fetch(`${list}${separator}offset=${page * pageSize}&limit=${pageSize}`, {
    signal,
    headers: { Accept: 'application/json' },
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new Error(readErrorBody(body)?.message ?? `The server answered ${response.status}.`)
  return body as Page<Row>
}

function failure<Row>(source: string, error: unknown): PagedRowsEvent<Row> {
  const offline = error instanceof TypeError
  return {
    type: 'failed',
    source,
    message: offline ? 'The server cannot be reached.' : error instanceof Error ? error.message : String(error),
  }
}
