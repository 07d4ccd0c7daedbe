import type { Ref } from 'react'
import { hasFacet, toggleFacet } from '~/components/case/facet-url'
import { FilterSelect, FilterToggle, SearchField } from '~/components/ui/filters'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { caseHistories, historyWords, type CaseFilter, type CaseHistory } from './case-filter-url'
import { FacetPicker } from './facet-picker'
import type { FacetCount } from '~/domain/golden-set/case-records'

/** Facets with a condition of their own in the filter bar. */
const ownControls = new Set(['rule', 'tag', 'label', 'mustPass'])

/** The conditions that combine: text, label, rule, tag, must-pass, flip history, any metadata. */
export function CaseFilters({
  filter,
  scheme,
  facets,
  onChange,
  searchRef,
}: {
  filter: CaseFilter
  scheme: VerdictScheme
  facets: FacetCount[]
  onChange: (filter: CaseFilter) => void
  searchRef: Ref<HTMLInputElement>
}) {
  const counts = (by: string) => facets.find((facet) => facet.by === by)?.values ?? []
  const labelCounts = new Map(counts('label').map(({ value, count }) => [value, count]))
  const add = (by: string) => (value: string) => onChange({ ...filter, facets: toggleFacet(filter.facets ?? [], { by, value }) })
  const unused = (by: string) =>
    counts(by)
      .filter(({ value }) => !hasFacet(filter.facets ?? [], { by, value }))
      .map(({ value, count }) => ({ value, label: value, count }))
  return (
    <div role="search" aria-label="Cases" className="flex flex-wrap items-center gap-2">
      <SearchField
        ref={searchRef}
        label="Search content, ids and notes"
        placeholder="Search content, ids, notes"
        value={filter.text ?? ''}
        onSearch={(text) => onChange({ ...filter, text: text.trim() || undefined })}
        className="min-w-44 grow basis-56"
      />
      <FilterSelect
        label="Label"
        any="Any label"
        value={filter.label === null ? '-' : (filter.label ?? '')}
        options={[
          ...scheme.labels.map((label) => ({ value: label.id, label: label.name ?? label.id, count: labelCounts.get(label.id) })),
          { value: '-', label: 'Unlabelled', count: undefined },
        ]}
        onChange={(value) => onChange({ ...filter, label: value === '' ? undefined : value === '-' ? null : value })}
      />
      {counts('rule').length > 0 && <FilterSelect label="Rule" any="Any rule" value="" options={unused('rule')} onChange={add('rule')} />}
      {counts('tag').length > 0 && <FilterSelect label="Tag" any="Any tag" value="" options={unused('tag')} onChange={add('tag')} />}
      <FilterSelect
        label="History over replays"
        any="Any history"
        value={filter.history ?? ''}
        options={caseHistories.map((history) => ({ value: history, label: capitalise(historyWords[history]) }))}
        onChange={(value) => onChange({ ...filter, history: (value || undefined) as CaseHistory | undefined })}
      />
      <FacetPicker
        facets={facets.filter((facet) => !ownControls.has(facet.by))}
        chosen={filter.facets ?? []}
        onToggle={(facet) => onChange({ ...filter, facets: toggleFacet(filter.facets ?? [], facet) })}
      />
      <FilterToggle pressed={filter.mustPass === true} onChange={(mustPass) => onChange({ ...filter, mustPass: mustPass || undefined })}>
        Must pass
      </FilterToggle>
    </div>
  )
}

const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
