import { readFacets, setParameter, writeFacets, type Facet } from '~/components/case/facet-url'

export const caseHistories = ['ever-flipped', 'always-wrong', 'always-right'] as const
export type CaseHistory = (typeof caseHistories)[number]

/** What the table of a golden set shows. `label: null` are the unlabelled cases. */
export type CaseFilter = {
  text?: string
  label?: string | null
  facets?: Facet[]
  mustPass?: boolean
  history?: CaseHistory
}

/** A label's id starts with a letter or digit, so that this is none. */
const unlabelled = '-'

export const historyWords: Record<CaseHistory, string> = {
  'ever-flipped': 'flipped between versions',
  'always-wrong': 'never judged right',
  'always-right': 'always judged right',
}

/** Reads the filter of a golden set's page out of its URL; what is not understood is left out. */
export function readCaseFilter(params: URLSearchParams): CaseFilter {
  const text = params.get('q')?.trim()
  const label = params.get('label')
  const facets = readFacets(params)
  const history = caseHistories.find((known) => known === params.get('history'))
  return {
    ...(text ? { text } : {}),
    ...(label ? { label: label === unlabelled ? null : label } : {}),
    ...(facets.length > 0 ? { facets } : {}),
    ...(params.get('mustPass') === '1' ? { mustPass: true } : {}),
    ...(history ? { history } : {}),
  }
}

/** The parameters with this filter in place of the one they hold; everything else stays. */
export function writeCaseFilter(params: URLSearchParams, filter: CaseFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  setParameter(next, 'q', filter.text?.trim())
  setParameter(next, 'label', filter.label === null ? unlabelled : filter.label)
  setParameter(next, 'mustPass', filter.mustPass ? '1' : null)
  setParameter(next, 'history', filter.history)
  writeFacets(next, filter.facets ?? [])
  return next
}

export type FilterChip<Filter> = { key: string; text: string; without: Filter }

/** Each condition of the filter in words, with the filter as it is without that condition. */
export function describeCaseFilter(filter: CaseFilter): Array<FilterChip<CaseFilter>> {
  const chips: Array<FilterChip<CaseFilter>> = []
  if (filter.text) chips.push({ key: 'q', text: `holds “${filter.text}”`, without: { ...filter, text: undefined } })
  if (filter.label !== undefined)
    chips.push({
      key: 'label',
      text: filter.label === null ? 'unlabelled' : `label: ${filter.label}`,
      without: { ...filter, label: undefined },
    })
  if (filter.mustPass) chips.push({ key: 'mustPass', text: 'must pass', without: { ...filter, mustPass: undefined } })
  if (filter.history) chips.push({ key: 'history', text: historyWords[filter.history], without: { ...filter, history: undefined } })
  for (const facet of filter.facets ?? [])
    chips.push({
      key: `is.${facet.by}=${facet.value}`,
      text: `${facet.by}: ${facet.value}`,
      without: { ...filter, facets: filter.facets?.filter((other) => other !== facet) },
    })
  return chips
}

/** The URL of a golden set's table with this filter: what a figure about cases links to. */
export function casesHref(slug: string, goldenSet: string, filter: CaseFilter, other: { revision?: number; caseId?: string } = {}): string {
  const params = writeCaseFilter(new URLSearchParams(), filter)
  if (other.revision !== undefined) params.set('revision', String(other.revision))
  if (other.caseId !== undefined) params.set('case', other.caseId)
  const search = params.toString()
  return `/policies/${encodeURIComponent(slug)}/golden/${encodeURIComponent(goldenSet)}${search ? `?${search}` : ''}`
}
