import { rowProblem } from '~/domain/golden-set/problems'
import type { SourceRow } from '../rows'

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Applies a function to every object of a JSON file; what it throws away comes as a problem with its reason. */
export async function* transformValues(
  rows: AsyncIterable<SourceRow>,
  change: (value: JsonObject) => JsonObject | string,
): AsyncGenerator<SourceRow> {
  for await (const row of rows) {
    if (row.kind === 'problem') {
      yield row
      continue
    }
    const value = row.kind === 'cells' ? Object.fromEntries(row.columns.map((column, index) => [column, row.values[index]])) : row.value
    const changed = isObject(value) ? change(value) : 'is not a JSON object'
    if (typeof changed === 'string')
      yield {
        kind: 'problem',
        line: row.line,
        problem: rowProblem(changed, 'Check that the file has the layout of the preset.', { value }),
      }
    else yield { kind: 'value', line: row.line, value: changed }
  }
}

/** The part of an object behind a path, or undefined. */
export function at(value: unknown, ...path: Array<string | number>): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? (part as Record<string | number, unknown>)[key] : undefined),
    value,
  )
}

/** The first of the keys that holds text. */
export function firstText(value: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = value[key]
    if (typeof text === 'string' && text !== '') return text
  }
  return undefined
}

/** All keys but these. */
export const without = (value: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
