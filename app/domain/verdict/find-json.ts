/** More objects than this in one answer are noise; the last ones are looked at. */
const mostObjects = 1_000

/**
 * The JSON objects that stand in an answer, outermost only, the last one first. Linear: the text is gone through once, plus once for each
 * opening brace at the start of a line after an object that never closes, within a fixed budget.
 *
 * What stands inside broken JSON is not looked at: `{"quoted": {"label": "allowed"}, "label": "violates"` has no object, rather than the
 * wrong one.
 */
export function* findJsonObjects(text: string): Generator<unknown> {
  const ranges: Array<[number, number]> = []
  let budget = text.length * 4 + 1_000
  let position = text.indexOf('{')
  while (position >= 0 && budget > 0) {
    const end = findObjectEnd(text, position)
    budget -= (end < 0 ? text.length : end) - position
    if (end < 0) {
      const nextLine = text.indexOf('\n{', position)
      position = nextLine < 0 ? -1 : nextLine + 1
      continue
    }
    ranges.push([position, end])
    position = text.indexOf('{', end)
  }
  for (const [start, end] of ranges.slice(-mostObjects).toReversed()) {
    const value = parseJson(text.slice(start, end))
    if (value !== undefined) yield value
  }
}

/** The index after the brace that closes the one at `start`, or -1. Braces in strings do not count. */
function findObjectEnd(text: string, start: number): number {
  let depth = 0
  let inString = false
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (inString) {
      if (unit === 0x5c) index++
      else if (unit === 0x22) inString = false
    } else if (unit === 0x22) inString = true
    else if (unit === 0x7b) depth++
    else if (unit === 0x7d && --depth === 0) return index + 1
  }
  return -1
}

/**
 * JSON, or JSON with commas after the last entry of an object or list, which models write and which cannot mean anything else. Undefined when
 * the text is neither; a nesting that the engine cannot hold counts as that.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Most texts that are no JSON are prose.
    return /,\s*[}\]]/.test(text) ? parseStrictly(withoutTrailingCommas(text)) : undefined
  }
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Linear. What strings hold stays as it is. */
function withoutTrailingCommas(text: string): string {
  const kept: string[] = []
  let from = 0
  let comma = -1
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (inString) {
      if (unit === 0x5c) index++
      else if (unit === 0x22) inString = false
      continue
    }
    if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) continue
    if (comma >= 0 && (unit === 0x7d || unit === 0x5d)) {
      kept.push(text.slice(from, comma))
      from = comma + 1
    }
    comma = unit === 0x2c ? index : -1
    inString = unit === 0x22
  }
  return kept.join('') + text.slice(from)
}
