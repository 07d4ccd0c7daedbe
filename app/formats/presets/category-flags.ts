import type { PresetLabels } from './preset'

/**
 * Flags per category (1, 0, absent or null) → expected verdict. A category nobody labelled is unlabelled, never negative: a text with no 1
 * among labelled categories and some unlabelled ones has no label, because one of those may apply.
 */
export function readCategoryFlags(
  flags: ReadonlyArray<readonly [category: string, flag: unknown]>,
  { violating, allowed }: PresetLabels,
): { label: string | null; rules: Record<string, boolean> } {
  const rules = flags.flatMap(([category, flag]) => {
    const applies = readFlag(flag)
    return applies === null ? [] : [[category, applies] as const]
  })
  const label = rules.some(([, applies]) => applies) ? violating : rules.length === flags.length ? allowed : null
  return { label, rules: Object.fromEntries(rules) }
}

function readFlag(flag: unknown): boolean | null {
  if (flag === true || flag === 1 || flag === '1') return true
  if (flag === false || flag === 0 || flag === '0') return false
  return null
}
