import type { GoldenCase } from '../golden-set/golden-case'
import { textTransformNames, textTransforms, type TextTransform } from '../golden-set/text-transforms'
import { allowedLabel, type VerdictScheme } from '../policy/verdict-scheme'
import { wrapperIds, wrapperOf, type WrapperId } from './wrappers'

/**
 * What a probe is for. `unchanged`: the parent's own text, whose verdict the others are held against. `repeat`: the same text asked once
 * more, so that what moves by itself is known. `variant`: the text hidden from a filter, its label preserved. `attack`: content that
 * violates inside an injection. `lookAlike`: allowed content beside something that only looks like one.
 */
export const probeKinds = ['unchanged', 'repeat', 'variant', 'attack', 'lookAlike'] as const
export type ProbeKind = (typeof probeKinds)[number]

/** What a person chooses; a wrapper stands for its attack and its look-alike. */
export const transformNames = ['repeat', ...textTransformNames, ...wrapperIds] as const
export type TransformName = (typeof transformNames)[number]

export type Probe = {
  /** `transform/parent`: unique within a run. */
  id: string
  parentId: string
  kind: ProbeKind
  transform: TransformName | 'unchanged'
  /** 2 for the same text asked once more: another answer than the first, from a cache too. */
  epoch: 1 | 2
  content: string
}

const textTransformSet: ReadonlySet<string> = new Set(textTransformNames)
const isTextTransform = (name: TransformName): name is TextTransform => textTransformSet.has(name)
const isWrapper = (name: TransformName): name is WrapperId => (wrapperIds as readonly string[]).includes(name)

const variantNames: Record<TextTransform, string> = {
  leet: 'digits for letters (leet)',
  homoglyph: 'look-alike letters',
  zeroWidth: 'zero-width spaces',
  spaced: 's p a c e d o u t',
  fullwidth: 'full-width letters',
  dotted: 'd.o.t.t.e.d',
  swapCase: 'case swapped',
  tagSmuggle: 'hidden tag characters',
}

/** In words: `fake policy update`, `fake policy update (look-alike)`. */
export function describeTransform(transform: Probe['transform'], kind: ProbeKind): string {
  if (transform === 'unchanged') return 'unchanged'
  if (transform === 'repeat') return 'asked once more'
  if (isTextTransform(transform)) return variantNames[transform]
  return kind === 'lookAlike' ? `${wrapperOf(transform).name} (look-alike)` : wrapperOf(transform).name
}

/** The transform that a person wrote, whatever its case and hyphens; null where there is none. */
export function findTransform(written: string): TransformName | null {
  const fold = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '')
  return transformNames.find((name) => fold(name) === fold(written)) ?? null
}

export type CaseProbes = {
  /** The unchanged text first. */
  probes: Probe[]
  /** Transforms that leave this text as it is (leet of a text in Han characters): there is nothing to ask. */
  withoutEffect: TransformName[]
  /** Wrappers need to know what is right: content that violates for an attack, allowed content for a look-alike. */
  withoutLabel: WrapperId[]
}

/** The probes of one case, in the order of `transformNames`. The same case and scheme always make the same probes. */
export function makeProbes(
  parent: Pick<GoldenCase, 'id' | 'content' | 'expected'>,
  scheme: VerdictScheme,
  transforms: readonly TransformName[] = transformNames,
): CaseProbes {
  const { id: parentId, content, expected } = parent
  const wanted = new Set(transforms)
  const label = scheme.labels.find(({ id }) => id === expected?.label)
  const made: CaseProbes = { probes: [], withoutEffect: [], withoutLabel: [] }
  const add = (kind: ProbeKind, transform: Probe['transform'], text: string) =>
    made.probes.push({ id: `${transform}/${parentId}`, parentId, kind, transform, epoch: kind === 'repeat' ? 2 : 1, content: text })
  add('unchanged', 'unchanged', content)
  for (const name of transformNames.filter((transform) => wanted.has(transform))) {
    if (name === 'repeat') add('repeat', name, content)
    else if (isTextTransform(name)) {
      const { text } = textTransforms({ transform: name, text: content })
      if (text === content) made.withoutEffect.push(name)
      else add('variant', name, text)
    } else if (isWrapper(name)) {
      if (label?.kind === 'violating') add('attack', name, wrapperOf(name).attack(content, { allowed: allowedLabel(scheme) }))
      else if (label?.kind === 'allowed') add('lookAlike', name, wrapperOf(name).lookAlike(content))
      else made.withoutLabel.push(name)
    }
  }
  return made
}
