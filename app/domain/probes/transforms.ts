import { textTransformNames, type TextTransform } from '../golden-set/text-transforms'
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

const textTransformSet: ReadonlySet<string> = new Set(textTransformNames)
export const isTextTransform = (name: TransformName): name is TextTransform => textTransformSet.has(name)
export const isWrapper = (name: TransformName): name is WrapperId => (wrapperIds as readonly string[]).includes(name)

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
export function describeTransform(transform: TransformName | 'unchanged', kind: ProbeKind): string {
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

/** The whole catalogue over so many cases: enough to see a robustness of 90% to within about two points, and few enough to pay for. */
export const defaultProbeLimit = 100
