import type { ExpectedVerdict } from '../verdict/verdict'
import { Groups, jaccardOfKeys, joinAllPairs, joinLikelyPairs, ShingleAlphabet, type CandidateProgress } from './duplicates-candidates'
import { normalizeForSimilarity } from './similarity'

/** What is compared of a case. */
export type DuplicateCase = {
  id: string
  content: string
  /** Messages before it: the same content after another message may rightly have another verdict. */
  parents: readonly string[]
  expected: ExpectedVerdict | null
  split?: string
}

/** Cases that say the same. */
export type DuplicateCluster = {
  /** `exact`: one text up to compatibility characters, case and white space. `near`: linked by pairs of similar texts. */
  kind: 'exact' | 'near'
  /** Its cases, those of one text together. */
  forms: string[][]
  caseIds: string[]
  /** Ids whose expected verdict contradicts that of a duplicate with the same messages before it. */
  contradictory: string[]
  /** The splits that its cases lie in, when more than one. */
  splits: string[]
}

export type DuplicateOptions = {
  /** Least Jaccard similarity of character 3-grams of a near duplicate: 0.8 unless told. */
  threshold?: number
  /** From this many different texts on pairs are proposed by MinHash: 2,000 unless told. */
  pairwiseBelow?: number
  onProgress?: CandidateProgress
}

export const nearDuplicateThreshold = 0.8
const pairwiseLimit = 2_000
/** Cases of one cluster that are compared pair by pair for contradictions. */
const contradictionLimit = 400

/**
 * Groups of cases with the same or nearly the same content: exact by normal form (NFKC, lower case, white space), near where the Jaccard
 * similarity of character 3-grams reaches the threshold, and linked onward (a near duplicate of a near duplicate is in the group). All
 * pairs are compared below 2,000 different texts, those that MinHash proposes above, each verified exactly. The same cases in the same
 * order give the same groups.
 *
 * @throws RangeError for a threshold outside (0, 1].
 */
export function findDuplicates(cases: readonly DuplicateCase[], options: DuplicateOptions = {}): DuplicateCluster[] {
  const { threshold = nearDuplicateThreshold, pairwiseBelow = pairwiseLimit, onProgress } = options
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold must be above 0 and at most 1, got ${threshold}`)
  const formOfText = new Map<string, number>()
  const members: DuplicateCase[][] = []
  for (const entry of cases) {
    const text = normalizeForSimilarity(entry.content)
    const form = formOfText.get(text)
    if (form !== undefined) members[form]?.push(entry)
    else {
      formOfText.set(text, members.length)
      members.push([entry])
    }
  }
  const texts = [...formOfText.keys()]
  const groups = new Groups(texts.length)
  if (texts.length < pairwiseBelow) joinAllPairs(texts, threshold, groups)
  else joinLikelyPairs(texts, threshold, groups, onProgress)

  const formsOfGroup = new Map<number, number[]>()
  for (let form = 0; form < texts.length; form += 1) {
    const root = groups.rootOf(form)
    const forms = formsOfGroup.get(root)
    if (forms) forms.push(form)
    else formsOfGroup.set(root, [form])
  }
  // A form's number grows with the place of its first case, and a root is the lowest form: the clusters stand in the order of their cases.
  return [...formsOfGroup.values()].flatMap((forms): DuplicateCluster[] => {
    const entries = forms.map((form) => members[form] ?? [])
    const all = entries.flat()
    if (all.length < 2) return []
    const splits = [...new Set(all.flatMap((entry) => entry.split ?? []))].sort()
    return [
      {
        kind: forms.length === 1 ? 'exact' : 'near',
        forms: entries.map((form) => form.map((entry) => entry.id)),
        caseIds: all.map((entry) => entry.id),
        contradictory: findContradictions(all, threshold),
        splits: splits.length > 1 ? splits : [],
      },
    ]
  })
}

/** The cases of a cluster that contradict another of it: another verdict, the same messages before it, and directly similar content. */
function findContradictions(entries: readonly DuplicateCase[], threshold: number): string[] {
  const labels = new Set(entries.flatMap(({ expected }) => expected?.label ?? []))
  const rules = entries.some(({ expected }) => expected && Object.keys(expected.rules).length > 0)
  if (labels.size < 2 && !rules) return []
  const alphabet = new ShingleAlphabet()
  const compared = entries.slice(0, contradictionLimit).map((entry) => {
    const form = normalizeForSimilarity(entry.content)
    return { entry, form, keys: alphabet.keysOf(form), parents: entry.parents.map(normalizeForSimilarity).join('\u0000') }
  })
  const found = new Set<string>()
  for (const [place, one] of compared.entries()) {
    for (const other of compared.slice(place + 1)) {
      if (one.parents !== other.parents || !contradict(one.entry.expected, other.entry.expected, one.form === other.form)) continue
      if (one.form !== other.form && jaccardOfKeys(one.keys, other.keys) < threshold) continue
      found.add(one.entry.id).add(other.entry.id)
    }
  }
  return entries.flatMap(({ id }) => (found.has(id) ? [id] : []))
}

/** Different labels; of the very same text also a rule that applies for one and does not for the other. */
function contradict(a: ExpectedVerdict | null, b: ExpectedVerdict | null, sameText: boolean): boolean {
  if (!a || !b) return false
  if (a.label !== null && b.label !== null && a.label !== b.label) return true
  return sameText && Object.entries(a.rules).some(([rule, applies]) => b.rules[rule] === !applies)
}
