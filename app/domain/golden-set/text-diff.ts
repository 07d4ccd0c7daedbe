/** A stretch of two texts laid over each other. */
export type TextDiffPart = { kind: 'same' | 'added' | 'removed'; text: string }

/** More differences than this are not read word by word: the rest is shown as replaced. */
const maximumDifferences = 200
/** Words of a text that are compared; longer ones are other texts altogether. */
const maximumWords = 20_000

let segmenter: Intl.Segmenter | undefined

/** Words, spaces and punctuation as the script has them, never half a character: joined emoji and combining marks stay whole. */
function splitWords(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/**
 * What of one text is not in the other, word by word (Myers 1986, the shortest edit script). Joining the parts that are not `added` gives
 * `before`, those that are not `removed` give `after`.
 */
export function diffTexts(before: string, after: string): TextDiffPart[] {
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }]
  const [old, next] = [splitWords(before), splitWords(after)]
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1
  let end = 0
  while (end < old.length - start && end < next.length - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end += 1
  const parts: TextDiffPart[] = []
  append(parts, 'same', old.slice(0, start))
  for (const { kind, words } of diffWords(old.slice(start, old.length - end), next.slice(start, next.length - end)))
    append(parts, kind, words)
  append(parts, 'same', old.slice(old.length - end))
  return parts
}

function append(parts: TextDiffPart[], kind: TextDiffPart['kind'], words: readonly string[]): void {
  if (words.length === 0) return
  const last = parts.at(-1)
  if (last?.kind === kind) last.text += words.join('')
  else parts.push({ kind, text: words.join('') })
}

type Edit = { kind: TextDiffPart['kind']; words: string[] }

function diffWords(old: readonly string[], next: readonly string[]): Edit[] {
  const replaced: Edit[] = [
    { kind: 'removed', words: [...old] },
    { kind: 'added', words: [...next] },
  ]
  if (old.length === 0 || next.length === 0 || old.length + next.length > maximumWords) return replaced
  const trace = findShortestEdit(old, next)
  return trace ? readEdits(old, next, trace) : replaced
}

/** The furthest reaching points of each number of differences; null: too many. */
function findShortestEdit(old: readonly string[], next: readonly string[]): Array<Map<number, number>> | null {
  const reach = new Map<number, number>([[1, 0]])
  const trace: Array<Map<number, number>> = []
  for (let differences = 0; differences <= Math.min(old.length + next.length, maximumDifferences); differences += 1) {
    trace.push(new Map(reach))
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let x = goesDown(reach, diagonal, differences) ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1
      while (x < old.length && x - diagonal < next.length && old[x] === next[x - diagonal]) x += 1
      reach.set(diagonal, x)
      if (x >= old.length && x - diagonal >= next.length) return trace
    }
  }
  return null
}

const goesDown = (reach: ReadonlyMap<number, number>, diagonal: number, differences: number) =>
  diagonal === -differences || (diagonal !== differences && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1))

function readEdits(old: readonly string[], next: readonly string[], trace: ReadonlyArray<ReadonlyMap<number, number>>): Edit[] {
  const backward: Edit[] = []
  let x = old.length
  let y = next.length
  for (let differences = trace.length - 1; differences >= 0; differences -= 1) {
    const reach = trace[differences] ?? new Map<number, number>()
    const diagonal = x - y
    const down = goesDown(reach, diagonal, differences)
    const fromX = reach.get(down ? diagonal + 1 : diagonal - 1) ?? 0
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1)
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      x -= 1
      y -= 1
      backward.push({ kind: 'same', words: [old[x] as string] })
    }
    if (differences === 0) break
    if (down) backward.push({ kind: 'added', words: [next[(y -= 1)] as string] })
    else backward.push({ kind: 'removed', words: [old[(x -= 1)] as string] })
  }
  return backward.reverse()
}
