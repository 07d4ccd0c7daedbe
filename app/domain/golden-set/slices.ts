import type { GoldenCase, SliceKey } from './golden-case'

/** One value that a case shares with others. */
export type Slice = { by: SliceKey; value: string }

/** What every case can be cut by, before its metadata columns. */
export const caseSliceKeys = ['rule', 'tag', 'label', 'severity', 'locale', 'surface', 'split'] as const
const reservedKeys: ReadonlySet<string> = new Set(caseSliceKeys)

/** A longer value is text to read, not a group of cases. */
const maximumValueLength = 200

/** The name that a metadata column is sliced by: its own, or `meta.<name>` where a part of the case has that name. */
export function sliceKeyOfColumn(column: string): SliceKey {
  return reservedKeys.has(column) ? `meta.${column}` : column
}

/** All slices that a case belongs to. Rules are those that people say apply; absent and empty values belong to no slice. */
export function slicesOf(goldenCase: GoldenCase): Slice[] {
  const slices: Slice[] = []
  const add = (by: SliceKey, value: string | undefined | null) => {
    if (value !== undefined && value !== null && value !== '' && value.length <= maximumValueLength) slices.push({ by, value })
  }
  const { expected, context } = goldenCase
  for (const rule in expected?.rules) if (expected.rules[rule] === true) add('rule', rule)
  for (const tag of goldenCase.tags) add('tag', tag)
  add('label', expected?.label)
  add('severity', expected?.severity)
  add('locale', context.locale)
  add('surface', context.surface)
  add('split', goldenCase.split)
  for (const column in goldenCase.meta) {
    const value = goldenCase.meta[column]
    add(sliceKeyOfColumn(column), typeof value === 'string' ? value : value === null || value === undefined ? null : String(value))
  }
  return slices
}
