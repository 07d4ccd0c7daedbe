import { readFacets, setParameter, writeFacets, type Facet } from '~/components/case/facet-url'
import { flipLook, outcomeWords } from '~/components/ui/badge'
import { flipKinds, relabellingKinds, type FlipKind, type RelabellingKind } from '~/domain/comparison/comparison'
import { outcomes, type Outcome } from '~/domain/verdict/verdict'

/** Which cases of a comparison are shown; conditions combine, kinds of flip are alternatives. */
export type FlipFilter = {
  flip?: FlipKind[]
  rule?: string
  tag?: string
  /** Cases of at least one of these rules; of none of those: how the flips of one edit are found, and those of none. */
  anyRule?: string[]
  noRule?: string[]
  facets?: Facet[]
  expectedLabel?: string
  baselineLabel?: string
  candidateLabel?: string
  text?: string
  noise?: boolean
  mustPass?: boolean
  baselineOutcome?: Outcome
  candidateOutcome?: Outcome
  relabelling?: RelabellingKind
  flipByNewLabels?: FlipKind
  /** Not a condition: the flips of the comparison that counts the cases that a prompt quotes. */
  includeLeaked?: boolean
}

const single = {
  rule: 'rule',
  tag: 'tag',
  expectedLabel: 'expected',
  baselineLabel: 'before',
  candidateLabel: 'after',
  text: 'q',
} as const satisfies Partial<Record<keyof FlipFilter, string>>
const ruleLists = [
  ['anyRule', 'rules'],
  ['noRule', 'not-rules'],
] as const
type SingleKey = keyof typeof single
const singleKeys = Object.keys(single) as SingleKey[]

/** What the page shows when its URL names no kind: what the change did. */
export const changedKinds: FlipKind[] = ['regressed', 'fixed']
const everyKind = 'all'
/** `counted`: the cases that a prompt quotes count like any other. An option of the comparison, which links to its cases leave as it is. */
export const leakedParameter = 'leaked'

/** Reads the filter of a comparison's page out of its URL; what is not understood is left out. `flip=all` is every kind. */
export function readFlipFilter(params: URLSearchParams): FlipFilter {
  const filter: FlipFilter = {}
  const asked = params.get('flip')
  const flip = flipKinds.filter((kind) => asked?.split(',').includes(kind))
  if (flip.length > 0) filter.flip = flip
  else if (asked !== everyKind) filter.flip = changedKinds
  for (const key of singleKeys) {
    const value = params.get(single[key])?.trim()
    if (value) filter[key] = value
  }
  for (const [key, name] of ruleLists) {
    const rules = [...new Set(params.getAll(name).filter((rule) => rule !== ''))]
    if (rules.length > 0) filter[key] = rules
  }
  const facets = readFacets(params)
  if (facets.length > 0) filter.facets = facets
  const noise = params.get('noise')
  if (noise === 'only' || noise === 'without') filter.noise = noise === 'only'
  if (params.get('mustPass') === '1') filter.mustPass = true
  const baselineOutcome = readOutcome(params.get('outcomeBefore'))
  if (baselineOutcome) filter.baselineOutcome = baselineOutcome
  const candidateOutcome = readOutcome(params.get('outcomeAfter'))
  if (candidateOutcome) filter.candidateOutcome = candidateOutcome
  const relabelling = relabellingKinds.find((kind) => kind === params.get('relabelling'))
  if (relabelling) filter.relabelling = relabelling
  const flipByNewLabels = flipKinds.find((kind) => kind === params.get('byNewLabels'))
  if (flipByNewLabels) filter.flipByNewLabels = flipByNewLabels
  if (params.get(leakedParameter) === 'counted') filter.includeLeaked = true
  return filter
}

/** The parameters with this filter in place of the one they hold; everything else stays. */
export function writeFlipFilter(params: URLSearchParams, filter: FlipFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  const changed = filter.flip?.length === changedKinds.length && changedKinds.every((kind) => filter.flip?.includes(kind))
  setParameter(next, 'flip', changed ? null : (filter.flip?.join(',') ?? everyKind))
  for (const key of singleKeys) setParameter(next, single[key], filter[key]?.trim())
  for (const [key, name] of ruleLists) {
    next.delete(name)
    for (const rule of filter[key] ?? []) next.append(name, rule)
  }
  writeFacets(next, filter.facets ?? [])
  setParameter(next, 'noise', filter.noise === undefined ? null : filter.noise ? 'only' : 'without')
  setParameter(next, 'mustPass', filter.mustPass ? '1' : null)
  setParameter(next, 'outcomeBefore', filter.baselineOutcome)
  setParameter(next, 'outcomeAfter', filter.candidateOutcome)
  setParameter(next, 'relabelling', filter.relabelling)
  setParameter(next, 'byNewLabels', filter.flipByNewLabels)
  if (filter.includeLeaked) next.set(leakedParameter, 'counted')
  return next
}

/** What a relabelling made of the baseline's answer. */
export const relabellingWords: Record<RelabellingKind, string> = {
  becameRight: 'relabelled: became right',
  becameWrong: 'relabelled: became wrong',
  labelled: 'newly labelled',
  unlabelled: 'no longer labelled',
  sameOutcome: 'relabelled: outcome as before',
}

export type FlipChip = { key: string; text: string; without: FlipFilter }

/** Each condition but the kinds of flip in words, with the filter as it is without it. `baseline` and `candidate` are the names of the sides, such as "v7". */
export function describeFlipFilter(filter: FlipFilter, sides: { baseline: string; candidate: string }): FlipChip[] {
  const chips: FlipChip[] = []
  const add = (key: keyof FlipFilter, text: string) => chips.push({ key, text, without: { ...filter, [key]: undefined } })
  if (filter.text) add('text', `holds “${filter.text}”`)
  if (filter.rule) add('rule', `rule: ${filter.rule}`)
  if (filter.anyRule) add('anyRule', `rules: ${filter.anyRule.join(' or ')}`)
  if (filter.noRule) add('noRule', `not of ${filter.noRule.join(', ')}`)
  if (filter.tag) add('tag', `tag: ${filter.tag}`)
  if (filter.expectedLabel) add('expectedLabel', `expected: ${filter.expectedLabel}`)
  if (filter.baselineLabel) add('baselineLabel', `${sides.baseline} said: ${filter.baselineLabel}`)
  if (filter.candidateLabel) add('candidateLabel', `${sides.candidate} said: ${filter.candidateLabel}`)
  if (filter.baselineOutcome) add('baselineOutcome', `${sides.baseline}: ${outcomeWords[filter.baselineOutcome]}`)
  if (filter.candidateOutcome) add('candidateOutcome', `${sides.candidate}: ${outcomeWords[filter.candidateOutcome]}`)
  if (filter.noise !== undefined) add('noise', filter.noise ? 'flips in A/A too' : 'without A/A noise')
  if (filter.mustPass) add('mustPass', 'must pass')
  if (filter.relabelling) add('relabelling', relabellingWords[filter.relabelling])
  if (filter.flipByNewLabels) add('flipByNewLabels', `by the newer labels: ${flipLook[filter.flipByNewLabels].word}`)
  for (const facet of filter.facets ?? [])
    chips.push({
      key: `is.${facet.by}=${facet.value}`,
      text: `${facet.by}: ${facet.value}`,
      without: { ...filter, facets: filter.facets?.filter((other) => other !== facet) },
    })
  return chips
}

/** The filter for the cases of one slice: rules and tags have conditions of their own. */
export function sliceFilter(by: string, value: string): FlipFilter {
  if (by === 'rule') return { rule: value }
  if (by === 'tag') return { tag: value }
  return { facets: [{ by, value }] }
}

function readOutcome(text: string | null): Outcome | undefined {
  return outcomes.find((outcome) => outcome === text)
}

/** `next` was made of `drawn`; what it changed is changed in `newest`, which may have changed meanwhile. */
export function applyChange(newest: FlipFilter, drawn: FlipFilter, next: FlipFilter): FlipFilter {
  const keys = [...new Set([...Object.keys(drawn), ...Object.keys(next)])] as Array<keyof FlipFilter>
  const changed = keys.filter((key) => JSON.stringify(drawn[key]) !== JSON.stringify(next[key]))
  const kept = Object.entries(newest).filter(([key]) => !changed.some((name) => name === key))
  const made = Object.entries(next).filter(([key]) => changed.some((name) => name === key))
  return Object.fromEntries([...kept, ...made])
}
