/**
 * Rows of a long list, held in pages that arrive as they are scrolled to. `source` names the list (its URL without offset); rows of
 * another list stay shown until the first page of the new one is there, so that nothing blinks.
 */
export type PagedRows<Row> = {
  source: string
  /** The list that `pages` and `total` belong to; differs from `source` while the new list loads. */
  shownSource: string
  total: number
  pages: ReadonlyMap<number, readonly Row[]>
  problem: string | null
}

export type Page<Row> = { total: number; rows: readonly Row[] }

export type PagedRowsEvent<Row> =
  | { type: 'source'; source: string }
  | { type: 'page'; source: string; page: number; result: Page<Row> }
  | { type: 'failed'; source: string; message: string }

/** How many pages are kept: beyond it the ones farthest from the newest are forgotten and fetched again when wanted. */
export const keptPages = 40

export function startPagedRows<Row>(source: string, first: Page<Row> | null): PagedRows<Row> {
  return { source, shownSource: source, total: first?.total ?? 0, pages: new Map(first ? [[0, first.rows]] : []), problem: null }
}

export function nextPagedRows<Row>(state: PagedRows<Row>, event: PagedRowsEvent<Row>): PagedRows<Row> {
  if (event.type === 'source') return event.source === state.source ? state : { ...state, source: event.source, problem: null }
  // An answer about a list that is no longer asked for.
  if (event.source !== state.source) return state
  if (event.type === 'failed') return { ...state, problem: event.message }
  const kept = state.shownSource === event.source ? state.pages : new Map<number, readonly Row[]>()
  const pages = new Map(kept)
  pages.set(event.page, event.result.rows)
  return { ...state, shownSource: event.source, total: event.result.total, pages: forgetFarPages(pages, event.page), problem: null }
}

export function rowAt<Row>(state: PagedRows<Row>, index: number, pageSize: number): Row | undefined {
  return state.pages.get(Math.floor(index / pageSize))?.[index % pageSize]
}

/** The pages that rows `first` to `last` stand on and that are not there yet. */
export function missingPages<Row>(state: PagedRows<Row>, first: number, last: number, pageSize: number): number[] {
  if (state.shownSource !== state.source) return [0]
  const end = Math.min(last, Math.max(0, state.total - 1))
  const missing: number[] = []
  for (let page = Math.floor(Math.max(0, first) / pageSize); page <= Math.floor(end / pageSize); page += 1)
    if (!state.pages.has(page)) missing.push(page)
  return missing
}

function forgetFarPages<Row>(pages: Map<number, readonly Row[]>, near: number): Map<number, readonly Row[]> {
  if (pages.size <= keptPages) return pages
  const sorted = [...pages.keys()].sort((a, b) => Math.abs(a - near) - Math.abs(b - near))
  for (const page of sorted.slice(keptPages)) pages.delete(page)
  return pages
}
