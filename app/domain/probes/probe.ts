import type { GoldenCase } from '../golden-set/golden-case'
import { textTransforms } from '../golden-set/text-transforms'
import { allowedLabel, type VerdictScheme } from '../policy/verdict-scheme'
import { isTextTransform, isWrapper, transformNames, type ProbeKind, type TransformName } from './transforms'
import { wrapperOf, type WrapperId } from './wrappers'

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
