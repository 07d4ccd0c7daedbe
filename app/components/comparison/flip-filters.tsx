import type { Ref } from 'react'
import { toggleFacet } from '~/components/case/facet-url'
import { FacetPicker } from '~/components/golden-set/facet-picker'
import { flipLook } from '~/components/ui/badge'
import { FilterSelect, FilterToggle, SearchField } from '~/components/ui/filters'
import { formatCount } from '~/components/ui/format'
import { flipKinds, type FlipKind } from '~/domain/comparison/comparison'
import type { FlipFilter } from './flip-filter-url'
import type { ComparisonView } from './types'

const ownControls = new Set(['rule', 'tag', 'label'])

/** Conditions that combine: kind, text, rule, tag, labels, noise, metadata. */
export function FlipFilters({
  view,
  filter,
  onChange,
  searchRef,
}: {
  view: ComparisonView
  filter: FlipFilter
  onChange: (filter: FlipFilter) => void
  searchRef: Ref<HTMLInputElement>
}) {
  const { comparison, policy, baseline, candidate, facets } = view
  const options = (by: string) =>
    (facets.find((facet) => facet.by === by)?.values ?? []).map(({ value, count }) => ({ value, label: value, count }))
  const labels = policy.labels.map((label) => ({ value: label.id, label: label.name ?? label.id }))
  const kinds = flipKinds.filter((kind) => (comparison.flips[kind] ?? 0) > 0 || kind === 'regressed' || kind === 'fixed')
  const toggleKind = (kind: FlipKind) => (pressed: boolean) => {
    const current = filter.flip ?? []
    const next = flipKinds.filter((other) => (other === kind ? pressed : current.includes(other)))
    onChange({ ...filter, flip: next.length > 0 ? next : undefined })
  }
  return (
    <div role="search" aria-label="Flips" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-1.5" role="group" aria-label="Kinds">
        {kinds.map((kind) => (
          <FilterToggle key={kind} pressed={filter.flip?.includes(kind) ?? false} onChange={toggleKind(kind)}>
            <span aria-hidden className={flipLook[kind].ink}>
              {flipLook[kind].glyph}
            </span>
            {flipLook[kind].word} <span className="font-normal">{formatCount(comparison.flips[kind])}</span>
          </FilterToggle>
        ))}
        {comparison.noise && (
          <>
            <FilterToggle
              pressed={filter.noise === false}
              onChange={(pressed) => onChange({ ...filter, noise: pressed ? false : undefined })}
            >
              without noise
            </FilterToggle>
            <FilterToggle
              pressed={filter.noise === true}
              onChange={(pressed) => onChange({ ...filter, noise: pressed ? true : undefined })}
            >
              noise apart{' '}
              <span className="font-normal">{formatCount(comparison.noise.fixedByNoise + comparison.noise.regressedByNoise)}</span>
            </FilterToggle>
          </>
        )}
        <FilterToggle pressed={filter.flip === undefined} onChange={() => onChange({ ...filter, flip: undefined })}>
          every case
        </FilterToggle>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          ref={searchRef}
          label="Search content, ids and notes"
          placeholder="Search content, ids, notes"
          value={filter.text ?? ''}
          onSearch={(text) => onChange({ ...filter, text: text.trim() || undefined })}
          className="min-w-44 grow basis-48"
        />
        {options('rule').length > 0 && (
          <FilterSelect
            label="Rule"
            any="Any rule"
            value={filter.rule ?? ''}
            options={options('rule')}
            onChange={(rule) => onChange({ ...filter, rule: rule || undefined })}
          />
        )}
        {options('tag').length > 0 && (
          <FilterSelect
            label="Tag"
            any="Any tag"
            value={filter.tag ?? ''}
            options={options('tag')}
            onChange={(tag) => onChange({ ...filter, tag: tag || undefined })}
          />
        )}
        <FilterSelect
          label="Expected label"
          any="Any expected"
          value={filter.expectedLabel ?? ''}
          options={labels}
          onChange={(label) => onChange({ ...filter, expectedLabel: label || undefined })}
        />
        <FilterSelect
          label={`What ${baseline.name} said`}
          any={`${baseline.name} said …`}
          value={filter.baselineLabel ?? ''}
          options={labels}
          onChange={(label) => onChange({ ...filter, baselineLabel: label || undefined })}
        />
        <FilterSelect
          label={`What ${candidate.name} said`}
          any={`${candidate.name} said …`}
          value={filter.candidateLabel ?? ''}
          options={labels}
          onChange={(label) => onChange({ ...filter, candidateLabel: label || undefined })}
        />
        <FacetPicker
          facets={facets.filter((facet) => !ownControls.has(facet.by))}
          chosen={filter.facets ?? []}
          onToggle={(facet) => onChange({ ...filter, facets: toggleFacet(filter.facets ?? [], facet) })}
        />
        {(comparison.mustPass?.total ?? 0) > 0 && (
          <FilterToggle
            pressed={filter.mustPass === true}
            onChange={(mustPass) => onChange({ ...filter, mustPass: mustPass || undefined })}
          >
            Must pass
          </FilterToggle>
        )}
      </div>
    </div>
  )
}

/** The rules whose text differs between the two prompts, each a filter: what the edit did where it was made. */
export function EditedRules({
  view,
  filter,
  onChange,
}: {
  view: ComparisonView
  filter: FlipFilter
  onChange: (filter: FlipFilter) => void
}) {
  if (view.touchedRules.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-1 text-sm" role="group" aria-label="Rules edited between the two">
      <span className="text-ink-muted">Edited rules:</span>
      {view.touchedRules.map((rule) => (
        <FilterToggle
          key={rule}
          small
          pressed={filter.rule === rule}
          onChange={(pressed) => onChange({ ...filter, rule: pressed ? rule : undefined })}
        >
          {rule}
        </FilterToggle>
      ))}
    </div>
  )
}
