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

/** The two newest choices: a third takes the place of the first. */
export function chooseAnother(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen.slice(-1), id]
}
