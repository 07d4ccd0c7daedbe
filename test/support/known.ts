/** The value where a test knows that there is one; fails the test where there is not. */
export function known<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`expected a value, got ${value}`)
  return value
}
