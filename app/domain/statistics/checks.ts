/** Argument checks of the statistics: each throws a RangeError that names the argument and the value it received. */

const refuse = (name: string, rule: string, value: unknown): never => {
  throw new RangeError(`${name} must be ${rule}, got ${typeof value === 'string' ? `"${value}"` : String(value)}`)
}

export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) refuse(name, 'a finite number', value)
}

/** A whole number of at least `minimum` (0 unless told). */
export function requireCount(name: string, value: number, minimum = 0): void {
  if (!Number.isSafeInteger(value) || value < minimum) refuse(name, `a whole number of at least ${minimum}`, value)
}

/** A finite number of at least 0. */
export function requireNonNegative(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) refuse(name, 'a number of at least 0', value)
}

/** A finite number above 0. */
export function requirePositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) refuse(name, 'a number above 0', value)
}

/** 0 ≤ value ≤ 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(name, 'between 0 and 1', value)
}

/** 0 < value < 1: a confidence, a significance level, a power. */
export function requireOpenProbability(name: string, value: number): void {
  if (!(value > 0 && value < 1)) refuse(name, 'above 0 and below 1', value)
}

export function requireSameLength(name: string, values: ArrayLike<unknown>, otherName: string, others: ArrayLike<unknown>): void {
  if (values.length !== others.length)
    throw new RangeError(`${name} and ${otherName} must be of one length, got ${values.length} and ${others.length}`)
}

/** 0 or 1 (or false or true). */
export type Binary = number | boolean

/** 0 or 1 as a number. `name` says where the value stands. */
export function binaryValue(name: string, value: Binary | null | undefined): 0 | 1 {
  if (value === 1 || value === true) return 1
  if (value === 0 || value === false) return 0
  return refuse(name, '0 or 1', value)
}

/** The position of each label; a repeated label is refused. */
export function labelPositions(labels: readonly string[]): Map<string, number> {
  const positions = new Map<string, number>()
  for (const [position, label] of labels.entries()) {
    if (positions.has(label)) throw new RangeError(`labels must be distinct, got "${label}" twice`)
    positions.set(label, position)
  }
  return positions
}

export function positionOf(name: string, positions: ReadonlyMap<string, number>, label: string): number {
  const position = positions.get(label)
  if (position === undefined)
    throw new RangeError(`${name} must be one of the labels (${[...positions.keys()].join(', ')}), got "${label}"`)
  return position
}
