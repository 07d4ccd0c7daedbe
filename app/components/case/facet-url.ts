/** A value that a case has: `{ by: 'tag', value: 'sarcasm' }`, `{ by: 'rule', value: 'H2' }`, `{ by: '<column>', value }`. */
export type Facet = { by: string; value: string }

const prefix = 'is.'

/** Facets stand in a URL as `is.<by>=<value>`, so that no column name can pass for another parameter. Repeated ones are read once. */
export function readFacets(params: URLSearchParams): Facet[] {
  const facets = new Map<string, Facet>()
  for (const [key, value] of params) {
    const by = key.slice(prefix.length)
    if (key.startsWith(prefix) && by !== '' && value !== '') facets.set(`${by}\n${value}`, { by, value })
  }
  return [...facets.values()]
}

export function writeFacets(params: URLSearchParams, facets: readonly Facet[]): void {
  for (const key of [...new Set(params.keys())]) if (key.startsWith(prefix)) params.delete(key)
  for (const { by, value } of facets) params.append(`${prefix}${by}`, value)
}

export function hasFacet(facets: readonly Facet[], { by, value }: Facet): boolean {
  return facets.some((facet) => facet.by === by && facet.value === value)
}

/** The facets with this one added, or taken away where it stands already. */
export function toggleFacet(facets: readonly Facet[], facet: Facet): Facet[] {
  return hasFacet(facets, facet) ? facets.filter(({ by, value }) => by !== facet.by || value !== facet.value) : [...facets, facet]
}

/** Sets, replaces or (with an empty value) deletes one parameter. */
export function setParameter(params: URLSearchParams, name: string, value: string | null | undefined): void {
  if (value) params.set(name, value)
  else params.delete(name)
}

/** `?a=b`, or nothing when there are no parameters. */
export function toSearch(params: URLSearchParams): string {
  const text = params.toString()
  return text ? `?${text}` : ''
}
