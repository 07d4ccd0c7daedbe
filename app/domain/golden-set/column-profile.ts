import { isTellingLabel, meaningOf } from './guess-label'

/** What the first rows say of one column. */
export type ColumnProfile = {
  name: string
  /** Cells with something in them, of all that were looked at. */
  filled: number
  rows: number
  /** Distinct values, as far as they were counted. */
  distinct: number
  /** Its values with how often, where they are few. */
  values: Map<string, number> | null
  meanLength: number
  /** Numbers from 0 to 1, some of them between. */
  isScore: boolean
  isNumeric: boolean
}

const mostValues = 24
const mostDistinct = 5000

/** Looks at the cells of a column, top to bottom. */
export function profileColumn(name: string, cells: readonly string[]): ColumnProfile {
  const values = new Map<string, number>()
  let filled = 0
  let length = 0
  let isNumeric = true
  let isBetween = false
  let isUnit = true
  for (const cell of cells) {
    const text = cell.trim()
    if (text === '') continue
    filled += 1
    length += text.length
    if (values.size < mostDistinct || values.has(text)) values.set(text, (values.get(text) ?? 0) + 1)
    const number = /^[-+]?\d*\.?\d+(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    if (Number.isNaN(number)) isNumeric = false
    else {
      if (number < 0 || number > 1) isUnit = false
      if (number > 0 && number < 1) isBetween = true
    }
  }
  return {
    name,
    filled,
    rows: cells.length,
    distinct: values.size,
    values: values.size > 0 && values.size <= mostValues ? values : null,
    meanLength: filled === 0 ? 0 : length / filled,
    isScore: filled > 0 && isNumeric && isUnit && isBetween,
    isNumeric: filled > 0 && isNumeric,
  }
}

/** Every value of the column means a label: by itself, or as yes and no do under a column's name. */
export function holdsLabels({ values, name }: ColumnProfile): boolean {
  if (values === null) return false
  const known = [...values.keys()].filter((value) => meaningOf(value, name) !== null)
  return known.length === values.size && [...values.keys()].some((value) => meaningOf(value, name) !== 'none')
}

/** At least one value says by itself what it means, and most do. */
export function holdsTellingLabels({ values }: ColumnProfile): boolean {
  if (values === null) return false
  const telling = [...values.keys()].filter((value) => isTellingLabel(value))
  return telling.length > 0 && telling.length >= values.size / 2
}

/** Only marks such as 1, 0, yes, x and nothing: whether something applies. */
export function holdsFlags({ values }: ColumnProfile): boolean {
  return values !== null && [...values.keys()].every((value) => /^(?:[01](?:\.0+)?|true|false|yes|no|y|n|x|✓|✔)$/i.test(value))
}
