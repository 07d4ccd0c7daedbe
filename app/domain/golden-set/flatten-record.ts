/** Nested objects as dotted keys; lists stay as they are. */
export function flattenRecord(record: Record<string, unknown>, prefix = '', depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const name = prefix + key
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      return isObject && depth < 8
        ? Object.entries(flattenRecord(value as Record<string, unknown>, `${name}.`, depth + 1))
        : [[name, value] as [string, unknown]]
    }),
  )
}
