import type { Slice } from '../../domain/golden-set/slices'

/**
 * The slices of a case as one text, so that a filter is one substring search, an import writes no second table, and any revision can be
 * filtered alike: `␟by␞value␟by␞value␟` with the ASCII separators U+001F and U+001E.
 */
const unit = '\u001f'
const pair = '\u001e'

const clean = (text: string) => (text.includes(unit) || text.includes(pair) ? text.replaceAll(unit, ' ').replaceAll(pair, ' ') : text)

export function formatFacets(slices: readonly Slice[]): string {
  if (slices.length === 0) return ''
  let text = unit
  for (const { by, value } of slices) text += clean(by) + pair + clean(value) + unit
  return text
}

/** What to look for in a facets text: `instr(facets, ?) > 0`. */
export function facetNeedle(slice: Slice): string {
  return unit + clean(slice.by) + pair + clean(slice.value) + unit
}

/** The parts `by␞value` of a facets text. */
export function splitFacets(facets: string): string[] {
  return facets === '' ? [] : facets.slice(1, -1).split(unit)
}

export function parseFacet(part: string): Slice {
  const middle = part.indexOf(pair)
  return { by: part.slice(0, middle), value: part.slice(middle + 1) }
}
