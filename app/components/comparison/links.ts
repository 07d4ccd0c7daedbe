import { writeFlipFilter, type FlipFilter } from './flip-filter-url'

export const comparisonViews = ['flips', 'slices', 'figures', 'prompts'] as const
export type ComparisonViewId = (typeof comparisonViews)[number]

export function readView(params: URLSearchParams): ComparisonViewId {
  return comparisonViews.find((view) => view === params.get('view')) ?? 'flips'
}

/** The search part of a link to the flips that this filter leaves; options of the comparison stay as they are in `params`. */
export function flipsSearch(params: URLSearchParams, filter: FlipFilter): string {
  const next = writeFlipFilter(params, filter)
  next.delete('view')
  next.delete('case')
  const text = next.toString()
  return text ? `?${text}` : '?'
}

/** The search part with another tab in front; filter and options stay. */
export function viewSearch(params: URLSearchParams, view: ComparisonViewId): string {
  const next = new URLSearchParams(params)
  if (view === 'flips') next.delete('view')
  else next.set('view', view)
  const text = next.toString()
  return text ? `?${text}` : '?'
}
