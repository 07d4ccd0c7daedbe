import type { ReplayRow } from './types'
type Row = Pick<ReplayRow, 'policySlug' | 'versionNumber' | 'createdAt' | 'done' | 'goldenSet'>

/** Which of two replays is the baseline: the lower version, else the older one; a draft comes after every version. Or why not. */
export function chooseSides<Replay extends Row>(a: Replay, b: Replay): { baseline: Replay; candidate: Replay } | { problem: string } {
  if (a.policySlug !== b.policySlug) return { problem: 'These replays are of different policies.' }
  if (a.goldenSet !== b.goldenSet) return { problem: 'These replays are over different golden sets.' }
  if (a.done === 0 || b.done === 0) return { problem: 'One of them has no answers yet.' }
  const number = (replay: Row) => replay.versionNumber ?? Number.POSITIVE_INFINITY
  const aFirst = number(a) === number(b) ? a.createdAt <= b.createdAt : number(a) < number(b)
  return aFirst ? { baseline: a, candidate: b } : { baseline: b, candidate: a }
}

/** More than this many are no comparison that anybody reads. */
export const mostChosen = 12

/** With one more chosen, or without it; of too many the first goes. */
export function chooseAnother(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen.slice(1 - mostChosen), id]
}

export type ChosenComparison = { problem: string } | { to: string; names: string[] }

/** Where the comparison of the chosen replays stands: two of them side by side, more in one table. Or why they cannot be compared. */
export function findComparison<Replay extends Row & { id: string }>(
  chosen: readonly Replay[],
  nameOf: (replay: Replay) => string,
): ChosenComparison {
  const [first, second] = chosen
  if (!first || !second) return { problem: first ? `${nameOf(first)} is chosen.` : 'Nothing is chosen.' }
  for (const other of chosen.slice(1)) {
    const sides = chooseSides(first, other)
    if ('problem' in sides) return sides
  }
  const ordered = [...chosen].sort((a, b) => {
    const sides = chooseSides(a, b)
    return 'baseline' in sides && sides.baseline === a ? -1 : 1
  })
  const ids = ordered.map(({ id }) => id)
  return { to: ordered.length === 2 ? `/compare/${ids.join('/')}` : `/compare-many?replays=${ids.join(',')}`, names: ordered.map(nameOf) }
}

/** The list of a policy's replays with these ones chosen already. */
export const chooseReplays = (slug: string, chosen: readonly string[]): string =>
  `/replays?policy=${encodeURIComponent(slug)}&choose=${chosen.map(encodeURIComponent).join(',')}`

/** What a link to the list chose, as far as it is in the list. */
export function readChosen(params: URLSearchParams, replays: ReadonlyArray<{ id: string }>): string[] {
  const known = new Set(replays.map(({ id }) => id))
  return (params.get('choose') ?? '')
    .split(',')
    .filter((id) => known.has(id))
    .slice(0, mostChosen)
}
